# frozen_string_literal: true

require 'erb'
require 'json'

# The one entry point that the worker calls: files in, files out (all of them in memory).
module Boti
  COMPILED_LIMIT = 2_000

  @compiled = {}

  class << self
    def create_env? = @dialect == 'create-env'

    # Reads /task.json, writes /result.json and /content.
    def run
      task = JSON.parse(File.read('/task.json'))
      @dialect = task['dialect']
      outcome = Isolation.watch(task['file']) { attempt(task) }
      File.write('/result.json', JSON.generate(outcome.merge('tainted' => Isolation.tainted)))
    end

    private

    def attempt(task)
      content = evaluate(task)
      return { 'message' => 'the rendered text is not valid UTF-8' } unless content.valid_encoding?

      File.binwrite('/content', content)
      {}
    rescue Exception => error # a template may raise anything, exit included
      { 'message' => error.to_s.scrub, 'line' => line_of(error, task['file']) }
    end

    def evaluate(task)
      scope = fresh_class(create_env? ? CreateEnv::Context : Bosh::Common::Template::DirectorContext)
      context = scope.new(task['context'], task['dns'])
      eval(compiled(task['erb']), context.get_binding, task['file'], 0).to_s.dup.force_encoding(Encoding::UTF_8)
    end

    # Methods and constants that a template defines land in a class of its own. It bears the name error texts know.
    def fresh_class(base)
      home = Bosh::Common::Template
      home.send(:remove_const, :EvaluationContext) if home.const_defined?(:EvaluationContext, false)
      scope = home.const_set(:EvaluationContext, Class.new(base))
      scope.class_eval('def get_binding = binding', __FILE__, __LINE__)
      scope
    end

    def compiled(erb)
      @compiled.clear if @compiled.size >= COMPILED_LIMIT
      @compiled[erb] ||= ERB.new(erb, trim_mode: '-').src
    end

    def line_of(error, file)
      if error.is_a?(SyntaxError)
        error.message[/#{Regexp.escape(file)}:(\d+)/, 1]&.to_i
      else
        error.backtrace_locations&.find { |location| location.path == file }&.lineno
      end
    end
  end
end

JSON.singleton_class.prepend(CreateEnv::JsonDump)
Boti::Isolation.settle
