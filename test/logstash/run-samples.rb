# frozen_string_literal: true

# Runs lines through the Ruby filter scripts where there is no Logstash: `ruby run-samples.rb SCRIPTS_FOLDER`, a
# JSON object {"id", "input"} a line on standard input, {"id", "source", "event"} a line on standard output.
# Of the filters between the scripts it stands in for json, kv and date, with what the samples need of them.

require 'date'
require 'json'
require File.join(__dir__, 'run-scripts')

KV = %w[fortigate sophos_xg iptables juniper_srx].freeze
JSON_SOURCES = %w[suricata zeek okta zscaler darktrace vectra qradar].freeze

# A script without its tests.
class Filter
  def initialize(path)
    instance_eval(File.read(path), path)
    register({})
  end

  def test(*) = nil
end

# The pipelines from the distributor to the end, one line after the other.
class Chain
  def initialize(folder)
    @scripts = Hash.new { |scripts, name| scripts[name] = Filter.new(File.join(File.expand_path(folder), "#{name}.rb")) }
  end

  def run(input)
    fields = input.is_a?(String) ? { 'event' => { 'original' => input } } : input
    event = LogStash::Event.new({ '@timestamp' => '2026-01-01T00:00:00Z' }.merge(fields))
    events = @scripts['recognize'].filter(event)
    source = event.get('[@metadata][source]').sub('darktrace_status', 'darktrace')
    events = parse_and_filter(source, event) unless source == 'unknown'
    event.tag('_unrecognized') if source == 'unknown'
    events.each { |each| finish(each) }
    { 'source' => source, 'event' => events.first&.to_hash }
  end

  def parse_and_filter(source, event)
    text = event.get('[@metadata][syslog][text]') || event.get('[event][original]')
    event.set('[@metadata][fields]', kv(text)) if KV.include?(source)
    json(event, text, source) if JSON_SOURCES.include?(source) && text.to_s.include?('{')
    @scripts[source].filter(event)
  end

  def kv(text)
    text.scan(/([\w.-]+)=(?:"([^"]*)"|(\S*))/).each_with_object({}) do |(key, quoted, bare), fields|
      value = quoted || bare.sub(/\]\z/, '')
      fields[key] = fields.key?(key) ? [*fields[key], value] : value
    end
  end

  def json(event, text, source)
    event.set('[@metadata][fields]', JSON.parse(text[text.index('{')..]))
  rescue JSON::ParserError
    event.tag("_parsefailure_#{source}")
  end

  def finish(event)
    { '[@metadata][time]' => '@timestamp', '[@metadata][start]' => '[event][start]' }.each do |from, to|
      text = event.get(from)
      event.set(to, DateTime.parse(in_order(text)).to_time.utc.iso8601(3)) if text
    rescue ArgumentError, RangeError
      event.tag('_dateparsefailure')
    end
    @scripts['finish'].filter(event)
  end

  # Snort's "month/day-time" and "month/day/year-time".
  def in_order(text)
    text.sub(%r{\A(\d\d)/(\d\d)-}) { "2026-#{Regexp.last_match(1)}-#{Regexp.last_match(2)}T" }
        .sub(%r{\A(\d\d)/(\d\d)/(\d\d)-}) { "20#{Regexp.last_match(3)}-#{Regexp.last_match(1)}-#{Regexp.last_match(2)}T" }
  end
end

chain = Chain.new(ARGV.fetch(0))
$stdin.each_line do |line|
  sample = JSON.parse(line)
  puts JSON.generate({ 'id' => sample['id'] }.merge(chain.run(sample['input'])))
end
