# frozen_string_literal: true

# Snort's alerts: alert_fast, alert_csv with its default columns, and syslog.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'rows')

TIME = %r{(?<time>\d\d/\d\d(?:/\d\d)?-\d\d:\d\d:\d\d\.\d+)}.freeze
# No two repetitions of blanks stand side by side, here and in other scripts: a long line would take minutes.
ADDRESS = '(?:\[?[0-9a-fA-F.:]+?\]?)'
FAST = /\[(?<gid>\d+):(?<sid>\d+):(?<rev>\d+)\] "?(?<text>.*?)"?\s?(?:\[\*\*\] ?)?(?:\[Classification: (?<class>[^\[\]]{0,200})\] ?)?(?:\[Priority: (?<priority>\d+)\]:? ?)?\{(?<proto>[^{}]{1,40})\} (?<src>#{ADDRESS})(?::(?<sport>\d+))? -> (?<dst>#{ADDRESS})(?::(?<dport>\d+))?\s*\z/.freeze
FIELDS = { 'gid' => 'snort.gid', 'sid' => 'rule.id', 'rev' => 'rule.version', 'text' => 'rule.description', 'class' => 'rule.category', 'priority' => 'event.severity', 'proto' => 'network.transport',
           'src' => 'source.ip', 'sport' => 'source.port', 'dst' => 'destination.ip', 'dport' => 'destination.port', 'smac' => 'source.mac', 'dmac' => 'destination.mac' }.freeze
# Snort 2's default order, up to what has an ECS field.
COLUMNS = %w[time gid sid rev text proto src sport dst dport smac dmac].freeze

def register(_params)
  Rows.register
end

def filter(event)
  text = event.get('[event][original]').to_s
  alert = text.include?('{') ? fast(event, text) : csv(text)
  return fail_with(event) unless alert && alert['sid'].to_s.match?(/\A\d+\z/) && alert['src']

  Ecs.timestamp(event, alert.delete('time') || event.get('[@metadata][syslog][time]'))
  event.set('[observer]', { 'vendor' => 'snort', 'product' => 'ids', 'type' => 'ids' })
  Ecs.put(event, 'observer.name', event.get('[@metadata][syslog][host]'))
  Ecs.classify(event, 'kind' => 'alert', 'category' => %w[network])
  event.set('[@metadata][icmp]', alert['icmp']) if alert['icmp']
  Ecs.map(event, alert, FIELDS)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'snort')
  [event]
end

def fast(_event, text)
  FAST.match(text.rstrip)&.named_captures&.merge('time' => text[TIME])
end

def csv(text)
  row = Rows.parse(text.sub(/\A<\d+>/, ''), true)&.map { |value| value&.strip }
  return nil unless row && row.size >= 12 && row[0].to_s.match?(TIME)

  alert = COLUMNS.zip(row).to_h
  alert['icmp'] = [row[23].to_i, row[24].to_i] if row[23].to_s.match?(/\A\d+\z/)
  alert
end

test 'a fast alert' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '01/02-03:04:05.678901  [**] [1:2012811:2] ET <script> [**] [Classification: x] [Priority: 2] {UDP} 10.0.0.1:5353 -> 192.0.2.1:53' } } }
  expect('its rule') { |events| events[0].get('[rule][id]') == '2012811' && events[0].get('[rule][description]') == 'ET <script>' }
  expect('its ends') { |events| events[0].get('[source][port]') == 5353 && events[0].get('[destination][ip]') == '192.0.2.1' }
  expect('its severity') { |events| events[0].get('[event][severity]') == 2 }
end

test 'a row cut off' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '01/02-03:04:05.678901 ,1,"' } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_snort'] }
end
