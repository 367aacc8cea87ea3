/** Which expected ECS fields of vendors' samples match, and why those that do not differ. */
import { compare, type Comparison } from './compare.js';
import { NEEDS_LOGSTASH } from './fixtures.js';
import { type Input, runChain } from './ruby-chain.js';
import type { Sample } from './vendor.js';

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
  [/zscaler/, /@timestamp/, 'the line names a weekday that its day is not: the time is that of its arrival'],
  [/okta/, /user_agent\.version/, 'without the dot that upstream has behind it'],
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

/** How the events of a source compare with what was expected of them. */
export interface SourceResult {
  readonly source: string;
  readonly samples: number;
  readonly compared: readonly Comparison[];
  readonly differing: readonly Comparison[];
}

/** Events by their inputs' ids; of lines that are none (a table's header) null. */
export function runScripts(
  ruby: readonly string[],
  inputs: readonly Input[],
): Map<string, Record<string, unknown> | null> {
  return new Map([...runChain(ruby, inputs)].map(([id, outcome]) => [id, outcome.event]));
}

/**
 * Compares samples with the events that were made of them, by their ids. `logstash` says that a real Logstash made
 * them: then the fields of filters count too that the scripts' runner has not.
 */
export function evaluate(
  samples: readonly Sample[],
  events: ReadonlyMap<string, Record<string, unknown> | null>,
  logstash = false,
): SourceResult[] {
  return [...new Set(samples.map(({ source }) => source))].map((source) => {
    const own = samples.filter((sample) => sample.source === source);
    const compared = own
      .flatMap(({ id, expected, input }) => compare(expected, events.get(id) ?? {}, input))
      .filter(({ name }) => logstash || !NEEDS_LOGSTASH.test(name));
    const differing = compared.filter(({ matches }) => !matches);
    return { source, samples: own.length, compared, differing };
  });
}

/** Why a field of a source differs; undefined where nobody has said. */
export function reason(source: string, name: string): string | undefined {
  return REASONS.find(([of, field]) => of.test(source) && field.test(name))?.[2];
}
