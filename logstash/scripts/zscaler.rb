# frozen_string_literal: true

# Zscaler Internet Access: NSS feeds of the web proxy and the firewall, as JSON.

require 'uri'
require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

WEB = { 'sip' => 'destination.ip', 'cip' => 'source.nat.ip', 'cintip' => 'source.ip', 'proto' => 'network.protocol', 'reqsize' => 'http.request.bytes', 'respsize' => 'http.response.bytes', 'reqmethod' => 'http.request.method', 'contenttype' => 'http.request.mime_type',
        'ereferer' => 'http.request.referrer', 'respcode' => 'http.response.status_code', 'eua' => 'user_agent.original', 'rulelabel' => 'rule.name', 'ruletype' => 'rule.ruleset', 'deviceowner' => 'source.user.name', 'devicehostname' => 'host.hostname', 'riskscore' => 'event.risk_score' }.freeze
FIREWALL = { 'csip' => 'source.ip', 'csport' => 'source.port', 'cdip' => 'destination.ip', 'cdport' => 'destination.port', 'proto' => 'network.transport', 'nwsvc' => 'network.protocol', 'nwapp' => 'network.application', 'outbytes' => 'source.bytes', 'inbytes' => 'destination.bytes',
             'deviceowner' => 'user.name', 'devicehostname' => 'host.hostname', 'tsip' => 'source.nat.ip', 'user' => 'user.email' }.freeze

def register(_params); end

def filter(event)
  fields = event.get('[@metadata][fields]')
  log = fields.is_a?(Hash) && fields['event']
  return fail_with(event) unless log.is_a?(Hash) && (log['time'] || log['datetime'])

  log = log.transform_values { |value| value.is_a?(String) && value.include?('%') ? unescape(value) : value }
  Ecs.timestamp(event, log.delete('time') || log.delete('datetime'))
  event.set('[observer]', { 'vendor' => 'Zscaler', 'product' => 'Internet Access', 'type' => 'proxy' })
  Ecs.put(event, 'event.action', log.delete('action').to_s.downcase)
  fields['sourcetype'].to_s.include?('fw') ? firewall(event, log) : web(event, log)
  Ecs.keep(event, 'zscaler_zia', log)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'zscaler')
  [event]
end

def unescape(text)
  URI.decode_www_form_component(text.gsub('+', '%2B')).scrub
rescue ArgumentError
  text
end

def web(event, log)
  denied = event.get('[event][action]').to_s.match?(/block|denied|drop/)
  Ecs.classify(event, 'category' => %w[web], 'type' => %w[info], 'outcome' => denied ? 'failure' : 'success')
  scheme = log['proto'].to_s.downcase.start_with?('https') ? 'https' : 'http'
  address = log.delete('eurl').to_s
  scheme = 'https' if address.match?(%r{\A[^/]*:443(?:/|\z)})
  full = address.match?(%r{\A\w+://}) ? address : "#{scheme}://#{address}"
  Names.url(event, full) unless address.empty?
  Ecs.put(event, 'url.full', full) unless address.empty?
  login = log.delete('login')
  Ecs.user(event, 'user', login)
  Ecs.put(event, 'user.email', login) if login.to_s.include?('@')
  log['riskscore'] = Ecs.number(log['riskscore'])
  Ecs.map(event, log, WEB)
end

def firewall(event, log)
  denied = event.get('[event][action]').to_s.match?(/drop|block|deny|reset/)
  Ecs.classify(event, 'category' => %w[network], 'type' => ['connection', denied ? 'denied' : 'allowed'])
  Ecs.put(event, 'rule.name', [log.delete('rulelabel'), log.delete('ipsrulelabel')].compact)
  milliseconds = Ecs.whole(log.delete('durationms'))
  Ecs.put(event, 'event.duration', milliseconds * 1_000_000) if milliseconds
  Ecs.map(event, log, FIREWALL)
end

test 'a blocked request' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'sourcetype' => 'zscalernss-web', 'event' => { 'time' => 'Fri Jan  2 07:07:07 2026', 'action' => 'Blocked', 'proto' => 'HTTPS', 'eurl' => 'example.com/a%20b?c=1', 'login' => 'ann@example.com', 'sip' => '192.0.2.1' } } } } }
  expect('a failure') { |events| events[0].get('[event][outcome]') == 'failure' }
  expect('its address') { |events| events[0].get('[url][domain]') == 'example.com' && events[0].get('[url][query]') == 'c=1' }
end

test 'no event' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'event' => 'x' } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_zscaler'] }
end
