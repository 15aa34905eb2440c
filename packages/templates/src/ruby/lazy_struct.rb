# frozen_string_literal: true

require 'ostruct'

# An OpenStruct over nested maps that makes its parts when they are asked for: a whole spec takes milliseconds to
# convert, and templates look at a corner of it.
class LazyStruct < OpenStruct
  PROTECTED = %i[class object_id instance_of? __id__ __send__ send].freeze

  def self.wrap(value)
    case value
    when Hash then new(value)
    when Array then value.map { |item| wrap(item) }
    else value
    end
  end

  # Names that every object has (`hash`, `display`, …) would not get as far as method_missing.
  def initialize(map)
    @table = map.transform_keys(&:to_sym)
    @unmade = @table.dup
    @table.each_key { |name| define_singleton_method(name) { made(name) } if shadowed?(name) }
  end

  def [](name) = made(name.to_sym)

  def []=(name, value)
    @unmade.delete(name.to_sym)
    super
  end

  # What OpenStruct itself calls for `struct.name = value`.
  def set_ostruct_member_value!(name, value) = self[name] = value

  def dig(name, *rest)
    value = self[name]
    rest.empty? || value.nil? ? value : value.dig(*rest)
  end

  %i[to_h each_pair inspect to_s == eql? hash marshal_dump encode_with delete_field].each do |name|
    define_method(name) do |*args, &block|
      make_all
      super(*args, &block)
    end
  end

  # BOSH: `spec.methods(false)` lists the keys.
  def methods(regular = true) = regular ? super : @table.keys

  # Templates that ask see the class they know.
  def class = OpenStruct
  def class! = OpenStruct

  def respond_to_missing?(name, include_private = false)
    @table.key?(name.to_s.chomp('=').to_sym) || super
  end

  private

  def method_missing(name, *args)
    args.empty? && !name.end_with?('=') ? made(name) : super
  end

  def shadowed?(name) = Object.method_defined?(name) && !PROTECTED.include?(name) && !name.end_with?('!', '?')

  def make_all = @unmade.keys.each { |name| made(name) }

  def made(name)
    @table[name] = LazyStruct.wrap(@unmade.delete(name)) if @unmade.key?(name)
    @table[name]
  end
end
