# frozen_string_literal: true

module Bosh
  module Common
    module Template
      # One instance behind a link.
      class EvaluationLinkInstance
        include Properties

        attr_reader :name, :index, :id, :az, :address, :properties, :bootstrap

        def initialize(spec)
          @name, @index, @id, @az, @address, @properties, @bootstrap =
            spec.values_at('name', 'index', 'id', 'az', 'address', 'properties', 'bootstrap')
        end

        private

        def raw_properties = @properties
      end

      # What `link('x')` answers.
      class EvaluationLink
        include Properties

        attr_reader :instances, :properties

        def initialize(spec, dns)
          @spec = spec
          @dns = dns
          @instances = spec['instances'].map { |instance| EvaluationLinkInstance.new(instance) }
          @properties = spec['properties']
        end

        # A DNS name that answers the instances behind the link; a manual link answers its own address. Where nobody
        # would answer the name, it is the address of one of the instances.
        def address(criteria = {})
          return @spec['address'] if @spec.key?('address')
          return instance_address(criteria) if @dns.nil?

          DnsQuery.new(@dns, @spec, criteria).name
        end

        private

        def instance_address(criteria)
          uuid, zones = criteria[:uuid], Array(criteria[:azs])
          fitting = @instances.select do |instance|
            (uuid.nil? || instance.id == uuid) && (zones.empty? || zones.include?(instance.az))
          end
          (fitting.find(&:bootstrap) || fitting.first)&.address ||
            raise("No instance behind the link that fits has an address: #{criteria.inspect}")
        end

        def raw_properties = @properties
      end

      # Builds the query names that the DNS servers on the VMs answer.
      class DnsQuery
        STATUS_CODES = { 'healthy' => 3, 'unhealthy' => 1, 'all' => 4, 'default' => 0 }.freeze
        INITIAL_CHECK_CODES = { 'synchronous' => 'y1', 'asynchronous' => 'y0' }.freeze

        def initialize(dns, link, criteria)
          @dns = dns
          @link = link
          @criteria = criteria
          @short = link.fetch('use_short_dns_addresses', false)
        end

        def name
          [subject, *(@short ? ["q-g#{group_id}"] : long_labels), @link['domain']].join('.')
        end

        private

        def subject
          uuid = @criteria[:uuid]
          uuid.nil? || @short ? "q-#{slug}" : uuid
        end

        # BOSH: the pieces are sorted as strings (src/bosh-director/lib/bosh/director/dns/dns_encoder.rb).
        def slug
          pieces = Array(@criteria[:azs]).map { |az| "a#{number('azs', 'AZ', az)}" }
          pieces.concat(short_pieces) if @short
          pieces << INITIAL_CHECK_CODES[@criteria[:initial_health_check]]
          pieces << "s#{STATUS_CODES.fetch(@criteria[:status], 0)}"
          pieces.compact.sort.join
        end

        def short_pieces
          uuid, network = @criteria[:uuid], @link['default_network']
          [uuid && "m#{number('instances', 'instance UUID', uuid)}", network && "n#{number('networks', 'Network', network)}"]
        end

        def long_labels
          %w[instance_group default_network deployment_name].map do |key|
            canonical(key == 'instance_group' ? group_name : @link[key])
          end
        end

        def group_id
          type = link_names? ? 'link' : 'instance-group'
          group = @dns.fetch('groups', []).find do |candidate|
            candidate.values_at('type', 'name', 'deployment') == [type, group_name, @link['deployment_name']]
          end
          group && group['id']
        end

        def group_name = @link[link_names? ? 'group_name' : 'instance_group']
        def link_names? = @link.fetch('use_link_dns_names', false)

        def number(table, what, key)
          @dns.fetch(table, {}).fetch(key) { raise "Unknown #{what}: '#{key}'" }
        end

        def canonical(text)
          label = text.downcase.tr('_', '-').gsub(/[^a-z0-9-]/, '')
          return label unless label.start_with?('-') || label.end_with?('-')

          raise "Invalid DNS canonical name '#{label}'"
        end
      end
    end
  end
end
