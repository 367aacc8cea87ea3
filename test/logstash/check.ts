/** What is wrong with a folder of Logstash pipelines, as far as it shows without a Logstash. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { type Configuration, parse, type Plugin, type Value } from './grammar.js';

const COMMON = 'add_field add_tag remove_field remove_tag id enable_metric periodic_flush tags type codec';
const TLS =
  'ssl_enabled ssl_certificate ssl_key ssl_key_passphrase ssl_certificate_authorities ssl_client_authentication ssl_verification_mode ssl_cipher_suites ssl_supported_protocols';

/** Plugins with the options that exist in both 8.19 and 9.x; those that 9 took away are not here. */
const OPTIONS: Readonly<Record<string, string>> = {
  'input pipeline': 'address',
  'input beats': `host port client_inactivity_timeout ${TLS}`,
  'input tcp': `host port mode ${TLS}`,
  'input udp': 'host port receive_buffer_bytes buffer_size queue_size workers source_ip_fieldname',
  'input kafka':
    'bootstrap_servers topics topics_pattern group_id client_id consumer_threads auto_offset_reset security_protocol sasl_mechanism sasl_jaas_config ssl_truststore_location decorate_events isolation_level',
  'input file': 'path start_position mode sincedb_path exclude ignore_older max_open_files',
  'input http': `host port user password threads max_content_length response_headers remote_host_target_field request_headers_target_field ecs_compatibility ${TLS}`,
  'input http_poller': `urls schedule request_timeout user password metadata_target target ecs_compatibility ${TLS}`,
  'input dead_letter_queue': 'path pipeline_id clean_consumed commit_offsets sincedb_path start_timestamp',
  'filter mutate':
    'rename add_field add_tag remove_field copy convert replace update lowercase uppercase strip gsub split join merge',
  'filter ruby': 'path script_params code init tag_on_exception tag_with_exception_message',
  'filter json': 'source target tag_on_failure skip_on_invalid_json',
  'filter kv':
    'source target field_split field_split_pattern value_split whitespace trim_value trim_key remove_char_key remove_char_value include_keys exclude_keys prefix tag_on_failure tag_on_timeout timeout_millis allow_duplicate_values',
  'filter dissect': 'mapping convert_datatype tag_on_failure',
  'filter date': 'match target timezone locale tag_on_failure',
  'filter fingerprint': 'source target method key concatenate_sources concatenate_all_fields base64encode',
  'filter useragent': 'source target regexes lru_cache_size prefix',
  'output pipeline': 'send_to ensure_delivery',
  'output elasticsearch': `hosts user password api_key index document_id action manage_template pipeline routing data_stream data_stream_type data_stream_dataset data_stream_namespace data_stream_auto_routing data_stream_sync_fields silence_errors_in_log ${TLS}`,
  'codec plain': 'charset format ecs_compatibility',
  'codec json': 'charset target ecs_compatibility',
  'codec line': 'charset format delimiter',
  'codec netflow':
    'versions target cache_save_path cache_ttl include_flowset_id netflow_definitions ipfix_definitions',
};
/** What inputs write into @metadata by themselves. */
const BY_INPUTS = ['kafka', 'http', 'input', 'dead_letter_queue'];
/** With `data_stream => true` the output refuses these. */
const NOT_WITH_STREAMS = ['index', 'document_id'];

interface File {
  readonly name: string;
  readonly text: string;
  readonly configuration: Configuration;
}

/** Every problem found, each with its file; none where all is well. */
export function check(root: string): string[] {
  const listed = pipelines(root);
  const problems = twice(listed.map(({ id }) => id)).map(
    (id) => `pipelines.yml: two pipelines are named ${id}`,
  );
  const files = listed.flatMap(({ id, path }) => {
    const name = path.replace(/^\$\{ELKHOUND_LOGSTASH:[^}]*\}\//, '');
    if (!existsSync(join(root, name))) problems.push(`pipelines.yml: ${id}: there is no ${name}`);
    else
      try {
        const text = readFileSync(join(root, name), 'utf8');
        return [{ name, text, configuration: parse(text) }];
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    return [];
  });
  for (const file of files) problems.push(...plugins(root, file), ...variables(file));
  return [...problems, ...addresses(files), ...fields(root, files)];
}

/** Pipelines of pipelines.yml, also those that are commented out. */
function pipelines(root: string): { id: string; path: string }[] {
  const text = readFileSync(join(root, 'pipelines.yml'), 'utf8').replace(
    /^# (?=- pipeline\.id| {2}path\.config)/gm,
    '',
  );
  const entries = parseYaml(text) as Record<string, string>[];
  return entries.map((entry) => ({ id: entry['pipeline.id']!, path: entry['path.config']! }));
}

/** What is there more than once: Logstash does not start with two pipelines of one name. */
function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

function plugins(root: string, { name, configuration }: File): string[] {
  return configuration.plugins.flatMap((plugin) =>
    [...options(plugin), ...script(root, plugin)].map((problem) => `${name}: ${problem}`),
  );
}

function options(plugin: Plugin): string[] {
  const place = `line ${String(plugin.line)}: ${plugin.section} ${plugin.plugin}`;
  const known = OPTIONS[`${plugin.section} ${plugin.plugin}`];
  if (known === undefined) return [`${place} is not known here`];
  const allowed = new Set(`${known} ${COMMON}`.split(' '));
  const names = plugin.options.map(([name]) => name);
  const streams = plugin.options.some(([name, value]) => name === 'data_stream' && value === 'true');
  return [
    ...names
      .filter((name) => !allowed.has(name))
      .map((name) => `${place} has no option ${name} in 8.19 to 9.x`),
    ...twice(names).map((name) => `${place} has ${name} twice`),
    ...names
      .filter((name) => streams && NOT_WITH_STREAMS.includes(name))
      .map((name) => `${place}: ${name} and data_stream => true exclude each other`),
    ...plugin.options.flatMap(([, value]) => (isPlugin(value) ? options(value) : [])),
  ];
}

function script(root: string, plugin: Plugin): string[] {
  const path = plugin.plugin === 'ruby' ? plugin.options.find(([name]) => name === 'path')?.[1] : undefined;
  if (typeof path !== 'string') return [];
  const file = path.replace(/^\$\{ELKHOUND_LOGSTASH:[^}]*\}\//, '');
  return existsSync(join(root, file)) ? [] : [`line ${String(plugin.line)}: there is no ${file}`];
}

/** A default of these would be a password that everybody knows. */
const CREDENTIALS = new Set(['ELKHOUND_LOGSTASH_USER', 'ELKHOUND_LOGSTASH_PASSWORD']);

function variables({ name, text }: File): string[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)]
    .filter(([, inner]) => !/^ELKHOUND_[A-Z_]+:/.test(inner!) && !CREDENTIALS.has(inner!))
    .map(([all]) => `${name}: ${all} has no default, or no name of Elkhound's`);
}

/** Who sends to whom: every address is there once, and is sent to. */
function addresses(files: readonly File[]): string[] {
  const of = (section: string, option: string) =>
    files.flatMap(({ name, configuration }) =>
      configuration.plugins
        .filter((plugin) => plugin.plugin === 'pipeline' && plugin.section === section)
        .flatMap((plugin) =>
          plugin.options.filter(([key]) => key === option).flatMap(([, value]) => strings(value)),
        )
        .map((address) => ({ name, address })),
    );
  const [listening, sending] = [of('input', 'address'), of('output', 'send_to')];
  return [
    ...sending
      .filter(({ address }) => !listening.some((other) => other.address === address))
      .map(({ name, address }) => `${name}: nobody listens to ${address}`),
    ...listening
      .filter(({ address }) => !sending.some((other) => other.address === address))
      .map(({ name, address }) => `${name}: nobody sends to ${address}`),
    ...listening
      .filter(({ address }, index) => listening.findIndex((other) => other.address === address) !== index)
      .map(({ name, address }) => `${name}: ${address} is taken`),
  ];
}

/** What is written into @metadata and never read, or read and never written: it leaves Logstash by no other way. */
function fields(root: string, files: readonly File[]): string[] {
  const ruby = files.flatMap(({ configuration }) =>
    configuration.plugins.flatMap((plugin) =>
      plugin.options
        .filter(([name]) => plugin.plugin === 'ruby' && name === 'path')
        .flatMap(([, value]) => strings(value)),
    ),
  );
  const texts = [...new Set(ruby)]
    .map((path) => join(root, path.replace(/^\$\{[^}]*\}\//, '')))
    .filter(existsSync)
    .map((path) => readFileSync(path, 'utf8'));
  const library = ['ecs', 'names', 'network', 'rows', 'syslog']
    .map((name) => join(root, 'scripts', 'lib', `${name}.rb`))
    .filter(existsSync)
    .map((path) => readFileSync(path, 'utf8'));
  const scripts = [...texts, ...library].map((text) => text.split(/^test /m)[0]!).join('\n');
  const all = [scripts, ...files.map(({ text }) => text.replace(/^\s*#.*$/gm, ''))].join('\n');
  const written = metadata(
    all,
    /(?:set\('|target => "|rename => \{ "[^"]*" => "|add_field => \{ "|: %\{)(\[@metadata\]\[\w+\])/g,
  );
  const mentioned = [...all.matchAll(/\[@metadata\]\[(\w+)\]/g)].map((match) => match[1]!);
  const count = (name: string) => mentioned.filter((other) => other === name).length;
  const writes = (name: string) => written.filter((other) => other === name).length;
  const own = [...new Set(mentioned)].filter((name) => !BY_INPUTS.includes(name));
  return own.flatMap((name) => [
    ...(writes(name) === 0 ? [`[@metadata][${name}] is read and never written`] : []),
    ...(writes(name) === count(name) ? [`[@metadata][${name}] is written and never read`] : []),
  ]);
}

function metadata(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => /\[@metadata\]\[(\w+)\]/.exec(match[1]!)![1]!);
}

function strings(value: Value): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(strings) : [];
}

function isPlugin(value: Value): value is Plugin {
  return typeof value === 'object' && !Array.isArray(value) && 'plugin' in value;
}
