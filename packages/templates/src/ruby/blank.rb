# frozen_string_literal: true

# BOSH: templates may ask any object whether it is blank (src/bosh-common/lib/bosh/common/template/evaluation_context.rb
# loads that part of ActiveSupport).
class Object
  def blank? = respond_to?(:empty?) ? !!empty? : !self
  def present? = !blank?
  def presence = blank? ? nil : self
end

class String
  def blank? = match?(/\A[[:space:]]*\z/)
end
