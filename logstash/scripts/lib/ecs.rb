# frozen_string_literal: true

require 'ipaddr'
require 'time'

# What every source needs to turn a device's fields into ECS. Names are dotted ("source.ip"); a Logstash
# reference ("[source][ip]") is made of them here and nowhere else.
module Ecs
  # Devices write these where they know nothing.
  NOTHING = ['', '-', 'N/A', 'n/a', 'unknown-user', '(empty)'].freeze
  LONG = /\.(?:port|bytes|packets|pid|severity|sequence|status_code|duration|priority|ttl|size|public_key_size|attempts)$|syslog\..*\.code$/.freeze
  # An Elasticsearch `keyword` over 32,766 bytes refuses the whole document.
  MAX_VALUE_BYTES = 8_191

  module_function

  def ref(name)
    (@refs ||= {})[name] ||= "[#{name.gsub('.', '][')}]"
  end

  def get(event, name)
    event.get(ref(name))
  end

  # Sets an ECS field, in the type its name asks for. What says nothing, or is no number where one is asked
  # for, is left out.
  def put(event, name, value)
    value = convert(name, value)
    event.set(ref(name), value) unless value.nil?
  end

  def default(event, name, value)
    put(event, name, value) if get(event, name).nil?
  end

  # Adds to a field that is a set.
  def add(event, name, *values)
    values = values.flatten.reject { |value| nothing?(value) }
    return if values.empty?

    event.set(ref(name), (Array(get(event, name)) + values).uniq)
  end

  # Moves what `names` lists ({ device's field => ECS field or fields }) from the hash into the event.
  def map(event, fields, names)
    names.each do |from, to|
      next unless fields.key?(from)

      value = fields.delete(from)
      Array(to).each { |name| put(event, name, value) }
    end
  end

  # What has no ECS field stays under the device's own name.
  def keep(event, name, fields)
    fields = fields.reject { |_, value| nothing?(value) }
    event.set(ref(name), fields) unless fields.empty?
  end

  # The words that say what an event is: kind, category, type, action, outcome …
  def classify(event, words)
    words.each { |name, value| put(event, "event.#{name}", value) }
  end

  # For lines that are not what they seemed: they go to the failures' index, whole.
  def failed(event, source)
    event.tag("_parsefailure_#{source}")
  end

  # Reads the time that a date filter cannot: seconds since 1970, with whatever fraction.
  def epoch(event, name, seconds)
    time = seconds_to_time(seconds)
    put(event, name, time.utc.iso8601(3)) if time
  end

  def seconds_to_time(seconds)
    text = seconds.to_s.strip
    # Not by way of a float, which has no room for nanoseconds.
    exact = seconds if seconds.is_a?(Rational)
    exact ||= text.match?(/\A\d{1,11}(?:\.\d{1,12})?\z/) ? Rational(text) : number(seconds)&.to_r
    Time.at(exact) if exact&.between?(0, 32_503_680_000)
  end

  # Hands a time text to the date filter of the shared pipeline.
  def timestamp(event, text)
    event.set('[@metadata][time]', text.to_s.strip.squeeze(' ')) unless nothing?(text)
  end

  def ip?(text)
    return false unless text.is_a?(String) && text.match?(/\A[0-9A-Fa-f:.]{2,45}\z/)

    !IPAddr.new(text).nil?
  rescue IPAddr::Error
    false
  end

  # "DOMAIN\user" and "user@domain" tell both.
  def user(event, name, text)
    return if nothing?(text)

    domain, user = text.include?('\\') ? text.split('\\', 2) : text.split('@', 2).reverse
    user, domain = text, nil if user.nil? || user.empty?
    user = user.sub(/\A\\+/, '')
    put(event, "#{name}.name", user)
    put(event, "#{name}.domain", domain)
  end

  def number(value)
    return value if value.is_a?(Numeric)

    text = value.to_s.strip
    return text.to_i if text.match?(/\A[+-]?\d{1,19}\z/)

    text.to_f if text.match?(/\A[+-]?\d{1,19}\.\d+\z/)
  end

  def nothing?(value)
    value.nil? || (value.is_a?(String) && NOTHING.include?(value.strip)) || (value.respond_to?(:empty?) && value.empty?)
  end

  def convert(name, value)
    return nil if nothing?(value)
    return whole(value) if name.match?(LONG)
    return value.to_s if value.is_a?(Numeric) && name.end_with?('iana_number', 'event.code', '.id', '.version')

    value.is_a?(String) ? cut(value) : value
  end

  # Of a key that a line has twice, the first value: what comes later may be what a stranger typed.
  def single(fields)
    fields.transform_values { |value| value.is_a?(Array) ? value.first : value }
  end

  def whole(value)
    found = number(value)
    found&.to_i
  end

  def cut(text)
    text = text.strip
    text.bytesize > MAX_VALUE_BYTES ? text.byteslice(0, MAX_VALUE_BYTES).scrub('') : text
  end
end
