# frozen_string_literal: true

# What all sources have in common, after their own fields are set and @timestamp is right: addresses, protocol,
# community id, direction, totals, times, related.*, and what the document's id is made of.

require 'time'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'network')

SIDES = %w[source destination client server].freeze
USERS = %w[user source.user destination.user client.user server.user user.target user.effective].freeze
HOSTS = %w[host.name host.hostname observer.hostname source.domain destination.domain url.domain server.domain
           tls.client.server_name dns.question.name].freeze
HASHES = %w[file.hash.md5 file.hash.sha1 file.hash.sha256 process.hash.sha256 process.hash.md5 tls.client.ja3
            tls.server.ja3s tls.server.hash.sha1].freeze
ADDRESSES = %w[source.ip destination.ip client.ip server.ip source.nat.ip destination.nat.ip host.ip].freeze
MACS = %w[source.mac destination.mac client.mac server.mac host.mac].freeze

def register(params)
  @namespace = params.fetch('namespace', 'default')
  @timezone = params.fetch('timezone', 'UTC')
  @own = Network.networks(params.fetch('own_networks', '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7'))
end

def filter(event)
  syslog(event)
  addresses(event)
  protocol(event)
  totals(event)
  times(event)
  direction(event)
  community_id(event)
  related(event)
  Ecs.default(event, 'event.kind', 'event')
  dataset = event.get('[event][dataset]').to_s.downcase
  event.set('[data_stream]', { 'type' => 'logs', 'dataset' => dataset, 'namespace' => @namespace }) unless dataset.empty?
  event.set('[@metadata][identity]', identity(event))
  failed = Array(event.get('tags')).any? { |tag| tag.to_s.match?(/\A_(?:parsefailure|unrecognized)/) }
  event.set('[@metadata][failed]', true) if failed
  [event]
end

def syslog(event)
  header = event.get('[@metadata][syslog]') || {}
  Ecs.default(event, 'log.syslog.priority', header['priority'])
  priority = Ecs.get(event, 'log.syslog.priority')
  if priority
    Ecs.default(event, 'log.syslog.facility.code', priority / 8)
    Ecs.default(event, 'log.syslog.severity.code', priority % 8)
  end
  Ecs.default(event, 'log.syslog.hostname', header['host'])
  text = event.get('[@metadata][time]')
  Ecs.default(event, 'event.timezone', @timezone) unless text.nil? || text.match?(/(?:Z|[+-]\d\d:?\d\d)\z/)
end

# A name where an address should be would make Elasticsearch refuse the document: it becomes the domain.
def addresses(event)
  MACS.each do |name|
    mac = Ecs.get(event, name)
    event.set(Ecs.ref(name), mac.upcase.tr(':.', '-')) if mac.is_a?(String)
  end
  %w[source.nat.ip destination.nat.ip].each do |name|
    ip = Ecs.get(event, name)
    event.remove(Ecs.ref(name)) unless ip.nil? || (Ecs.ip?(ip) && ip != '0.0.0.0')
  end
  SIDES.each do |side|
    given = Ecs.get(event, "#{side}.ip")
    next if given.nil?

    Ecs.default(event, "#{side}.address", given)
    next if Ecs.ip?(given)

    event.remove(Ecs.ref("#{side}.ip"))
    Ecs.default(event, "#{side}.domain", given)
  end
end

def protocol(event)
  given = Ecs.get(event, 'network.transport') || Ecs.get(event, 'network.iana_number')
  unless given.nil?
    name = Network.transport(given)
    number = Network::NUMBERS[name] || (name.match?(/\A\d+\z/) ? name : nil)
    Ecs.put(event, 'network.iana_number', number.to_s) if number
    name.match?(/\A\d+\z/) ? event.remove('[network][transport]') : event.set('[network][transport]', name)
  end
  %w[protocol application].each do |name|
    text = Ecs.get(event, "network.#{name}")
    event.set("[network][#{name}]", text.downcase) if text.is_a?(String)
  end
  ip = Ecs.get(event, 'source.ip') || Ecs.get(event, 'destination.ip')
  Ecs.default(event, 'network.type', ip.include?(':') ? 'ipv6' : 'ipv4') if ip
end

def totals(event)
  %w[bytes packets].each do |unit|
    sides = %w[source destination].map { |side| Ecs.get(event, "#{side}.#{unit}") }.compact
    Ecs.default(event, "network.#{unit}", sides.sum) unless sides.empty?
  end
end

# Of start, end and duration (nanoseconds) two make the third; a duration alone ends when it was logged.
def times(event)
  first, last = %w[start end].map { |name| time(Ecs.get(event, "event.#{name}")) }
  duration = Ecs.get(event, 'event.duration')
  if duration
    last ||= first ? first + Rational(duration, 1_000_000_000) : event.timestamp.time
    first ||= last - Rational(duration, 1_000_000_000)
  elsif first && last && last >= first
    Ecs.put(event, 'event.duration', ((last - first).to_r * 1_000_000_000).round)
  end
  Ecs.put(event, 'event.start', first.utc.iso8601(3)) if first
  Ecs.put(event, 'event.end', last.utc.iso8601(3)) if last
end

def time(value)
  return value.time if value.respond_to?(:time)

  value && Time.iso8601(value.to_s)
rescue ArgumentError
  nil
end

def direction(event)
  source, destination = %w[source destination].map { |side| Ecs.get(event, "#{side}.ip") }
  return unless source && destination

  Ecs.default(event, 'network.direction', Network.direction(source, destination, @own))
end

def community_id(event)
  return if Ecs.get(event, 'network.community_id')

  number = Ecs.whole(Ecs.get(event, 'network.iana_number')).to_i
  source, destination = %w[source destination].map { |side| Ecs.get(event, "#{side}.ip") }
  return if number.zero? || source.nil? || destination.nil?

  icmp = event.get('[@metadata][icmp]')
  ports = icmp || %w[source destination].map { |side| Ecs.get(event, "#{side}.port") }
  Ecs.put(event, 'network.community_id', Network.community_id(source, destination, number, ports[0], ports[1]))
end

def related(event)
  collect(event, 'ip', ADDRESSES) { |value| Ecs.ip?(value) }
  collect(event, 'user', USERS.map { |user| "#{user}.name" })
  collect(event, 'hosts', HOSTS) { |value| !Ecs.ip?(value) }
  collect(event, 'hash', HASHES)
end

def collect(event, kind, names, &wanted)
  values = names.flat_map { |name| Array(Ecs.get(event, name)) }
  values = values.select(&wanted) if wanted
  Ecs.add(event, "related.#{kind}", values)
end

# The same line of the same device at the same place is the same event. A shipper that knows the place in its
# file says so, which also tells two equal lines apart. A source may know better what one event is.
def identity(event)
  place = %w[log.file.path log.offset winlog.computer_name winlog.channel winlog.record_id].map { |name| Ecs.get(event, name) }
  text = event.get('[@metadata][revision]') || kafka_place(event) || event.get('[event][original]')
  text ||= event.get('[@metadata][fields]').to_s if place.compact.empty?
  ([event.get('[event][dataset]'), event.get('[observer][name]') || event.get('[host][hostname]'), text] + place).join("\u0001")
end

def kafka_place(event)
  return unless event.get('[@metadata][kafka][topic]')

  %w[topic partition offset].map { |name| event.get("[@metadata][kafka][#{name}]") }.join("\u0001")
end

test 'a flow gets its totals, direction, times and community id' do
  parameters { { 'own_networks' => '10.0.0.0/8' } }
  in_event do
    { 'source' => { 'ip' => '10.0.0.1', 'port' => 1122, 'bytes' => 10 }, 'destination' => { 'ip' => '8.8.8.8', 'port' => 3344, 'bytes' => 5 },
      'network' => { 'transport' => 'TCP' }, 'event' => { 'start' => '2026-01-01T00:00:00.500Z', 'duration' => 1_500_000_000 } }
  end
  expect('outbound, 15 bytes') { |events| events[0].get('[network][direction]') == 'outbound' && events[0].get('[network][bytes]') == 15 }
  expect('protocol 6') { |events| events[0].get('[network][iana_number]') == '6' && events[0].get('[network][transport]') == 'tcp' }
  expect('an end') { |events| events[0].get('[event][end]') == '2026-01-01T00:00:02.000Z' }
  expect('both addresses') { |events| events[0].get('[related][ip]') == ['10.0.0.1', '8.8.8.8'] }
end

test 'the community id is that of the specification, the same in both directions' do
  parameters { {} }
  in_event { { 'source' => { 'ip' => '66.35.250.204', 'port' => 80 }, 'destination' => { 'ip' => '128.232.110.120', 'port' => 34_855 }, 'network' => { 'transport' => 'tcp' } } }
  expect('the reference value') { |events| events[0].get('[network][community_id]') == '1:LQU9qZlK+B5F3KDmev6m5PMibrg=' }
end

test 'a failure is known to the output' do
  parameters { {} }
  in_event { { 'tags' => ['_parsefailure_zeek'], 'event' => { 'original' => 'x' } } }
  expect('failed') { |events| events[0].get('[@metadata][failed]') == true }
end

test 'a ping' do
  parameters { {} }
  in_event { { '@metadata' => { 'icmp' => [8, 0] }, 'source' => { 'ip' => '192.168.0.89' }, 'destination' => { 'ip' => '192.168.0.1' }, 'network' => { 'iana_number' => '1' } } }
  expect('the reference value') { |events| events[0].get('[network][community_id]') == '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=' }
  expect('a name') { |events| events[0].get('[network][transport]') == 'icmp' }
end

test 'a name where an address should be' do
  parameters { {} }
  in_event { { 'source' => { 'ip' => 'mail<script>' }, 'destination' => { 'ip' => '10.0.0.1' } } }
  expect('no ip') { |events| events[0].get('[source][ip]').nil? && events[0].get('[source][domain]') == 'mail<script>' }
end
