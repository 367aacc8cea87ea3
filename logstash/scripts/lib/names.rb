# frozen_string_literal: true

require File.join(File.dirname(__FILE__), 'ecs')

# Names that are written in a form of their own: distinguished names, versions of TLS, URLs.
module Names
  PARTS = { 'CN' => 'common_name', 'C' => 'country', 'L' => 'locality', 'O' => 'organization',
            'OU' => 'organizational_unit', 'ST' => 'state_or_province' }.freeze
  # Key, then a value in which a comma is escaped or follows no "KEY=".
  PART = /(?:\A|,\s*)([A-Za-z]{1,12})=((?:\\,|[^,]|,(?!\s*[A-Za-z]{1,12}=))*)/.freeze

  module_function

  # "CN=a,O=b\, Inc." as ECS's x509 parts.
  def subject(event, name, text)
    return unless text.is_a?(String)

    Ecs.cut(text).scan(PART) { |key, value| Ecs.put(event, "#{name}.#{PARTS[key]}", value.gsub(/\\(.)/, '\1')) if PARTS[key] }
  end

  # "TLS 1.2", "TLSv12", "SSLv3"
  def tls_version(event, text)
    match = /\A(?<protocol>tls|ssl)\s*v?(?<major>\d)\.?(?<minor>\d)?/i.match(text.to_s)
    return unless match

    Ecs.put(event, 'tls.version', "#{match[:major]}.#{match[:minor] || 0}")
    Ecs.put(event, 'tls.version_protocol', match[:protocol].downcase)
  end

  # "https://user@host:1/path?query" or "host/path"; in parts, as far as it has them.
  def url(event, text)
    match = %r{\A(?:(?<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@?]*@)?(?<domain>\[[^\]]*\]|[^/:?#]*)(?::(?<port>\d+))?(?<path>/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?}i.match(Ecs.cut(text.to_s))
    return unless match && text.is_a?(String)

    Ecs.put(event, 'url.original', text)
    match.named_captures.each { |part, value| Ecs.put(event, "url.#{part}", value) }
    Ecs.put(event, 'url.extension', match[:path].to_s[%r{\.([A-Za-z0-9]{1,8})\z}, 1])
  end
end
