# frozen_string_literal: true

# The header in front of a device's own text, as RFC 5424, RFC 3164 and devices that follow neither write it.
module Syslog
  PRIORITY = /\A(?:\d+ )?<(?<priority>\d{1,3})>/.freeze
  RFC5424 = /\A1 (?<time>\S+) (?<host>\S+) (?<process>\S+) (?<pid>\S+) (?<id>\S+) (?=[-\[])/.freeze
  # "Oct  9 12:00:00", with a year before or after the time, or ISO 8601.
  TIME = /\A(?<time>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d+)?(?: \d{4})?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?):? /.freeze
  HOST = /\A(?<host>[A-Za-z0-9_][\w.-]*) (?=\S)/.freeze
  PROCESS = %r{\A(?<process>[\w./-]+)(?:\([\w:-]+\))?(?:\[(?<pid>\d+)\])?: ?}.freeze
  # Texts that start at once, without host or process.
  BARE = /\A(?:%|\w+=|\[|IN=|\d*,|\{)/.freeze

  module_function

  # {priority, time, host, process, pid, id, text}; what the header lacks is nil, and text is the rest.
  def parse(line)
    header = {}
    rest = take(line, PRIORITY, header)
    return header.merge('text' => take(rest, RFC5424, header)) if rest.match?(RFC5424)

    rest = take(rest, TIME, header)
    unless rest.match?(BARE) || rest.match?(PROCESS)
      named = take(rest, HOST, found = {})
      rest, header = named, header.merge(found) if header['time']
    end
    rest = rest.sub(/\A: /, '')
    rest = take(rest, PROCESS, header) unless rest.match?(BARE)
    header.merge('text' => rest)
  end

  def take(text, pattern, header)
    match = pattern.match(text)
    return text unless match

    header.merge!(match.named_captures.reject { |_, value| value.nil? || value == '-' })
    match.post_match
  end
end
