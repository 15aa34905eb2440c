# frozen_string_literal: true

# The names under Bosh:: are those that templates and error texts of existing releases know.
module Bosh
  module Common
    module Template
      class UnknownProperty < StandardError
        attr_reader :name

        def initialize(names)
          @name = names
          super("Can't find property '#{names}'")
        end
      end

      class UnknownLink < StandardError
        def initialize(name)
          super("Can't find link '#{name}'")
        end
      end

      # What follows an `if_p` or `if_link` whose subject was missing: the else branches count.
      class ElseBranch
        def initialize(scope)
          @scope = scope
        end

        def else = yield
        def else_if_p(*names, &block) = @scope.if_p(*names, &block)
        def else_if_link(name, &block) = @scope.if_link(name, &block)
      end

      # What follows a branch that was taken: nothing more happens.
      class BranchTaken
        def else = nil
        def else_if_p(*) = self
        def else_if_link(*) = self
      end

      # `p` and `if_p` over whatever `raw_properties` answers.
      module Properties
        # BOSH: a default counts only as a second argument, and nil counts as unset, false does not.
        def p(*args)
          names = Array(args[0])
          names.each do |name|
            value = dig_property(raw_properties, name)
            return value unless value.nil?
          end
          return args[1] if args.length == 2

          raise unknown_property(names)
        end

        def if_p(*names)
          values = names.map { |name| dig_property(raw_properties, name) }
          return ElseBranch.new(self) if values.any?(&:nil?)

          yield(*values)
          BranchTaken.new
        end

        private

        def unknown_property(names) = UnknownProperty.new(names)

        def dig_property(properties, name)
          name.split('.').reduce(properties) do |value, key|
            return nil if value.nil?

            value[key]
          end
        end
      end
    end
  end

  # BOSH: the module's name before Director 283.
  Template = Common::Template
end
