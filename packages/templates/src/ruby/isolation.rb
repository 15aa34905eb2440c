# frozen_string_literal: true

module Boti
  # Keeps a template's leavings from the next one: what can be undone is undone; a change to a class that others
  # share cannot, so it marks this Ruby as tainted and the worker is replaced.
  module Isolation
    class << self
      attr_reader :tainted

      def watch(file)
        @file = file
        yield
      ensure
        @file = nil
        clean(file)
      end

      # Called by Ruby's own hooks whenever a module changes.
      def changed(owner)
        return if @file.nil? || @tainted || private_to_template?(owner)
        return unless caller_locations(2, 4).any? { |location| location.path == @file }

        @tainted = true
      end

      def settle
        @globals = global_variables
        @constants = Object.constants
        @environment = ENV.to_h
        @tainted = false
      end

      private

      def private_to_template?(owner)
        owner = owner.attached_object if owner.is_a?(Class) && owner.singleton_class?
        return true unless owner.is_a?(Module)
        return true if owner <= Bosh::Common::Template::BaseContext

        name = owner.name
        name.nil? || (Object.const_source_location(name)&.first == @file)
      end

      def clean(file)
        (global_variables - @globals).each { |name| eval("#{name} = nil", TOPLEVEL_BINDING) }
        (Object.constants - @constants).each do |name|
          Object.send(:remove_const, name) if Object.const_source_location(name)&.first == file
        end
        ENV.replace(@environment) unless ENV.to_h == @environment
        $stdout = STDOUT
        $stderr = STDERR
        $VERBOSE = nil
      end
    end
  end
end

class Module
  private

  def method_added(_name) = Boti::Isolation.changed(self)
  def included(base) = Boti::Isolation.changed(base)
  def prepended(base) = Boti::Isolation.changed(base)
end

class BasicObject
  private

  def singleton_method_added(_name) = ::Boti::Isolation.changed((class << self; self; end))
end
