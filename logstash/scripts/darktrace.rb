# frozen_string_literal: true

# Darktrace's verdicts: model breaches and the state of its own appliances.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

MODEL = { 'name' => 'rule.name', 'description' => 'rule.description', 'category' => 'rule.category', 'uuid' => 'rule.uuid', 'tags' => 'rule.ruleset', 'priority' => 'event.severity' }.freeze
STATUS = { 'hostname' => 'host.hostname', 'uuid' => 'event.id', 'priority' => %w[event.risk_score event.risk_score_norm], 'message' => %w[event.reason message], 'url' => 'event.url', 'name' => 'rule.name' }.freeze

def register(_params); end

def filter(event)
  alert = event.get('[@metadata][fields]')
  return fail_with(event) unless alert.is_a?(Hash) && (alert['model'].is_a?(Hash) || alert['alert_name'])

  event.set('[observer]', { 'vendor' => 'Darktrace', 'product' => 'Enterprise Immune System', 'type' => 'ids' })
  alert['model'] ? breach(event, alert) : status(event, alert)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'darktrace')
  [event]
end

def breach(event, alert)
  model, device = alert['model'], alert['device'] || {}
  named = device['ip'] ? %w[alert network] : %w[event]
  Ecs.timestamp(event, seconds(alert['time']))
  Ecs.classify(event, 'kind' => named[0], 'type' => device['ip'] ? %w[info connection] : %w[info], 'category' => device['ip'] && [*('threat' unless Ecs.nothing?(alert['mitreTechniques'])), 'network'], 'start' => seconds(alert['creationTime']), 'url' => alert['breachUrl'], 'risk_score' => alert['score'])
  Ecs.put(event, 'event.risk_score_norm', (alert['score'] * 100).round(1)) if alert['score'].is_a?(Numeric)
  Ecs.put(event, 'rule.version', model['version'].to_s)
  Ecs.put(event, 'rule.author', [model.dig('created', 'by')].compact)
  Ecs.add(event, 'related.user', model.dig('created', 'by'), model.dig('edited', 'by'))
  Ecs.map(event, model, MODEL)
  host(event, device)
  techniques = Array(alert['mitreTechniques']).grep(Hash)
  Ecs.put(event, 'threat.technique.id', techniques.map { |technique| technique['techniqueID'] }.compact)
  Ecs.put(event, 'threat.technique.name', techniques.map { |technique| technique['technique'] }.compact)
  Ecs.put(event, 'darktrace.pbid', alert['pbid'])
end

def host(event, device)
  Ecs.put(event, 'host.id', device['did'].to_s) if device['did'].to_i.positive?
  Ecs.put(event, 'host.ip', [device['ip']]) if device['ip']
  Ecs.put(event, 'host.type', device['typename'])
  Ecs.put(event, 'source.ip', device['ip'])
  addresses = [device['hostname'], *Array(device['ips']).map { |entry| entry.is_a?(Hash) ? entry['ip'] : nil }]
  Ecs.add(event, 'related.ip', addresses.select { |address| Ecs.ip?(address) })
end

def status(event, alert)
  Ecs.timestamp(event, Ecs.seconds_to_time(alert['last_updated'])&.utc&.iso8601(3))
  Ecs.classify(event, 'kind' => 'alert', 'type' => %w[info])
  Ecs.put(event, 'host.ip', [alert['ip_address']].select { |ip| Ecs.ip?(ip) })
  Ecs.map(event, alert, STATUS)
  Ecs.put(event, 'darktrace.status', alert['status'])
end

# Milliseconds since 1970.
def seconds(milliseconds)
  milliseconds.is_a?(Integer) ? Ecs.seconds_to_time("#{milliseconds / 1000}.#{format('%03d', milliseconds % 1000)}")&.utc&.iso8601(3) : nil
end

test 'a breach' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'time' => 1_767_225_600_123, 'score' => 0.5, 'model' => { 'name' => 'A::B', 'version' => 3 }, 'device' => { 'did' => 7, 'ip' => '10.0.0.1' } } } } }
  expect('an alert of its rule') { |events| events[0].get('[event][kind]') == 'alert' && events[0].get('[rule][name]') == 'A::B' }
  expect('half the score') { |events| events[0].get('[event][risk_score_norm]') == 50.0 }
  expect('its time') { |events| events[0].get('[@metadata][time]') == '2026-01-01T00:00:00.123Z' }
end

test 'no alert' do
  parameters { {} }
  in_event { { '@metadata' => { 'fields' => { 'model' => 1 } } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_darktrace'] }
end
