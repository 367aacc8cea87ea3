# frozen_string_literal: true

# Zeek's logs, as JSON or as its tab-separated tables. Which log a line is of says its file's name (conn.log,
# http.2026-01-01.log), else "_path", else the fields that only one log has.

require File.join(File.dirname(__FILE__), 'lib', 'ecs')
require File.join(File.dirname(__FILE__), 'lib', 'names')

# The tables' columns, as Zeek writes them unless told otherwise.
COLUMNS = {
  'conn' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents],
  'dns' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected],
  'http' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth method host uri referrer version user_agent origin request_body_len response_body_len status_code status_msg info_code info_msg tags username password proxied orig_fuids orig_filenames orig_mime_types resp_fuids resp_filenames resp_mime_types],
  'ssl' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p version cipher curve server_name resumed last_alert next_protocol established ssl_history cert_chain_fps client_cert_chain_fps subject issuer client_subject client_issuer validation_status],
  'ssh' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p version auth_success auth_attempts direction client server cipher_alg mac_alg compression_alg kex_alg host_key_alg host_key],
  'kerberos' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p request_type client service success error_msg from till cipher forwardable renewable client_cert_subject client_cert_fuid server_cert_subject server_cert_fuid],
  'rdp' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p cookie result security_protocol client_channels keyboard_layout client_build client_name client_dig_product_id desktop_width desktop_height requested_color_depth cert_type cert_count cert_permanent encryption_level encryption_method],
  'notice' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p fuid file_mime_type file_desc proto note msg sub src dst p n peer_descr actions email_dest suppress_for],
  'weird' => %w[ts uid id.orig_h id.orig_p id.resp_h id.resp_p name addl notice peer source],
  'dhcp' => %w[ts uids client_addr server_addr mac host_name client_fqdn domain requested_addr assigned_addr lease_time client_message server_message msg_types duration],
  'files' => %w[ts fuid uid id.orig_h id.orig_p id.resp_h id.resp_p source depth analyzers mime_type filename duration local_orig is_orig seen_bytes total_bytes missing_bytes overflow_bytes timedout parent_fuid md5 sha1 sha256 extracted extracted_cutoff extracted_size]
}.freeze
SETS = %w[tunnel_parents answers TTLs tags orig_fuids resp_fuids cert_chain_fps uids msg_types analyzers actions client_channels].freeze

ENDS = { 'id.orig_h' => 'source.ip', 'id.orig_p' => 'source.port', 'id.resp_h' => 'destination.ip', 'id.resp_p' => 'destination.port',
         'uid' => 'event.id', 'proto' => 'network.transport', 'community_id' => 'network.community_id' }.freeze
FIELDS = {
  'conn' => { 'service' => 'network.protocol', 'orig_ip_bytes' => 'source.bytes', 'orig_pkts' => 'source.packets', 'resp_ip_bytes' => 'destination.bytes', 'resp_pkts' => 'destination.packets' },
  'dns' => { 'trans_id' => 'dns.id', 'query' => 'dns.question.name', 'qtype_name' => 'dns.question.type', 'rcode_name' => 'dns.response_code' },
  'http' => { 'method' => %w[http.request.method event.action], 'host' => 'url.domain', 'uri' => 'url.original', 'referrer' => 'http.request.referrer', 'version' => 'http.version', 'user_agent' => 'user_agent.original',
              'request_body_len' => 'http.request.body.bytes', 'response_body_len' => 'http.response.body.bytes', 'status_code' => 'http.response.status_code', 'username' => %w[user.name url.username], 'password' => 'url.password' },
  'ssl' => { 'cipher' => 'tls.cipher', 'curve' => 'tls.curve', 'server_name' => 'tls.client.server_name', 'resumed' => 'tls.resumed', 'established' => 'tls.established', 'next_protocol' => 'tls.next_protocol',
             'subject' => 'tls.server.subject', 'issuer' => 'tls.server.issuer', 'client_subject' => 'tls.client.subject', 'client_issuer' => 'tls.client.issuer', 'ja3' => 'tls.client.ja3', 'ja3s' => 'tls.server.ja3s', 'cert_hash' => 'tls.server.hash.sha1' },
  'ssh' => {},
  'kerberos' => {},
  'rdp' => { 'cookie' => 'user.name' },
  'smtp' => { 'tls' => 'tls.established', 'mailfrom' => 'email.from.address', 'rcptto' => 'email.to.address', 'subject' => 'email.subject' },
  'dhcp' => { 'client_addr' => %w[source.ip client.address], 'server_addr' => %w[destination.ip server.address], 'mac' => 'source.mac', 'domain' => 'network.name', 'uids' => 'event.id', 'host_name' => 'host.hostname' },
  'notice' => { 'note' => 'rule.name', 'msg' => 'rule.description', 'src' => 'source.ip', 'dst' => 'destination.ip', 'p' => 'destination.port' },
  'weird' => {},
  'intel' => {},
  'files' => { 'mime_type' => 'file.mime_type', 'filename' => 'file.name', 'total_bytes' => 'file.size', 'md5' => 'file.hash.md5', 'sha1' => 'file.hash.sha1', 'sha256' => 'file.hash.sha256' },
  'x509' => { 'id' => 'event.id', 'certificate.serial' => 'file.x509.serial_number', 'certificate.key_alg' => 'file.x509.public_key_algorithm', 'certificate.key_length' => 'file.x509.public_key_size',
              'san.dns' => 'file.x509.alternative_names', 'certificate.curve' => 'file.x509.public_key_curve' }
}.freeze
# A field that only this log has; the first that fits.
MARKS = { 'request_type' => 'kerberos', 'security_protocol' => 'rdp', 'conn_state' => 'conn', 'qtype_name' => 'dns', 'trans_id' => 'dns', 'certificate.version' => 'x509', 'seen.indicator' => 'intel', 'note' => 'notice', 'msg_types' => 'dhcp', 'client_addr' => 'dhcp',
          'auth_attempts' => 'ssh', 'kex_alg' => 'ssh', 'helo' => 'smtp', 'cert_chain_fuids' => 'ssl', 'cert_chain_fps' => 'ssl', 'cipher' => 'ssl', 'established' => 'ssl', 'method' => 'http', 'request_body_len' => 'http',
          'fuid' => 'files', 'peer' => 'weird', 'name' => 'weird' }.freeze
KINDS = {
  'conn' => [%w[network], %w[connection]], 'dns' => [%w[network], %w[connection protocol info]], 'http' => [%w[network web], %w[connection protocol info]],
  'ssl' => [%w[network], %w[connection protocol]], 'ssh' => [%w[network], %w[connection protocol]], 'smtp' => [%w[network], %w[connection protocol]], 'rdp' => [%w[network], %w[connection info protocol]],
  'kerberos' => [%w[network authentication], %w[connection protocol]], 'dhcp' => [%w[network], %w[connection protocol info]],
  'notice' => [%w[intrusion_detection], %w[info allowed]], 'weird' => [%w[network], %w[info]], 'files' => [%w[file], %w[info]], 'intel' => [%w[threat], %w[indicator]], 'x509' => [nil, %w[info]]
}.freeze
STATES = { 'SF' => %w[start end], 'S0' => %w[start], 'S1' => %w[start], 'REJ' => %w[start denied] }.freeze
PROTOCOLS = { 'dns' => 'udp', 'http' => 'tcp', 'ssl' => 'tcp', 'ssh' => 'tcp', 'smtp' => 'tcp', 'dhcp' => 'udp', 'rdp' => 'tcp' }.freeze
INDICATORS = { 'Intel::ADDR' => %w[ip ipv4-addr], 'Intel::DOMAIN' => %w[url.domain domain-name], 'Intel::URL' => %w[url.original url], 'Intel::EMAIL' => %w[email.address email-addr],
               'Intel::FILE_HASH' => %w[file.hash.sha256 file], 'Intel::FILE_NAME' => %w[file.name file] }.freeze

def register(_params); end

def filter(event)
  text = event.get('[event][original]').to_s
  return drop(event) if text.start_with?('#')

  zeek = event.get('[@metadata][fields]')
  log = log_of(event, zeek)
  zeek ||= columns(text, log)
  log ||= zeek && MARKS.find { |field, _| zeek.key?(field) }&.last
  return fail_with(event) unless zeek.is_a?(Hash) && zeek['ts'] && log

  read(event, log, zeek)
  [event]
end

def fail_with(event)
  Ecs.failed(event, 'zeek')
  [event]
end

# The header of a table: it says what the columns are, and no event.
def drop(event)
  event.cancel
  []
end

def log_of(event, zeek)
  path = zeek.is_a?(Hash) ? zeek.delete('_path') : nil
  name = path || File.basename(Ecs.get(event, 'log.file.path').to_s)[/\A([a-z]\w*?)(?:[._-]\d.*)?(?:\..*)?\z/, 1]
  KINDS.key?(name) ? name : nil
end

def columns(text, log)
  values = text.split("\t", -1)
  return nil if values.size < 8

  log ||= values[11].to_s.match?(/\A(?:S[0-3F]|REJ|RST\w+|SH|SHR|OTH)\z/) ? 'conn' : nil
  return nil unless COLUMNS[log]

  COLUMNS[log].zip(values).to_h { |name, value| [name, SETS.include?(name) ? value&.split(',') : value] }.reject { |_, value| Ecs.nothing?(value) || value == ['-'] || value == ['(empty)'] }
end

def read(event, log, zeek)
  Ecs.timestamp(event, iso(zeek.delete('ts')))
  category, type = KINDS.fetch(log)
  Ecs.classify(event, 'kind' => { 'notice' => 'alert', 'intel' => 'enrichment' }.fetch(log, 'event'), 'category' => category, 'type' => type)
  event.set('[event][dataset]', "zeek.#{log}")
  event.set('[observer]', { 'vendor' => 'Zeek', 'product' => 'Zeek', 'type' => 'ids' })
  zeek.each { |name, value| zeek[name] = value == 'T' if %w[T F].include?(value) }
  Ecs.map(event, zeek, ENDS)
  send("read_#{log}", event, zeek)
  Ecs.map(event, zeek, FIELDS.fetch(log))
  Ecs.default(event, 'network.transport', PROTOCOLS[log])
  Ecs.default(event, 'network.protocol', log) if %w[dns ssh smtp dhcp kerberos rdp].include?(log)
  Ecs.keep(event, "zeek.#{log}", zeek)
end

def iso(seconds)
  Ecs.seconds_to_time(seconds)&.utc&.iso8601(6)
end

def nanoseconds(event, seconds)
  seconds = Ecs.number(seconds)
  Ecs.put(event, 'event.duration', (seconds * 1_000_000_000).round) if seconds
  start = event.get('[@metadata][time]')
  Ecs.put(event, 'event.start', start) if seconds && start
end

def read_conn(event, zeek)
  event.set('[@metadata][icmp]', [event.get('[source][port]'), event.get('[destination][port]')]) if event.get('[network][transport]').to_s.start_with?('icmp')
  if event.get('[@metadata][icmp]')
    event.remove('[source][port]')
    event.remove('[destination][port]')
  end
  nanoseconds(event, zeek.delete('duration'))
  Ecs.put(event, 'event.type', ['connection'] + STATES.fetch(zeek['conn_state'].to_s, %w[info]))
  ends = [zeek['local_orig'], zeek['local_resp']]
  Ecs.put(event, 'network.direction', { [true, true] => 'internal', [true, false] => 'outbound', [false, true] => 'inbound', [false, false] => 'external' }[ends])
end

def read_dns(event, zeek)
  nanoseconds(event, zeek.delete('rtt'))
  Ecs.put(event, 'dns.header_flags', %w[AA TC RD RA].select { |flag| zeek[flag] == true })
  Ecs.put(event, 'dns.question.class', zeek['qclass_name'].to_s.sub('C_INTERNET', 'IN'))
  answers, ttls = zeek['answers'], Array(zeek['TTLs'])
  Ecs.put(event, 'dns.type', answers || zeek['rcode_name'] ? 'answer' : 'query')
  Ecs.put(event, 'event.outcome', [nil, 'NOERROR'].include?(zeek['rcode_name']) ? 'success' : 'failure')
  return unless answers

  Ecs.put(event, 'dns.answers', answers.each_with_index.map { |data, index| { 'data' => data, 'ttl' => Ecs.whole(ttls[index]) }.compact })
  Ecs.put(event, 'dns.resolved_ip', answers.select { |data| Ecs.ip?(data) })
end

def read_http(event, zeek)
  Ecs.put(event, 'url.path', zeek['uri'].to_s[%r{\A(?:\w+://[^/]*)?(/[^?#]*)}, 1])
  Ecs.put(event, 'url.query', zeek['uri'].to_s[/\?([^#]*)/, 1])
  status = Ecs.whole(zeek['status_code'])
  Ecs.put(event, 'event.outcome', status < 400 ? 'success' : 'failure') if status
end

def read_ssl(event, zeek)
  Names.tls_version(event, zeek.delete('version'))
  %w[subject issuer].each do |name|
    Names.subject(event, "tls.server.x509.#{name}", zeek[name])
    Names.subject(event, "tls.client.x509.#{name}", zeek["client_#{name}"])
    zeek[name] = zeek[name].gsub(/\\(.)/, '\1') if zeek[name].is_a?(String)
  end
  { 'not_valid_before' => 'not_before', 'not_valid_after' => 'not_after', 'notbefore' => 'not_before', 'notafter' => 'not_after' }.each { |from, to| Ecs.epoch(event, "tls.server.#{to}", zeek.delete(from)) }
  Ecs.put(event, 'client.address', event.get('[source][ip]'))
  Ecs.put(event, 'server.address', event.get('[destination][ip]'))
end

def read_ssh(event, zeek)
  success = zeek['auth_success']
  Ecs.put(event, 'event.outcome', success ? 'success' : 'failure') unless success.nil?
end

# The client of a ticket is a name and its realm.
def read_kerberos(event, zeek)
  user, realm = zeek['client'].to_s.split('/', 2)
  Ecs.put(event, 'user.name', user)
  Ecs.put(event, 'user.domain', realm)
  Ecs.put(event, 'event.action', zeek['request_type'])
  Ecs.put(event, 'event.outcome', zeek['success'] ? 'success' : 'failure') unless zeek['success'].nil?
end

def read_rdp(_event, _zeek); end

def read_smtp(_event, _zeek); end

def read_weird(_event, _zeek); end

def read_notice(event, _zeek)
  Ecs.put(event, 'event.action', 'notice')
end

def read_dhcp(event, _zeek)
  Ecs.put(event, 'source.port', 68)
  Ecs.put(event, 'destination.port', 67)
end

# Files have a sender and a receiver, or the connection they came by.
def read_files(event, zeek)
  Ecs.put(event, 'server.ip', Array(zeek['tx_hosts']).first)
  Ecs.put(event, 'client.ip', Array(zeek['rx_hosts']).first)
  Ecs.default(event, 'event.id', Array(zeek['conn_uids']).first)
end

def read_intel(event, zeek)
  name, type = INDICATORS[zeek['seen.indicator_type']]
  return unless name

  Ecs.put(event, "threat.indicator.#{name}", zeek['seen.indicator'])
  Ecs.put(event, 'threat.indicator.type', type == 'ipv4-addr' && zeek['seen.indicator'].to_s.include?(':') ? 'ipv6-addr' : type)
end

def read_x509(event, zeek)
  %w[subject issuer].each { |name| Names.subject(event, "file.x509.#{name}", zeek["certificate.#{name}"]) }
  { 'not_valid_before' => 'not_before', 'not_valid_after' => 'not_after' }.each { |from, to| Ecs.epoch(event, "file.x509.#{to}", zeek.delete("certificate.#{from}")) }
  Ecs.put(event, 'file.x509.version_number', zeek.delete('certificate.version').to_s)
  Ecs.put(event, 'file.x509.public_key_exponent', Ecs.whole(zeek.delete('certificate.exponent')))
  algorithm = zeek.delete('certificate.sig_alg').to_s
  Ecs.put(event, 'file.x509.signature_algorithm', algorithm.match?(/\Asha\d+With(\w+)Encryption\z/i) ? algorithm.sub(/\Asha(\d+)With(\w+)Encryption\z/i, 'SHA\1-\2') : algorithm)
end

test 'a line of a conn table' do
  parameters { {} }
  in_event { { 'event' => { 'original' => "1767225600.000001\tC1\t10.0.0.1\t1\t192.0.2.9\t80\ttcp\thttp\t0.5\t1\t2\tSF\tT\tF\t0\tSh\t3\t40\t4\t50\t(empty)" } } }
  expect('its bytes') { |events| events[0].get('[source][bytes]') == 40 && events[0].get('[destination][packets]') == 4 }
  expect('outbound, half a second') { |events| events[0].get('[network][direction]') == 'outbound' && events[0].get('[event][duration]') == 500_000_000 }
  expect('from start to end') { |events| events[0].get('[event][type]') == %w[connection start end] }
end

test 'a header is no event' do
  parameters { {} }
  in_event { { 'event' => { 'original' => '#fields ts uid' } } }
  expect('nothing') { |events| events.empty? }
end

test 'a table of an unknown log' do
  parameters { {} }
  in_event { { 'event' => { 'original' => "1767225600.000001\ta\tb" } } }
  expect('a tag') { |events| events[0].get('tags') == ['_parsefailure_zeek'] }
end
