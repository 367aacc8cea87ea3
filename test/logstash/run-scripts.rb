# frozen_string_literal: true

# Runs the tests inside Logstash's Ruby filter scripts where there is no Logstash: `ruby run-scripts.rb SCRIPT…`.
# Prints a line of JSON per expectation. Logstash runs the same tests each time a pipeline starts.

require 'json'
require 'time'

module LogStash
  # A date filter comes later; what it reads is given by the tests.
  Timestamp = Struct.new(:time)

  # What of Logstash's event the scripts use, with its field references.
  class Event
    def initialize(fields)
      @metadata = fields.delete('@metadata') || {}
      @fields = fields
    end

    def get(reference)
      path(reference).reduce(root(reference)) { |at, name| step(at, name) }
    end

    def set(reference, value)
      *parents, last = path(reference)
      parents.reduce(root(reference)) { |at, name| object(at, name) }[last] = value
    end

    def include?(reference)
      *parents, last = path(reference)
      at = parents.reduce(root(reference)) { |hash, name| step(hash, name) }
      at.is_a?(Hash) && at.key?(last)
    end

    def remove(reference)
      *parents, last = path(reference)
      at = parents.reduce(root(reference)) { |hash, name| step(hash, name) }
      at&.delete(last)
    end

    def tag(name)
      set('tags', ((get('tags') || []) << name).uniq)
    end

    def timestamp
      Timestamp.new(Time.iso8601(@fields['@timestamp'] || '2026-01-01T00:00:00Z'))
    end

    def to_hash
      @fields
    end

    def to_json(*)
      JSON.generate(@fields)
    end

    def cancel
      @cancelled = true
    end

    private

    def root(reference)
      reference.start_with?('[@metadata]') ? @metadata : @fields
    end

    def path(reference)
      names = reference.start_with?('[') ? reference.scan(/\[([^\[\]]+)\]/).flatten : [reference]
      names.first == '@metadata' ? names.drop(1) : names
    end

    # As in Logstash, null is no object either.
    def object(at, name)
      at[name] = {} unless at.key?(name)
      raise "Could not set field on object '#{at[name]}'" unless at[name].is_a?(Hash)

      at[name]
    end

    def step(at, name)
      case at
      when Hash then at[name]
      when Array then at[name.to_i]
      end
    end
  end
end

# One script, with the words its tests are written in.
class Script
  def initialize(path)
    @path = path
    @results = []
    @tests = []
    instance_eval(File.read(path), path)
  end

  def test(name, &body)
    @tests << [name, body]
  end

  def parameters = @parameters = yield
  def in_event = @event = yield

  def expect(what, &check)
    @expectations << [what, check]
  end

  def run
    @tests.each do |name, body|
      @expectations = []
      @parameters = {}
      instance_eval(&body)
      register(@parameters)
      events = filter(LogStash::Event.new(@event))
      @expectations.each { |what, check| report(name, what, check.call(events), events) }
    rescue StandardError => e
      report(name, "#{e.class}: #{e.message} at #{e.backtrace.first}", false, [])
    end
    report('tests', 'there are none', false, []) if @tests.empty?
  end

  def report(name, what, passed, events)
    line = { script: File.basename(@path), test: name, expectation: what, passed: passed ? true : false }
    line[:event] = events.map(&:to_hash) unless passed
    puts JSON.generate(line)
  end
end

ARGV.each { |path| Script.new(File.expand_path(path)).run } if $PROGRAM_NAME == __FILE__
