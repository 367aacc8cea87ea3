# frozen_string_literal: true

# CylancePROTECT's syslog: "Event Type: …, Event Name: …, Device Name: …".

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

NAME = /\sCylancePROTECT\s/.freeze
TIME = /\A\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d\d:\d\d/.freeze
PAIR = /(?<key>Event Type|Event Name|Device Name|Agent Version|IP Address|MAC Address|Logged On Users|OS|Zone Names|File Path|File Name|Interpreter Version|Interpreter|User Name|Process ID|Process Name|Violation Type|SHA256|MD5|Threat Class|Threat Score|Cylance Score|Status|Path|Drive Type|File Type|File Owner|Message|Severity):\s?(?<value>.*?)(?=,\s?(?:[A-Z][\w ]{1,30}):|\sZone Names:|\z)/m.freeze
FIELDS = { 'Event Name' => 'event.action', 'IP Address' => 'source.ip', 'MAC Address' => 'host.mac', 'Logged On Users' => 'user.name', 'User Name' => 'user.name', 'File Path' => 'file.directory', 'Path' => 'file.directory', 'File Name' => 'file.name', 'File Type' => 'file.type',
           'Interpreter Version' => 'observer.version', 'Interpreter' => 'network.application', 'Process ID' => 'process.pid', 'Process Name' => 'process.name', 'SHA256' => 'file.hash.sha256', 'MD5' => 'file.hash.md5', 'Message' => 'message', 'Device Name' => 'cylance.device_name' }.freeze
KINDS = { /threat|malware/i => %w[malware], /exploit|violation|memory/i => %w[intrusion_detection], /script/i => %w[process], /login|logon/i => %w[authentication], /audit|device|zone|policy|user/i => %w[configuration] }.freeze

def register(_params); end

def filter(event)
  head, text = event.get('[event][original]').to_s.split(NAME, 2)
  time, host = head.to_s.split.last(2)
  fields = host && text && text.rstrip.scan(PAIR).to_h
  return fail_with(event) unless fields && fields['Event Name']

  Ecs.timestamp(event, time[TIME] || event.get('[@metadata][syslog][time]'))
  event.set('[observer]', { 'vendor' => 'Cylance', 'product' => 'Protect', 'type' => 'Anti-Virus' })
  Ecs.put(event, 'host.name', host)
  # "(10.0.0.1, 10.0.0.2)": the first.
  fields.transform_values! { |value| value.strip.sub(/\A\(([^,)]*).*\)\z/m, '\1') }
  fields['Interpreter Version'] = fields['Interpreter Version'][/\A\S+/] if fields['Interpreter Version']
  type = "#{fields['Event Type']} #{fields['Event Name']}"
  category = KINDS.find { |pattern, _| type.match?(pattern) }&.last || %w[host]
  Ecs.classify(event, 'code' => 'CylancePROTECT', 'category' => category, 'type' => %w[info], 'kind' => type.match?(/threat|exploit|violation|memory|malware/i) ? 'alert' : 'event')
  Ecs.map(event, fields, FIELDS)
  Ecs.keep(event, 'cylance', fields.transform_keys { |name| name.downcase.tr(' ', '_') })
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'cylance')
  [event]
end

test 'a threat' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '<46>1 2026-01-01T00:00:00.1Z sysloghost CylancePROTECT - - - [x] Event Type: Threat, Event Name: threat_found, Device Name: PC1, IP Address: (10.0.0.1), File Name: a, b.exe, Path: c:\\x\\, SHA256: ab' } } }
  expect('an alert about a file') { |events| events[0].get('[event][kind]') == 'alert' && events[0].get('[file][hash][sha256]') == 'ab' }
  expect('its host') { |events| events[0].get('[source][ip]') == '10.0.0.1' && events[0].get('[host][name]') == 'sysloghost' }
end

test 'a line cut off' do
  parameters { {} }
  in_event { { 'event' => { 'original' => 'x CylancePROTECT Event' } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_cylance'] }
end
