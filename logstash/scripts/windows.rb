# frozen_string_literal: true

# Windows security events, as Winlogbeat (or Filebeat's winlog input) sends them without its ingest pipeline.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')

IAM, AUTH, PROCESS = %w[iam], %w[authentication], %w[process]
# Code => action, category, type.
EVENTS = {
  1102 => ['audit-log-cleared', IAM, %w[admin change]], 4624 => ['logged-in', AUTH, %w[start]], 4625 => ['logon-failed', AUTH, %w[start]], 4634 => ['logged-out', AUTH, %w[end]], 4647 => ['logged-out', AUTH, %w[end]], 4648 => ['logged-in-explicit', AUTH, %w[start]],
  4672 => ['logged-in-special', IAM, %w[admin]], 4688 => ['created-process', PROCESS, %w[start]], 4689 => ['exited-process', PROCESS, %w[end]], 4697 => ['service-installed', IAM, %w[admin change]], 4698 => ['scheduled-task-created', IAM, %w[creation admin]],
  4719 => ['changed-audit-config', IAM, %w[admin change]], 4720 => ['added-user-account', IAM, %w[user creation]], 4722 => ['enabled-user-account', IAM, %w[user change]], 4723 => ['changed-password', IAM, %w[user change]], 4724 => ['reset-password', IAM, %w[user change]],
  4725 => ['disabled-user-account', IAM, %w[user deletion]], 4726 => ['deleted-user-account', IAM, %w[user deletion]], 4738 => ['modified-user-account', IAM, %w[user change]], 4740 => ['locked-out-user-account', IAM, %w[user change]], 4767 => ['unlocked-user-account', IAM, %w[user change]],
  4768 => ['kerberos-authentication-ticket-requested', AUTH, %w[start]], 4769 => ['kerberos-service-ticket-requested', AUTH, %w[start]], 4771 => ['kerberos-preauth-failed', AUTH, %w[start]], 4776 => ['credential-validated', AUTH, %w[start]],
  4728 => ['added-member-to-group', IAM, %w[group change]], 4729 => ['removed-member-from-group', IAM, %w[group change]], 4732 => ['added-member-to-group', IAM, %w[group change]], 4733 => ['removed-member-from-group', IAM, %w[group change]],
  4756 => ['added-member-to-group', IAM, %w[group change]], 4757 => ['removed-member-from-group', IAM, %w[group change]], 4731 => ['added-group-account', IAM, %w[group creation]], 4734 => ['deleted-group-account', IAM, %w[group deletion]],
  4778 => ['session-reconnected', %w[authentication session], %w[start]], 4779 => ['session-disconnected', %w[authentication session], %w[end]]
}.freeze
TARGETED = [4624, 4625, 4634, 4647, 4768, 4769, 4771, 4776].freeze
LOGON_TYPES = { 2 => 'Interactive', 3 => 'Network', 4 => 'Batch', 5 => 'Service', 7 => 'Unlock', 8 => 'NetworkCleartext', 9 => 'NewCredentials', 10 => 'RemoteInteractive', 11 => 'CachedInteractive' }.freeze

def register(_params); end

def filter(event)
  winlog = event.get('[winlog]')
  code = winlog.is_a?(Hash) ? Ecs.whole(winlog['event_id'] || event.get('[event][code]')) : nil
  return fail_with(event) unless code

  Ecs.timestamp(event, winlog['time_created'])
  action, category, type = EVENTS.fetch(code, [nil, %w[host], %w[info]])
  Ecs.classify(event, 'code' => code.to_s, 'action' => action, 'category' => category, 'type' => type, 'provider' => winlog['provider_name'], 'outcome' => winlog['outcome'] || outcome(winlog))
  Ecs.put(event, 'host.name', winlog['computer_name']) if event.get('[host][name]').nil?
  event.set('[winlog][event_id]', code.to_s)
  event.set('[winlog][record_id]', winlog['record_id'].to_s) if winlog['record_id']
  data = winlog.values_at('event_data', 'user_data').grep(Hash).reduce({}, :merge)
  subject_and_target(event, code, data)
  network(event, data)
  processes(event, code, data)
  Ecs.put(event, 'winlog.logon.type', LOGON_TYPES[Ecs.whole(data['LogonType'])])
  Ecs.put(event, 'winlog.logon.id', data[TARGETED.include?(code) ? 'TargetLogonId' : 'SubjectLogonId'])
  Ecs.put(event, 'service.name', data['ServiceName'])
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'windows')
  [event]
end

def outcome(winlog)
  words = Array(winlog['keywords']).join(' ')
  { 'Audit Success' => 'success', 'Audit Failure' => 'failure' }.find { |word, _| words.include?(word) }&.last
end

# Whom a logon is about is its target; who changes an account is the subject.
def subject_and_target(event, code, data)
  who = TARGETED.include?(code) ? 'Target' : 'Subject'
  account(event, 'user', data, who)
  Ecs.put(event, 'user.domain', data["#{who}DomainName"])
  if TARGETED.include?(code)
    Ecs.add(event, 'related.user', data['SubjectUserName'])
  elsif code == 4688
    account(event, 'user.effective', data, 'Target')
  elsif [4728, 4729, 4731, 4732, 4733, 4734, 4756, 4757].include?(code)
    group(event, data)
  elsif data['TargetUserName']
    account(event, 'user.target', data, 'Target')
  end
end

def account(event, name, data, who)
  Ecs.put(event, "#{name}.name", data["#{who}UserName"])
  Ecs.put(event, "#{name}.id", data["#{who}UserSid"] || data["#{who}Sid"])
  # A locked-out account's "domain" is the computer it was tried from.
  Ecs.put(event, "#{name}.domain", data["#{who}DomainName"])
end

def group(event, data)
  { 'name' => 'TargetUserName', 'id' => 'TargetSid', 'domain' => 'TargetDomainName' }.each do |part, from|
    Ecs.put(event, "group.#{part}", data[from])
    Ecs.put(event, "user.target.group.#{part}", data[from])
  end
  member = data['MemberName'].to_s
  Ecs.put(event, 'user.target.name', member[/\ACN=((?:\\,|[^,])+)/i, 1])
  Ecs.put(event, 'user.target.domain', member.scan(/DC=([^,]+)/i).flatten.last)
end

def network(event, data)
  ip = data['IpAddress'].to_s.sub(/\A::ffff:(?=\d+\.)/, '')
  Ecs.put(event, 'source.ip', ip) if Ecs.ip?(ip)
  Ecs.put(event, 'source.port', data['IpPort'])
  Ecs.put(event, 'source.domain', data['WorkstationName'] || data['Workstation'])
end

def processes(event, code, data)
  started = code == 4688
  executable = started ? data['NewProcessName'] : data['ProcessName'] || data['CallerProcessName']
  program(event, 'process', executable, data[started ? 'NewProcessId' : 'ProcessId'])
  return unless started

  program(event, 'process.parent', data['ParentProcessName'], data['ProcessId'])
  line = data['CommandLine']
  Ecs.put(event, 'process.command_line', line)
  Ecs.put(event, 'process.args', line.scan(/"[^"]*"|\S+/)) if line.is_a?(String)
end

def program(event, name, executable, id)
  Ecs.put(event, "#{name}.executable", executable)
  Ecs.put(event, "#{name}.name", executable.to_s.split('\\').last)
  Ecs.put(event, "#{name}.pid", id.to_s.start_with?('0x') ? id.hex : id)
end

test 'a refused logon' do
  parameters { {} }
  in_event { { 'winlog' => { 'event_id' => 4625, 'keywords' => ['Audit Failure'], 'computer_name' => 'PC1', 'event_data' => { 'TargetUserName' => 'ann', 'TargetDomainName' => 'CORP', 'IpAddress' => '::ffff:192.0.2.1', 'IpPort' => '40000', 'SubjectUserName' => 'PC1$' } } } }
  expect('a failure of ann') { |events| events[0].get('[event][outcome]') == 'failure' && events[0].get('[user][name]') == 'ann' }
  expect('from where') { |events| events[0].get('[source][ip]') == '192.0.2.1' && events[0].get('[source][port]') == 40_000 }
end

test 'no event' do
  parameters { {} }
  in_event { { 'winlog' => 'x' } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_windows'] }
end
