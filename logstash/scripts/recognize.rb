# frozen_string_literal: true

# Says which source an event is of ([@metadata][source]), by its look alone, and takes the syslog header off its
# text ([@metadata][syslog]). A shipper that knows better sets [@metadata][source], or Beats' `fields.source`.

require 'json'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'logins')
require File.join(File.dirname(__FILE__), 'lib', 'syslog')

# What JSON is known by; the first that fits.
JSON_LOOKS = {
  'zscaler' => [/"sourcetype"\s*:\s*"zscalernss/],
  'suricata' => [/"event_type"\s*:/, /"(?:src_ip|flow_id|stats)"\s*:/],
  'okta' => [/"eventType"\s*:/, /"actor"\s*:/],
  'darktrace' => [/"model"\s*:/, /"(?:pbid|breachUrl|triggeredComponents)"\s*:/],
  'darktrace_status' => [/"priority_level"\s*:/, /"alert_name"\s*:/],
  'qradar' => [/"offense_type"\s*:/, /"magnitude"\s*:/],
  'zeek' => [/"ts"\s*:/, /"(?:uid|fuid|id\.orig_h|certificate\.version|note|name|uids|_path)"\s*:/]
}.freeze

# Longer lines, in characters, are not taken apart: no device writes them, and a stranger may make a pattern work.
MAX_LINE, MAX_JSON = 8_192, 1_048_576

# What the pipelines set fields within, first of all where the others are put aside.
OBJECTS = %w[misplaced client cloud data_stream destination dns email error event file group host http labels log network observer process related
             rule server service source threat tls url user user_agent].freeze

# In RFC 5424, a dash says that there is no structured data before the message.
NO_DATA = /\A- \u{FEFF}?/.freeze

LINUX = /\A(?:sshd|sshd-session|sudo|su|login|CRON|crond|pam\S*|user(?:add|del|mod)|group(?:add|del|mod)|chfn|chage|passwd|systemd-logind|polkitd|gdm\S*|lightdm|unix_chkpwd)\z/.freeze

# What a text is known by, with its syslog header before it.
LINE_LOOKS = {
  'cisco_asa' => /%(?:ASA|FTD|FWSM|PIX)-(?:\w+-)?\d-\d{6}/,
  'fortigate' => /(?:\A|[ >])date=\S+ time=\S+ .*\bdevid="?/,
  'panos' => %r{(?:\A|[ >:])\d*,\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+Z?)?,[\w-]*,(?:TRAFFIC|THREAT|GLOBALPROTECT|SYSTEM|CONFIG|USERID|AUTHENTICATION|HIP-?MATCH|DECRYPTION|CORRELATION),},
  'checkpoint' => /\bCheckPoint \d+ (?:-|\S+) \[/,
  'juniper_srx' => /\bRT_(?:FLOW|IDS|UTM|IDP|AAMW|SECINTEL)\b/,
  'sophos_xg' => /\bdevice(?:="?SFW|_name=)/,
  'iptables' => /\bIN=\S* OUT=\S* .*\bSRC=\S+ DST=\S+ /,
  'snort' => %r{\A(?:<\d+>)?(?:.{0,80}snort\S*:\s*\[\d+:\d+:\d+\]|\d\d/\d\d(?:/\d\d)?-\d\d:\d\d:\d\d\.\d+ *(?:,|\[\*\*\]))},
  'vectra' => /\bvectra_json_v2\b/,
  'cylance' => /\bCylancePROTECT\b/,
  'aws_vpcflow' => /\A\d+ \d{9,12} eni-\S+ /,
  'zeek' => /\A(?:#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)\b|\d{9,10}\.\d{1,6}\t)/,
  'pfsense' => /\b(?:filterlog|dhcpd|dhclient|dhcp6c|rtsold|unbound|openvpn|php-fpm|kea-dhcp4|kea-dhcp6)(?:\[\d+\])?:? /
}.freeze

def register(_params); end

def filter(event)
  straighten(event)
  return [event] if event.get('[@metadata][source]')

  text = event.get('[event][original]')
  looks = text.is_a?(String) ? recognize(event, text) : nil
  named = event.get('[fields][source]')
  named = nil unless named.is_a?(String) && looks != 'unknown'
  event.set('[@metadata][source]', named || structured(event) || looks || 'unknown')
  [event]
end

# Whoever may send JSON may send a text or null where ECS has an object. To set a field within it would raise an
# exception, and outside of a ruby filter that stops the pipeline: it is put aside, as text.
def straighten(event)
  OBJECTS.each do |name|
    next if !event.include?("[#{name}]") || event.get("[#{name}]").is_a?(Hash)

    value = event.remove("[#{name}]")
    event.set("[misplaced][#{name}]", value.to_s) unless value.nil?
  end
  message = event.get('[message]')
  event.set('[event][original]', event.remove('[message]')) if message.is_a?(String) && event.get('[event]').nil?
end

# What a shipper or codec has taken apart already.
def structured(event)
  return 'windows' if event.get('[winlog]')
  return 'netflow' if event.get('[netflow]') || event.get('[ipfix]')

  'qradar' if event.get('[offense_type]') && event.get('[magnitude]')
end

# The source that a text looks like; "unknown" for what nobody is to take apart, nil where nothing fits. JSON is
# handed on in [@metadata][json], whether it comes bare or behind a syslog header.
def recognize(event, text)
  start = text.lstrip
  # However long the line, what it is shows at its beginning.
  head = start[0, 4096]
  header = head.start_with?('{') ? nil : Syslog.parse(head)
  body = header ? header['text'].sub(NO_DATA, '') : head
  json = body.start_with?('{')
  return event.tag('_oversized') && 'unknown' if start.length > (json ? MAX_JSON : MAX_LINE)

  event.set('[@metadata][syslog]', header.merge('text' => behind(start, head, header['text']))) if header
  return json_source(event, header ? behind(start, head, body) : unwrapped(event, start)) if json

  LINE_LOOKS.find { |_, look| look.match?(head) }&.first || ('linux_auth' if linux?(header))
end

# By the program, or by PAM's words in the mouth of any.
def linux?(header)
  return false unless header['process']

  LINUX.match?(File.basename(header['process'])) || Logins.pam?(Syslog.message(header).to_s, header['tag'])
end

# What of a line begins where its head's `rest` does.
def behind(start, head, rest)
  start[(head.length - rest.length)..]
end

def json_source(event, text)
  event.set('[@metadata][json]', text)
  JSON_LOOKS.find { |_, looks| looks.all? { |look| look.match?(text) } }&.first
end

# A line that Splunk forwards lies in "_raw".
def unwrapped(event, text)
  return text unless text.start_with?('{"preview":') && text.include?('"_raw":')

  result = JSON.parse(text)['result']
  event.set('[event][original]', result['_raw'])
  Ecs.put(event, 'host.name', result['host'])
  Ecs.put(event, 'log.file.path', result['source'])
  result['_raw']
rescue JSON::ParserError, NoMethodError
  text
end

# A name => what it is to be told as.
{
  '<190>date=2026-01-01 time=00:00:01 devname="fw" devid="FG1" type="traffic"' => 'fortigate',
  '<166>Jan 01 2026 00:00:01 fw : %ASA-6-302013: Built outbound TCP connection' => 'cisco_asa',
  'Jan  1 00:00:01 host sshd[12]: Failed password for root from 192.0.2.1 port 22 ssh2' => 'linux_auth',
  '<134>Jan  1 00:00:01 filterlog[7]: 4,,,1000000103,igb1,match,block,in,4' => 'pfsense',
  '{"timestamp":"2026-01-01T00:00:00.0+0000","event_type":"dns","src_ip":"192.0.2.1"}' => 'suricata',
  "1767225600.000001\tCabc\t192.0.2.1\t1" => 'zeek',
  '{"ts":1767225600.1,"uid":"C1","id.orig_h":"192.0.2.1"}' => 'zeek',
  '2 123456789012 eni-0a 192.0.2.1 192.0.2.2 1 2 6 1 1 1 2 ACCEPT OK' => 'aws_vpcflow',
  '<164>1 2026-01-01T00:00:00Z dt darktrace - - - {"model":{"name":"a"},"pbid":1}' => 'darktrace',
  '<13>Jan  1 00:00:01 host suricata[12]: {"event_type":"dns","src_ip":"192.0.2.1"}' => 'suricata',
  'what is this' => 'unknown',
  '{"a":1' => 'unknown'
}.each do |line, source|
  test "#{source}: #{line[0, 30]}" do
    parameters { {} }
    in_event { { 'event' => { 'original' => line } } }
    expect(source) { |events| events[0].get('[@metadata][source]') == source }
  end
end

test 'a shipper that knows better' do
  parameters { {} }
  in_event { { 'fields' => { 'source' => 'pfsense' }, 'event' => { 'original' => '<30>Jan  1 00:00:01 fw dpinger: x' } } }
  expect('is believed') { |events| events[0].get('[@metadata][source]') == 'pfsense' }
  expect('and its header read') { |events| events[0].get('[@metadata][syslog][process]') == 'dpinger' }
end

test 'a text where ECS has an object' do
  parameters { {} }
  in_event { { 'event' => '<script>', 'source' => ['192.0.2.1'], 'message' => 'Jan  1 00:00:01 host sudo: x' } }
  expect('it is put aside') { |events| events[0].get('[misplaced]') == { 'event' => '<script>', 'source' => '["192.0.2.1"]' } }
  expect('and the line read') { |events| events[0].get('[@metadata][source]') == 'linux_auth' && events[0].get('[event][original]').end_with?(' x') }
end

test 'null where ECS has an object' do
  parameters { {} }
  in_event { { 'event' => nil, 'misplaced' => 'x', 'url' => 'y' } }
  expect('it is away') { |events| !events[0].include?('[event]') }
  expect('and what is put aside does not stumble over it') { |events| events[0].get('[misplaced]') == { 'misplaced' => 'x', 'url' => 'y' } }
end

test 'a line of a megabyte' do
  parameters { {} }
  in_event { { 'event' => { 'original' => 'date=1 time=2 devid="x" ' * 50_000 } } }
  expect('not taken apart') { |events| events[0].get('[@metadata][source]') == 'unknown' && events[0].get('tags') == ['_oversized'] }
end

test 'a header of RFC 5424 is taken off' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '<14>1 2026-01-01T00:00:00Z srx RT_FLOW - RT_FLOW_SESSION_CREATE [junos@1 a="b"]' } } }
  expect('host, message id, text') do |events|
    header = events[0].get('[@metadata][syslog]')
    [header['host'], header['id'], header['text'], header['priority']] == ['srx', 'RT_FLOW_SESSION_CREATE', '[junos@1 a="b"]', '14']
  end
end
