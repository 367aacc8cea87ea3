# frozen_string_literal: true

# Runs lines through the Ruby filter scripts where there is no Logstash: `ruby run-samples.rb SCRIPTS_FOLDER`, a
# JSON object {"id", "input"} a line on standard input, {"id", "source", "event", …} a line on standard output: also
# whether the output would take it for a failure, whether a time was read, and what exceptions the scripts raised.
# Of the filters between the scripts it stands in for mutate, json, kv and date, with what the samples need of them.

require 'date'
require 'json'
require File.join(__dir__, 'run-scripts')

KV = %w[fortigate sophos_xg iptables juniper_srx].freeze
JSON_SOURCES = %w[suricata zeek okta zscaler darktrace vectra qradar].freeze

# Parts of a date filter's patterns => those of Ruby's.
TIMES = { "'T'" => 'T', 'yyyy' => '%Y', 'yy' => '%y', 'MMM' => '%b', 'MM' => '%m', 'M' => '%m', 'dd' => '%d', 'd' => '%d', 'HH' => '%H', 'mm' => '%M', 'ss' => '%S',
          'SSSSSS' => '%N', 'SSS' => '%N', 'EEE' => '%a', 'Z' => '%z' }.freeze

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
    @folder = File.expand_path(folder)
    @scripts = Hash.new { |scripts, name| scripts[name] = Filter.new(File.join(@folder, "#{name}.rb")) }
  end

  def run(input)
    @exceptions = []
    began = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    fields = input.is_a?(String) ? { 'event' => { 'original' => input } } : input
    event = LogStash::Event.new({ '@timestamp' => '2026-01-01T00:00:00Z' }.merge(fields))
    script('recognize', event, '_unrecognized')
    source = pipeline(event.get('[@metadata][source]'))
    events = parse_and_filter(source, event)
    events.each { |each| finish(each) }
    first = events.first
    { 'source' => source, 'event' => first&.to_hash, 'failed' => failed?(first), 'dated' => dated?(first, fields), 'yearless' => yearless?(first), 'exceptions' => @exceptions, 'seconds' => Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - began }
  end

  # Whom the distributor sends it to.
  def pipeline(source)
    known = { 'darktrace_status' => 'darktrace' }.fetch(source, source)
    File.exist?(File.join(@folder, '..', 'sources', "#{known}.conf")) ? known : 'unrecognized'
  end

  def failed?(event)
    event && (event.get('[@metadata][failed]') == true || Array(event.get('tags')).include?('_finishfailure'))
  end

  def dated?(event, fields)
    event && (fields.key?('@timestamp') || (!event.get('[@metadata][time]').nil? && !Array(event.get('tags')).include?('_dateparsefailure')))
  end

  # Of such a time the year is that in which it is read.
  def yearless?(event)
    event ? event.get('[@metadata][time]').to_s.match?(%r{\A[A-Z][a-z]{2} +\d+ [\d:.]+\z|\A\d\d/\d\d-}) : false
  end

  # As Logstash's ruby filter does: an exception tags the event and stops nothing.
  def script(name, event, tag)
    @scripts[name].filter(event)
  rescue StandardError => e
    @exceptions << "#{name}.rb: #{e.class}: #{e.message} at #{e.backtrace.first}"
    event.tag(tag)
    [event]
  end

  def parse_and_filter(source, event)
    event.set('[event][dataset]', dataset(source))
    return event.tag('_unrecognized') && [event] if source == 'unrecognized'

    text = event.get('[@metadata][syslog][text]') || event.get('[event][original]')
    event.set('[@metadata][fields]', kv(text, configuration(source))) if KV.include?(source)
    text = event.get('[@metadata][json]') || (text.to_s[text.to_s.index('{')..] if source == 'vectra' && text.to_s.include?('{'))
    json(event, text, source) if JSON_SOURCES.include?(source) && text
    script(source, event, "_parsefailure_#{source}")
  end

  # What the source's pipeline says by a mutate filter.
  def dataset(source)
    configuration(source)[/"\[event\]\[dataset\]" => "([^"]+)"/, 1]
  end

  def configuration(source)
    (@configurations ||= {})[source] ||= File.read(File.join(@folder, '..', 'sources', "#{source}.conf"))
  end

  # Quotes count only where a separator follows them, as in Logstash.
  def kv(text, configuration)
    split = configuration[/field_split => "(.*?)"$/, 1] || ' '
    text.scan(/(?<![^#{split}=])([^#{split}=]+)=(?:"([^"]*)"|([^#{split}]*))(?:[#{split}]|\z)/).each_with_object({}) do |(key, quoted, bare), fields|
      value = quoted || bare
      key = key.delete('[]') if configuration.include?('remove_char_key')
      fields[key] = fields.key?(key) ? [*fields[key], value] : value
    end
  end

  def json(event, text, source)
    event.set('[@metadata][fields]', JSON.parse(text))
  rescue JSON::ParserError
    event.tag("_parsefailure_#{source}")
  end

  def finish(event)
    { '[@metadata][time]' => '@timestamp', '[@metadata][start]' => '[event][start]' }.each do |from, to|
      text = event.get(from)
      event.set(to, time(from, text).to_time.utc.iso8601(3)) if text
    rescue ArgumentError, RangeError
      event.tag('_dateparsefailure')
    end
    script('finish', event, '_finishfailure')
  end

  # By the date filter's own patterns, of which one has to fit the whole text.
  def time(field, text)
    pattern = patterns(field).find { |each| each == 'ISO8601' ? DateTime._iso8601(text.sub(' ', 'T')).key?(:hour) : DateTime._strptime(text, each)&.key?(:leftover) == false }
    raise ArgumentError, text if pattern.nil?

    pattern == 'ISO8601' ? DateTime.iso8601(text.sub(' ', 'T')) : DateTime.strptime(text, pattern)
  end

  def patterns(field)
    (@patterns ||= {})[field] ||= begin
      match = File.read(File.join(@folder, '..', 'finish.conf'))[/match => \[\s*"#{Regexp.escape(field)}",(.*?)\]/m, 1]
      match.scan(/"([^"]+)"/).flatten.map { |pattern| pattern == 'ISO8601' ? pattern : pattern.gsub(/'T'|yyyy|yy|MMM|M+|d+|HH|mm|ss|S+|EEE|Z/, TIMES) }
    end
  end
end

# As Logstash's codecs do with a charset of UTF-8: what is no UTF-8 becomes the text of its escapes.
def decode(base64)
  text = base64.unpack1('m').force_encoding('UTF-8')
  text.valid_encoding? ? text : text.inspect[1..-2]
end

chain = Chain.new(ARGV.fetch(0))
$stdin.each_line do |line|
  sample = JSON.parse(line)
  puts JSON.generate({ 'id' => sample['id'] }.merge(chain.run(sample.key?('base64') ? decode(sample['base64']) : sample['input'])))
end
