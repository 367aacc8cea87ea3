/**
 * Which features are blind in which logs, since what they count is not told there.
 */
import { EventKind, Outcome, type EventColumns } from '../../../domain/events.js';
import { CATALOGUE } from '../../../features/catalogue.js';
import type { Finding } from '../../finding.js';
import { listed, rangeText, sourcesText } from './listed.js';
import type { SampledExamination, SourceSample } from './sample.js';

const CHECK = 'fields';

interface Need {
  readonly field: string;
  /** Measures, categories and filters of the catalogue that need it. */
  readonly by: readonly string[];
  /** Whether the event in a row tells it. */
  readonly isTold: (columns: EventColumns, row: number) => boolean;
}

/** What a flow should tell. Other records need none of it: a DNS question has no bytes. */
const OF_FLOWS: readonly Need[] = [
  {
    field: 'destination.port',
    by: ['destinationPort', 'probe', 'endpoint'],
    // Pings have none.
    isTold: ({ destinationPort, transport }, row) => destinationPort[row]! >= 0 || transport[row]! >= ICMP,
  },
  {
    field: 'source.bytes',
    by: ['sourceBytes', 'bytes'],
    isTold: ({ sourceBytes }, row) => !Number.isNaN(sourceBytes[row]!),
  },
  {
    field: 'destination.bytes',
    by: ['destinationBytes', 'bytes'],
    isTold: ({ destinationBytes }, row) => !Number.isNaN(destinationBytes[row]!),
  },
  {
    field: 'source.packets',
    by: ['sourcePackets', 'packets'],
    isTold: ({ sourcePackets }, row) => !Number.isNaN(sourcePackets[row]!),
  },
  {
    field: 'event.duration',
    by: ['durationSeconds'],
    isTold: ({ durationNs }, row) => !Number.isNaN(durationNs[row]!),
  },
  {
    field: 'event.outcome',
    by: ['failed', 'failedAdministration'],
    isTold: ({ outcome }, row) => outcome[row] !== Outcome.unknown,
  },
];
const ICMP = 3;

/** What only some logs tell: one source that has it is enough. */
const SOMEWHERE: readonly Need[] = [
  {
    field: 'dns.question.name',
    by: ['name', 'domain', 'nameLength', 'nameEntropy'],
    isTold: ({ kind }, row) => kind[row] === EventKind.dns,
  },
  {
    field: 'user.name',
    by: ['user', 'loginFailures'],
    isTold: ({ kind }, row) => kind[row] === EventKind.auth,
  },
  { field: 'rule.name', by: ['rule'], isTold: ({ kind }, row) => kind[row] === EventKind.alert },
];

/** Below this share a field counts as not filled. */
const BLIND_SHARE = 0.5;
/** A source with fewer flows in its sample is not judged by them. */
const MIN_FLOWS = 5;
const NAMED_FEATURES = 4;
/** A connection takes longer, on the whole: what is below was written in other units. */
const SHORTEST_NS = 1e6;

export function examineFill({ samples }: SampledExamination): Promise<Finding[]> {
  const judged = samples
    .map((sample) => ({ name: sample.name, flows: flowsOf(sample) }))
    .filter(({ flows }) => flows.length >= MIN_FLOWS);
  const findings = [...blindIn(judged), ...secondsIn(judged)];
  const events = samples.flatMap(rowsOf);
  for (const { field, by, isTold } of SOMEWHERE) {
    if (events.length === 0 || events.some(({ columns, row }) => isTold(columns, row))) continue;
    // Who has no such logs need not be warned of it each time.
    const message = `no sampled log tells ${field}: ${blind(by)}`;
    findings.push({ check: CHECK, status: 'unavailable', message });
  }
  if (findings.some(({ status }) => status === 'warning') || events.length === 0)
    return Promise.resolve(findings);
  const message = 'the flows of every sampled source tell what they should';
  return Promise.resolve([{ check: CHECK, status: 'ok', message }, ...findings]);
}

interface Row {
  readonly columns: EventColumns;
  readonly row: number;
}

function rowsOf({ tables }: SourceSample): Row[] {
  return tables.flatMap(({ columns, length }) => Array.from({ length }, (_, row) => ({ columns, row })));
}

function flowsOf(sample: SourceSample): Row[] {
  return rowsOf(sample).filter(({ columns, row }) => columns.kind[row] === EventKind.flow);
}

/** A source with enough flows to be judged by. */
interface Judged {
  readonly name: string;
  readonly flows: readonly Row[];
}

/** One finding for each field, of all sources that do not tell it. */
function blindIn(judged: readonly Judged[]): Finding[] {
  return OF_FLOWS.flatMap(({ field, by, isTold }) => {
    const told = judged.map(({ name, flows }) => ({
      name,
      share: flows.filter(({ columns, row }) => isTold(columns, row)).length / flows.length,
    }));
    const poor = told.filter(({ share }) => share < BLIND_SHARE);
    if (poor.length === 0) return [];
    const shares = rangeText(
      poor.map(({ share }) => share),
      (share) => `${String(Math.round(100 * share))} %`,
    );
    const message = `${field} is told by ${shares} of the flows of ${sourcesText(poor.map(({ name }) => name))}: ${blind(by)} there`;
    const remedy = `where it has another name in these logs, say so under elasticsearch.fields ("elkhound doctor --propose" looks for it); else let the pipeline that ships them fill ${field}`;
    return [{ check: CHECK, status: 'warning', message, remedy } as const];
  });
}

/** Durations in seconds or milliseconds under a name that ECS has for nanoseconds. */
function secondsIn(judged: readonly Judged[]): Finding[] {
  const short = judged.flatMap(({ name, flows }) => {
    const medianNs = medianDuration(flows);
    return medianNs === undefined || medianNs >= SHORTEST_NS ? [] : [{ name, medianNs }];
  });
  if (short.length === 0) return [];
  const medians = rangeText(
    short.map(({ medianNs }) => medianNs),
    (median) => String(Number(median.toPrecision(3))),
  );
  const message = `event.duration of ${sourcesText(short.map(({ name }) => name))} is ${medians} in half of the flows, which ECS has in nanoseconds: connection times are far too short there`;
  const remedy = 'let the pipeline that ships these logs write event.duration in nanoseconds';
  return [{ check: CHECK, status: 'warning', message, remedy }];
}

/** Undefined where too few of the flows tell it. */
function medianDuration(flows: readonly Row[]): number | undefined {
  const told = flows
    .map(({ columns, row }) => columns.durationNs[row]!)
    .filter((durationNs) => durationNs > 0)
    .sort((a, b) => a - b);
  return told.length < MIN_FLOWS ? undefined : told[Math.floor(told.length / 2)];
}

/** `bytes_out, upload_ratio and 3 more features are blind`. */
function blind(needs: readonly string[]): string {
  const names = CATALOGUE.filter(({ aggregate }) => {
    const used = Object.values(aggregate as unknown as Record<string, string>);
    return used.some((name) => needs.includes(name));
  }).map(({ name }) => name);
  return `${listed([...new Set(names)], NAMED_FEATURES)} are blind`;
}
