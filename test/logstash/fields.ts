/** `npm run logstash:fields`: docs/logstash-fields.md, which expected ECS fields of vendors' samples match. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleFile } from '../sample-data.js';
import { compare, type Comparison, NOT_COUNTED } from './compare.js';
import { type Input, runChain } from './ruby-chain.js';
import { readSamples, type Sample } from './vendor.js';

/** What needs a filter that only a Logstash has. */
const NEEDS_LOGSTASH = /^user_agent\.(?!original$)/;

/** Why differing fields differ: source, field, reason. The first that fits. */
const REASONS: readonly (readonly [source: RegExp, field: RegExp, reason: string])[] = [
  [
    /cisco/,
    /^event\.(?:action|type|outcome)$/,
    'a built connection is told as the start of a flow; upstream as information about a rule',
  ],
  [
    /cisco/,
    /process\.name|related\.hosts/,
    'upstream takes an anonymized "<IP>" for a process and domains for hosts',
  ],
  [/cisco/, /^(?:source|destination)\./, 'the initiator of an inbound ICMP flow is its source'],
  [
    /cisco|pfsense|sophos|snort/,
    /community_id/,
    'computed with the ICMP type and code that the line tells; where it tells none, none is computed',
  ],
  [
    /panos|snort|sophos/,
    /network\.direction/,
    'as seen from the own networks; upstream from the side that opened the session',
  ],
  [/panos/, /domain|source\.ip|host\.ip/, 'a dash is no domain, and 0.0.0.0 no host'],
  [
    /juniper|fortigate/,
    /event\.(?:start|end)/,
    'a closed session is logged when it ends; upstream says that it begins then',
  ],
  [/juniper/, /event\.(?:action|type)/, 'an update of a session is neither its start nor its end'],
  [/juniper/, /rule\.name/, 'APBR rules are rules too'],
  [
    /suricata|zeek/,
    /tls\..*subject|organization|country|locality|state/,
    'names in full, with their own commas and without those between parts',
  ],
  [/zeek/, /tls\.server\./, 'a fingerprint under a name that Zeek does not have by itself'],
  [/fortigate|cylance/, /network\.application/, 'ECS wants lower case'],
  [/cylance/, /host\.mac/, 'ECS wants dashes and capitals'],
  [/vpcflow/, /event\.type/, 'the verdict as well'],
  [/zscaler/, /event\.type/, 'the verdict as well'],
  [/windows/, /process\./, 'a dash is no process'],
  [
    /sophos/,
    /event\.(?:kind|category|type)/,
    'spoofed and flooding packets are alerts, dropped ones of a session that is unknown are not',
  ],
  [/sophos/, /serial/, 'a blank within a value without quotes'],
  [/sophos/, /transport/, 'protocol 0 is none'],
  [/checkpoint/, /event\.start/, 'as a time; upstream leaves seconds'],
  [/checkpoint/, /rule\.uuid/, 'the first layer’s rule'],
  [/darktrace/, /event\./, 'a breach that names a device is an alert, and began when it was made'],
  [/vectra/, /related/, 'upstream puts byte counts and identifiers among hosts and users'],
  [/iptables/, /event\.type/, 'the suffix of the rule says that it accepts'],
  [
    /cisco/,
    /user\.name|event\.reason/,
    'the users of both ends are told as theirs, and a name behind an end is no reason',
  ],
  [/cylance/, /./, 'machine-made text in which a value holds a comma or the name of another field'],
  [/panos/, /@timestamp/, 'the line says UTC'],
  [/panos/, /url\.extension/, 'what is behind the last dot'],
  [/panos/, /http\.version/, 'taken upstream from a number of an HTTP/2 session'],
  [
    /pfsense/,
    /client|source|network\.type|related/,
    'the address that a DHCPv6 server offers is not yet the client',
  ],
  [/linux_auth/, /./, 'a line without host, or a time within the command'],
];

export interface SourceResult {
  readonly source: string;
  readonly samples: number;
  readonly compared: readonly Comparison[];
  readonly differing: readonly Comparison[];
  readonly unrun: number;
}

/** Events by their inputs' ids; of lines that are none (a table's header) null. */
export function runScripts(
  ruby: readonly string[],
  inputs: readonly Input[],
): Map<string, Record<string, unknown> | null> {
  return new Map([...runChain(ruby, inputs)].map(([id, outcome]) => [id, outcome.event]));
}

/** Runs all samples through the scripts under a Ruby and compares. */
export function evaluate(ruby: readonly string[]): SourceResult[] {
  const samples = readSamples(sampleFile('vendor'));
  const events = runScripts(ruby, samples);
  return [...new Set(samples.map(({ source }) => source))].map((source) =>
    summarize(
      source,
      samples.filter((sample) => sample.source === source),
      events,
    ),
  );
}

function summarize(
  source: string,
  samples: readonly Sample[],
  events: ReadonlyMap<string, Record<string, unknown> | null>,
): SourceResult {
  const all = samples.flatMap(({ id, expected, input }) => compare(expected, events.get(id) ?? {}, input));
  const compared = all.filter(({ name }) => !NEEDS_LOGSTASH.test(name));
  return {
    source,
    samples: samples.length,
    compared,
    differing: compared.filter(({ matches }) => !matches),
    unrun: all.length - compared.length,
  };
}

/** Why a field of a source differs; undefined where nobody has said. */
export function reason(source: string, name: string): string | undefined {
  return REASONS.find(([of, field]) => of.test(source) && field.test(name))?.[2];
}

function page(results: readonly SourceResult[], version: string): string {
  const rows = results.map(
    ({ source, samples, compared, differing, unrun }) =>
      `| ${source} | ${String(samples)} | ${String(compared.length)} | ${String(compared.length - differing.length)} | ${percent(compared.length - differing.length, compared.length)} | ${String(unrun)} |`,
  );
  const differences = results.flatMap(({ source, differing }) =>
    [...new Set(differing.map(({ name }) => name))].map(
      (name) =>
        `| ${source} | \`${name}\` | ${String(differing.filter((each) => each.name === name).length)} | ${reason(source, name) ?? 'not read yet'} |`,
    ),
  );
  return `# Fields of vendors' samples

Made by \`npm run logstash:fields\`. Lines of each source's samples went through the Ruby scripts of \`logstash/scripts\`, from \`recognize.rb\` to \`finish.rb\`; the resulting event is compared with the ECS document that Elastic's own integration makes of the same line.

**What executed the fields:** ${version}, with stand-ins for Logstash's json, kv and date filters. No real Logstash did. The columns tell how many further expected fields come from the useragent filter, which ran nowhere.

Not counted are fields outside of ECS's own field sets, what a structured input holds already, and fields
${NOT_COUNTED.map(([why]) => `- ${why}`).join('\n')}
- that only the configuration of the upstream test names (its time zone, its host).

Times of lines without a year are compared without it, those without a zone by the hands of the clock. \`related.*\` may hold more than expected; everything else must be equal, as a set.

| source | lines | fields | equal | share | not run |
|---|---|---|---|---|---|
${rows.join('\n')}

## Differences

| source | field | times | why |
|---|---|---|---|
${differences.join('\n')}
`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

if (require.main === module) {
  const version = spawnSync('ruby', ['-e', 'print RUBY_ENGINE, " ", RUBY_VERSION'], {
    encoding: 'utf8',
  }).stdout;
  writeFileSync(join(__dirname, '..', '..', 'docs', 'logstash-fields.md'), page(evaluate(['ruby']), version));
}
