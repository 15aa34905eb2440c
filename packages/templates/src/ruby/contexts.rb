# frozen_string_literal: true

module Bosh
  module Common
    module Template
      # What every template sees: `spec`, `name`, `index`, `properties`, `raw_properties`, `p`, `if_p`.
      class BaseContext
        include Properties

        attr_reader :name, :index, :raw_properties

        def initialize(context, dns)
          @context = context
          @dns = dns
          @name = context['name']
          @index = context['index']
          @raw_properties = context['properties'] || {}
        end

        def properties = @properties ||= LazyStruct.new(@raw_properties)

        def spec = @spec ||= LazyStruct.new(visible_spec)

        private

        def visible_spec = @context
      end

      # A template that the Director renders.
      class DirectorContext < BaseContext
        def link(name)
          spec = link_spec(name)
          raise UnknownLink.new(name) if spec.nil?

          EvaluationLink.new(spec, @dns)
        end

        def if_link(name)
          spec = link_spec(name)
          return ElseBranch.new(self) if spec.nil?

          yield EvaluationLink.new(spec, @dns)
          BranchTaken.new
        end

        private

        def link_spec(name)
          spec = dig_property(@context['links'], name)
          spec if spec&.key?('instances')
        end
      end
    end
  end
end

# A template that create-env renders: no links, other words for an unknown property.
# BOSH: bosh-cli templatescompiler/erbrenderer.
module CreateEnv
  class UnknownProperty < StandardError
    def initialize(names)
      super("Can't find property '#{names.join("', or '")}'")
    end
  end

  class Context < Bosh::Common::Template::BaseContext
    # BOSH: answers false, so a chained `.else` raises.
    def if_link(_name) = false

    private

    def unknown_property(names) = UnknownProperty.new(names)

    def visible_spec = @context.reject { |key, _| %w[name properties].include?(key) }
  end

  # BOSH: JSON.dump of a string or number answers its Ruby literal.
  module JsonDump
    def dump(value, *rest)
      literal = Boti.create_env? && rest.empty? && (value.is_a?(String) || value.is_a?(Numeric))
      literal ? value.inspect : super
    end
  end
end
