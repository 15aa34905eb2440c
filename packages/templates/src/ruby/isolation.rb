# frozen_string_literal: true

module Boti
  # Keeps a template's leavings from the next one: what can be undone is undone; a change to a class that others
  # share cannot, so it marks this Ruby as tainted and the worker is replaced.
  module Isolation
    CONSTANT = /\A[A-Z]\w*(::[A-Z]\w*)*\z/

    class << self
      attr_reader :tainted

      def watch(file)
        @file = file
        yield
      ensure
        @file = nil
        clean(file)
      end

      # Called by Ruby's own hooks whenever a module changes. The frame above the hook is what changed it.
      def changed(owner)
        return if @file.nil? || @tainted
        @tainted = caller_locations(2, 1).any? { |frame| in_template?(frame) } && !private_to_template?(owner)
      end

      def settle
        @globals = global_variables
        @constants = Object.constants
        @environment = ENV.to_h
        @tainted = false
      end

      private

      # A library in C reports the place that required it as its own.
      def in_template?(frame) = frame.path.include?(@file) && !frame.label.end_with?('require', 'load')

      def private_to_template?(owner)
        owner = owner.attached_object if owner.is_a?(Class) && owner.singleton_class?
        return true unless owner.is_a?(Module)
        return true if owner <= Bosh::Common::Template::BaseContext

        name = owner.name
        name.nil? || !name.match?(CONSTANT) || (Object.const_source_location(name)&.first == @file)
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
