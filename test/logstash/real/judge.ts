/** What became of everything that was sent, against what should have. */
import { differences, type Fixture } from '../fixtures.js';
import type { Found } from './cluster.js';
import type { Inputs } from './inputs.js';

/** What became of a source's labeled inputs. */
interface SourceCount {
  readonly source: string;
  readonly sent: number;
  readonly documents: number;
  readonly failures: number;
  readonly missing: number;
}

/** What a run has shown. */
export interface Verdict {
  readonly bySource: readonly SourceCount[];
  /** A line for each. */
  readonly problems: readonly string[];
  /** Documents by the labels of what was sent. */
  readonly events: ReadonlyMap<string, Record<string, unknown>>;
}

type Dropped = ReadonlySet<string>;

/** What the index of failures is called, without its month. */
export const FAILURES = 'elkhound-failures';

/** What was sent without labels. */
export interface Unlabeled {
  /** NetFlow packets, of one flow each. */
  readonly flows: number;
  /** On how many ways the lines were sent: UDP, TCP … */
  readonly ways: number;
}

/** Holds all documents against the inputs. */
export function judge(inputs: Inputs, sent: Unlabeled, documents: readonly Found[]): Verdict {
  const labeled = new Map<string, Found[]>();
  const unlabeled: Found[] = [];
  for (const found of documents) {
    const label = labelOf(found.event);
    const one = { index: found.index, event: withoutReceiver(found.event) };
    if (label === undefined) unlabeled.push(one);
    else labeled.set(label, [...(labeled.get(label) ?? []), one]);
  }
  const dropped = droppedOf(inputs);
  return {
    bySource: countsOf(inputs, dropped, labeled),
    problems: [
      ...numbers(inputs, dropped, labeled),
      ...goldens([...inputs.fixtures, ...inputs.copies], labeled),
      ...refused(inputs, labeled),
      ...withoutLabels(inputs, sent, unlabeled),
    ],
    events: new Map([...labeled].map(([id, found]) => [id, found[0]!.event])),
  };
}

/** The label of what was sent; of a document that was refused it lies within its text. */
export function labelOf({ labels, tags, event }: Record<string, unknown>): string | undefined {
  if (!(tags as string[] | undefined)?.includes('_refused'))
    return (labels as { sample?: string } | undefined)?.sample;
  return labelOf(JSON.parse((event as { original: string }).original) as Record<string, unknown>);
}

/** An event without what the intakes say of whoever sent it to them. */
function withoutReceiver(event: Record<string, unknown>): Record<string, unknown> {
  const { labels, host, tags, ...rest } = event;
  const { sample: _sample, ...otherLabels } = (labels ?? {}) as Record<string, unknown>;
  const { ip, ...otherHost } = typeof host === 'object' ? (host as Record<string, unknown>) : {};
  const otherTags = ((tags ?? []) as string[]).filter((tag) => !tag.startsWith('beats_input_'));
  const keptHost = ip === undefined || ip === '127.0.0.1' ? otherHost : { ip, ...otherHost };
  return {
    ...rest,
    ...(Object.keys(otherLabels).length === 0 ? {} : { labels: otherLabels }),
    ...(Object.keys(keptHost).length === 0 ? {} : { host: keptHost }),
    ...(otherTags.length === 0 ? {} : { tags: otherTags }),
  };
}

function countsOf(
  { sources }: Inputs,
  dropped: Dropped,
  labeled: ReadonlyMap<string, readonly Found[]>,
): SourceCount[] {
  return [...new Set(sources.values())].sort().map((source) => {
    const ids = [...sources].filter(([, of]) => of === source).map(([id]) => id);
    const found = ids.flatMap((id) => labeled.get(id) ?? []);
    const failures = found.filter(({ index }) => index === FAILURES).length;
    return {
      source,
      sent: ids.length,
      documents: found.length - failures,
      failures,
      missing: ids.filter((id) => !labeled.has(id) && !dropped.has(id)).length,
    };
  });
}

/** Every input is one document, but for the headers of tables. */
function numbers(
  { sources }: Inputs,
  dropped: Dropped,
  labeled: ReadonlyMap<string, readonly Found[]>,
): string[] {
  return [...sources.keys()].flatMap((id) => {
    const count = labeled.get(id)?.length ?? 0;
    return count === (dropped.has(id) ? 0 : 1) ? [] : [`${id}: ${String(count)} documents`];
  });
}

/** Headers of tables, which are no events. */
function droppedOf({ posted, secured, recorded, sources }: Inputs): Dropped {
  const headers = [...posted, ...secured, ...recorded].filter(
    ({ id, event: { message } }) =>
      sources.get(id) === 'zeek' && typeof message === 'string' && message.startsWith('#'),
  );
  return new Set(headers.map(({ id }) => id));
}

/** An empty datagram is nothing. */
function timesSeen(fixture: Fixture, { ways }: Unlabeled): number {
  if (isDropped(fixture)) return 0;
  return fixture.input === '' ? ways - 1 : ways;
}

function isDropped({ expected }: Fixture): boolean {
  return expected._index === 'dropped';
}

function goldens(fixtures: readonly Fixture[], labeled: ReadonlyMap<string, readonly Found[]>): string[] {
  return fixtures.flatMap((fixture) =>
    (labeled.get(fixture.id) ?? []).flatMap((found) => differences(fixture, found, true)),
  );
}

/** Documents of good inputs that Elasticsearch took only as text: it refused what the pipelines made of them. */
function refused(
  { fixtures, copies, samples }: Inputs,
  labeled: ReadonlyMap<string, readonly Found[]>,
): string[] {
  return [...fixtures, ...copies, ...samples].flatMap(({ id }) =>
    (labeled.get(id) ?? []).flatMap(({ event: { tags, error } }) =>
      (tags as string[] | undefined)?.includes('_refused')
        ? [`${id}: refused: ${String((error as { message?: unknown } | undefined)?.message)}`]
        : [],
    ),
  );
}

/** What came without a label: each fixture's line on each way, flows, and bytes that are no text. */
function withoutLabels({ fixtures, bytes }: Inputs, sent: Unlabeled, unlabeled: readonly Found[]): string[] {
  const byText = new Map<string, Found[]>();
  for (const found of unlabeled) {
    const text = String((found.event.event as { original?: unknown } | undefined)?.original);
    byText.set(text, [...(byText.get(text) ?? []), found]);
  }
  const lines = fixtures.filter((fixture) => typeof fixture.input === 'string');
  const problems = lines.flatMap((fixture) => {
    const found = byText.get(fixture.input as string) ?? [];
    const wanted = timesSeen(fixture, sent);
    return [
      ...(found.length === wanted
        ? []
        : [`${fixture.id} without a label: ${String(found.length)} documents of ${String(wanted)}`]),
      ...found.flatMap((each) =>
        differences(fixture, each, true).map((difference) => `without a label: ${difference}`),
      ),
    ];
  });
  const wanted = lines.reduce((sum, fixture) => sum + timesSeen(fixture, sent), sent.flows + bytes.length);
  const total = `without a label: ${String(unlabeled.length)} documents of ${String(wanted)}`;
  return unlabeled.length === wanted ? problems : [...problems, total];
}
