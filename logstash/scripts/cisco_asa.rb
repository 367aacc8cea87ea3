# frozen_string_literal: true

# Cisco ASA and Firepower Threat Defense: connections, access lists, translations, VPN logins. Other messages keep
# their code and text.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

MESSAGE = /%(?<product>ASA|FTD|FWSM|PIX)-(?:(?<class>\w+)-)?(?<level>[0-7])-(?<code>\d{6}):? ?(?<text>.*)\z/m.freeze
LEVELS = %w[emergency alert critical error warning notification informational debugging].freeze
IP = '[0-9a-fA-F.:]{1,45}[0-9a-fA-F]|[A-Za-z][\w.-]{0,254}'

# "outside:192.0.2.1/80 (198.51.100.1/8080)(LOCAL\user)" with its groups' names starting with a letter.
def self.endpoint(side)
  "(?<#{side}_if>[^:/ ]{1,64}):(?<#{side}_ip>#{IP})(?:/(?<#{side}_port>\\d+))?(?: ?\\((?<#{side}_nat>#{IP})/(?<#{side}_natport>\\d+)\\))?(?: ?\\((?:(?<#{side}_domain>[^\\\\()]+)\\\\)(?<#{side}_user>[^(),]++)[^()]*+\\))?"
end

def self.slashed(side, port)
  "(?<#{side}_if>[^/ ]{1,64})/(?<#{side}_ip>#{IP})#{port}"
end

A, B = endpoint('a'), endpoint('b')
ALLOWED = { 'action' => 'firewall-rule', 'type' => %w[connection allowed], 'outcome' => 'success' }.freeze
DENIED = { 'action' => 'firewall-rule', 'type' => %w[connection denied], 'outcome' => 'success' }.freeze
STARTED = { 'action' => 'flow-creation', 'type' => %w[connection start], 'outcome' => 'success' }.freeze
ENDED = { 'action' => 'flow-expiration', 'type' => %w[connection end] }.freeze
VERDICT = nil
LOGIN = { 'category' => %w[authentication], 'type' => %w[start], 'action' => 'logon' }.freeze
DURATION = 'duration (?<duration>\d+:\d\d:\d\d)'
BYTES = "(?: #{DURATION})?(?: bytes (?<bytes>\\d+))?(?: (?<reason>[^()]*?))? ?(?:\\((?<trailing>[^()]*)\\))?"

# Codes => what their text looks like from its beginning (a: source, b: destination), and what it means; VERDICT: as its word says.
SHAPES = {
  %w[106001] => [/Inbound (?<transport>TCP) connection denied from (?<a_ip>#{IP})\/(?<a_port>\d+) to (?<b_ip>#{IP})\/(?<b_port>\d+)/, DENIED],
  %w[106006 106007 106014] => [%r{Deny (?<direction>inbound|outbound) (?<transport>\w+) (?:from|src) (?:(?<a_if>[^:/ ]+):)?(?<a_ip>#{IP})(?:/(?<a_port>\d+))? (?:to|dst) (?:(?<b_if>[^:/ ]+):)?(?<b_ip>#{IP})(?:/(?<b_port>\d+))?(?: (?:on interface (?<in>\S+)|due to (?<protocol>DNS) .*))?}, DENIED],
  %w[106010] => [/Deny inbound (?:protocol )?(?<transport>\w+) src #{A} dst #{B}/, DENIED],
  %w[106015] => [%r{Deny (?<transport>TCP) \(no connection\) from (?<a_ip>#{IP})/(?<a_port>\d+) to (?<b_ip>#{IP})/(?<b_port>\d+) flags .*?on interface (?<in>\S+)}, DENIED],
  %w[106016 106017 106020 106021] => [/Deny (?:(?<transport>TCP|UDP|ICMP)|IP)? ?.*?from \(?(?<a_ip>#{IP})\)? to (?<b_ip>#{IP})(?: on interface (?<in>\S+))?/, DENIED],
  %w[106023] => [/(?=[^"]* by access-group "(?<rule>[^"]+)")Deny (?:protocol )?(?<transport>\S+) src #{A} dst #{B}(?: \(?type (?<icmp_type>\d+), code (?<icmp_code>\d+)\)?)?/, DENIED],
  %w[106100 106102 106103] => [/access-list (?<rule>\S+) (?<verdict>permitted|denied|est-allowed) (?<transport>\S+) (?:for user '?(?<user>[^' ]+)'? )?#{slashed('a', '\((?<a_port>\d+)\)(?:\((?:(?<a_domain>[^\\\\()]+)\\\\)?(?<a_user>[^()]*)\))?')} -> #{slashed('b', '\((?<b_port>\d+)\)(?:\((?:(?<b_domain>[^\\\\()]+)\\\\)?(?<b_user>[^()]*)\))?')}/, VERDICT],
  %w[302013 302015] => [/Built (?<direction>inbound|outbound) (?<transport>\w+) connection (?<id>\d+) for #{A} to #{B}/, STARTED],
  %w[302014 302016] => [/Teardown (?<transport>\w+) connection (?<id>\d+) for #{A}(?: (?<a_name>\w+))? to #{B}(?: (?!duration)(?<b_name>\w+))?#{BYTES}\z/, ENDED],
  %w[302020] => [%r{Built (?:(?<direction>inbound|outbound) )?(?<transport>ICMP) connection for faddr (?<b_ip>#{IP})/\d+(?:\((?:(?<b_domain>[^\\()]+)\\)?(?<b_user>[^()]*)\))? gaddr (?<gaddr>#{IP})/\d+ laddr (?<a_ip>#{IP})/\d+(?: ?\((?<a_user>[^()]*)\))?(?: type (?<icmp_type>\d+) code (?<icmp_code>\d+))?}, STARTED],
  %w[302021] => [%r{Teardown (?<transport>ICMP) connection for faddr (?<b_ip>#{IP})/\d+(?:\((?:(?<b_domain>[^\\()]+)\\)?(?<b_user>[^()]*)\))? gaddr (?<gaddr>#{IP})/\d+ laddr (?<a_ip>#{IP})/\d+(?: ?\((?<a_user>[^()]*)\))?(?: type (?<icmp_type>\d+) code (?<icmp_code>\d+))?}, ENDED],
  %w[303002] => [%r{.*? from (?<a_if>[^:]+):(?<a_ip>#{IP})/(?<a_port>\d+) to (?<b_if>[^:]+):(?<b_ip>#{IP})/(?<b_port>\d+), user (?<user>\S+) (?<ftp>Retrieved|Stored) file (?<file>\S+)}, ALLOWED],
  %w[304001] => [/(?:(?<user>\S{1,256})@)?(?<a_ip>#{IP})(?:\([^)]{0,256}\))? Accessed URL (?<b_ip>#{IP}):(?<url>.*)/, ALLOWED],
  %w[304002] => [/Access denied URL (?<url>\S+) SRC (?<a_ip>#{IP})(?:\([^)]*\))? DEST (?<b_ip>#{IP})(?: on interface (?<in>\S+))?/, DENIED],
  %w[305011] => [/Built (?:dynamic|static) (?<transport>\w+) translation from #{A} to #{B}/, { 'action' => 'firewall-rule', 'type' => %w[info] }],
  %w[305012] => [/Teardown (?:dynamic|static) (?<transport>\w+) translation from #{A} to #{B} #{DURATION}/, ENDED],
  %w[313001 313008] => [/Denied (?<transport>\S+) type=(?<icmp_type>\d+), code=(?<icmp_code>\d+) from (?<a_ip>#{IP}) on interface (?<in>\S+)/, DENIED],
  %w[313004] => [/Denied (?<transport>\S+) type=(?<icmp_type>\d+), from laddr (?<a_ip>#{IP}) on interface (?<in>\S+) to (?<b_ip>#{IP})/, DENIED],
  %w[313009] => [/Denied invalid (?<transport>ICMP) code \d+, for #{A} to #{B}/, DENIED],
  %w[338001 338002 338003 338004 338005 338006 338007 338008] => [/Dynamic [Ff]ilter (?<verdict>permitted|monitored|dropped) \S*\s?listed (?<transport>\S+) traffic from #{A} to #{B}, (?:destination|source) \S+ resolved from .*?: (?<domain>[^,\s]+)/, VERDICT],
  %w[602303 602304] => [/IPSEC: An (?<direction>inbound|outbound) .*? between (?<a_ip>#{IP}) and (?<b_ip>#{IP}) \(user= ?(?<user>[^)]+)\) has been (?<verb>created|deleted)/, { 'type' => %w[info deletion user], 'outcome' => 'success' }],
  %w[113004 113012] => [/AAA user \w+ (?<result>Successful).*user = (?<user>\S+)/, LOGIN.merge('outcome' => 'success')],
  %w[113005 113015] => [/AAA user \w+ (?<result>Rejected).*user = (?<user>\S+)(?: : user IP = (?<a_ip>#{IP}))?/, LOGIN.merge('outcome' => 'failure')],
  %w[605004] => [%r{Login denied from (?<a_ip>#{IP})/(?<a_port>\w+) to (?<b_if>[^:]+):(?<b_ip>#{IP})/(?<protocol>\w+) for user "(?<user>[^"]*)"}, LOGIN.merge('outcome' => 'failure')],
  %w[605005] => [%r{Login permitted from (?<a_ip>#{IP})/(?<a_port>\w+) to (?<b_if>[^:]+):(?<b_ip>#{IP})/(?<protocol>\w+) for user "(?<user>[^"]*)"}, LOGIN.merge('outcome' => 'success')],
  %w[716001 722051 722022] => [/Group <(?<group>[^>]*)> User <(?<user>[^>]*)> IP <(?<a_ip>[^>]*)>/, LOGIN.merge('outcome' => 'success')],
  %w[113019] => [/Group = (?<group>[^,]*), Username = (?<user>[^,]*), IP = (?<a_ip>[^,]*), Session disconnected\. .*?Duration: (?<duration>[\dhms:]+), Bytes xmt: (?<sent>\d+), Bytes rcv: (?<received>\d+), Reason: (?<reason>.*)/, { 'category' => %w[authentication], 'type' => %w[end], 'action' => 'logoff', 'outcome' => 'success' }]
}.flat_map { |codes, (pattern, meaning)| codes.map { |code| [code, [/\A#{pattern}/, meaning]] } }.to_h.freeze
VERDICTS = { 'permitted' => ALLOWED, 'est-allowed' => ALLOWED, 'denied' => DENIED, 'dropped' => DENIED,
             'monitored' => { 'action' => 'firewall-rule', 'type' => %w[info], 'category' => %w[network intrusion_detection], 'outcome' => 'success' } }.freeze
FIELDS = { 'transport' => 'network.transport', 'protocol' => 'network.protocol', 'direction' => 'network.direction', 'bytes' => 'network.bytes', 'reason' => 'event.reason', 'rule' => 'rule.name',
           'in' => 'observer.ingress.interface.name', 'group' => 'user.group.name', 'id' => 'cisco.asa.connection_id', 'file' => 'file.path', 'sent' => 'destination.bytes', 'received' => 'source.bytes',
           'verb' => 'event.action' }.freeze

def register(_params); end

def filter(event)
  original = event.get('[event][original]').to_s
  message = MESSAGE.match(original)
  return fail_with(event) unless message

  head(event, message, original[0...message.begin(0)])
  pattern, meaning = SHAPES[message[:code]]
  found = pattern && pattern.match(message[:text])
  if found
    body(event, message[:code], found.named_captures, meaning)
  else
    event.tag("_unparsed_cisco_asa_#{message[:code]}") if pattern
    Ecs.classify(event, 'category' => %w[network], 'type' => %w[info])
  end
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'cisco_asa')
  [event]
end

def head(event, message, header)
  Ecs.timestamp(event, header[/(?:[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? [\d:.]{8,}?(?: [A-Z]{3,4}\b)?|\d{4}-\d\d-\d\dT\S+?)(?=:? |\z)/]&.sub(/ EDT\z/, ' -04:00')&.sub(/ EST\z/, ' -05:00')&.sub(/ (?:UTC|GMT)\z/, ' +00:00')&.sub(/ [A-Z]{3,4}\z/, ''))
  host = (event.get('[@metadata][syslog][host]') || header[/[\d:]{8}(?: [A-Z]{3})?:? ([A-Za-z][\w.-]*) ?:? ?\z/, 1])
  event.set('[observer]', { 'vendor' => 'Cisco', 'product' => message[:product].downcase, 'type' => 'firewall' })
  %w[observer.hostname host.hostname].each { |name| Ecs.put(event, name, host) unless host.to_s.match?(/\A(?:\d|[A-Z]{3}\z)/) }
  level = message[:level].to_i
  Ecs.classify(event, 'code' => message[:code], 'severity' => level)
  Ecs.put(event, 'log.level', LEVELS[level])
  event.set('[message]', Ecs.cut(message[:text]))
end

def body(event, code, found, meaning)
  # "for outside:A to inside:B" of an outbound connection was opened by B; "faddr" of an inbound one opened it.
  a, b = code.match?(/\A302013|302015/) && found['direction'] == 'outbound' || code == '302020' && found['direction'] == 'inbound' ? %w[b a] : %w[a b]
  side(event, 'source', a, found, 'ingress')
  side(event, 'destination', b, found, 'egress')
  meaning ||= VERDICTS.fetch(found['verdict'])
  Ecs.classify(event, { 'category' => %w[network] }.merge(meaning))
  Ecs.map(event, found, FIELDS)
  Ecs.user(event, 'user', found['user'])
  Ecs.put(event, 'network.protocol', 'icmp') if code.match?(/30202[01]/)
  duration(event, found['duration'])
  Names.url(event, found['url']) if found['url']
  domain(event, found['domain'])
  event.set('[@metadata][icmp]', [found['icmp_type'].to_i, found['icmp_code'].to_i]) if found['icmp_type']
  event.set('[network][type]', 'ipsec') if code.start_with?('6023')
end

def side(event, side, letter, found, way)
  Ecs.put(event, "#{side}.ip", found["#{letter}_ip"])
  Ecs.put(event, "#{side}.port", found["#{letter}_port"])
  Ecs.user(event, "#{side}.user", found["#{letter}_user"] || found["#{letter}_name"])
  Ecs.put(event, "#{side}.user.domain", found["#{letter}_domain"]) unless found["#{letter}_domain"] == 'LOCAL'
  Ecs.put(event, "#{side}.nat.ip", found["#{letter}_nat"]) unless found["#{letter}_nat"] == found["#{letter}_ip"]
  Ecs.put(event, "#{side}.nat.port", found["#{letter}_natport"]) unless found["#{letter}_natport"] == found["#{letter}_port"]
  Ecs.put(event, "observer.#{way}.interface.name", found["#{letter}_if"])
end

# "1:02:03", "1h:02m:03s"
def duration(event, text)
  return unless text

  seconds = text.scan(/\d+/).reduce(0) { |sum, part| sum * 60 + part.to_i }
  Ecs.put(event, 'event.duration', seconds * 1_000_000_000)
end

def domain(event, name)
  return if name.nil? || name.match?(/\A[\d.]+/)

  %w[destination.domain server.domain].each { |field| Ecs.put(event, field, name) }
end

test 'who opened an outbound connection is its source' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '<166>Jan 01 2026 00:00:00 fw1 : %ASA-6-302013: Built outbound TCP connection 7 for outside:192.0.2.9/443 (192.0.2.9/443) to inside:10.0.0.5/50000 (198.51.100.1/60000)' } } }
  expect('the inside host') { |events| events[0].get('[source][ip]') == '10.0.0.5' && events[0].get('[destination][port]') == 443 }
  expect('its translation') { |events| events[0].get('[source][nat][ip]') == '198.51.100.1' && events[0].get('[source][nat][port]') == 60_000 }
  expect('the firewall') { |events| events[0].get('[observer][hostname]') == 'fw1' }
end

test 'a denied packet' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '%FTD-4-106023: Deny tcp src outside:192.0.2.1/1 dst inside:10.0.0.1/22 by access-group "out" [0x0, 0x0]' } } }
  expect('denied by a rule') { |events| events[0].get('[event][type]') == %w[connection denied] && events[0].get('[rule][name]') == 'out' }
end

test 'no message' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '%ASA-6-30' } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_cisco_asa'] }
end

test 'a time right before a colon' do
  parameters { {} }
  in_event { { 'event' => { 'original' => 'Apr 29 2026 12:59:50: %ASA-6-305011: Built dynamic TCP translation from inside:10.0.0.1/1 to outside:192.0.2.1/2' } } }
  expect('is read without it') { |events| events[0].get('[@metadata][time]') == 'Apr 29 2026 12:59:50' }
end
