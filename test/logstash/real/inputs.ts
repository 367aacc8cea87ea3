/** What is sent to a real Logstash, and by which way. */
import { readFixtures, type Fixture } from '../fixtures.js';
import { hostileEvents, hostileLines } from '../hostile.js';
import { readSamples, type Sample } from '../vendor.js';
import type { Labeled } from './send.js';

/** Everything that is sent in one run. */
export interface Inputs {
  readonly fixtures: readonly Fixture[];
  /** The same under other ids, for ways on which they are sent once more with labels. */
  readonly copies: readonly Fixture[];
  readonly samples: readonly Sample[];
  /** By HTTP: lines, as messages. */
  readonly posted: readonly Labeled[];
  /** By the Beats protocol: events that a shipper has taken apart. */
  readonly shipped: readonly Labeled[];
  /** By Beats over TLS: the fixtures, lines as messages. */
  readonly secured: readonly Labeled[];
  /** By Kafka, likewise; nothing where there is none. */
  readonly recorded: readonly Labeled[];
  /** Lines of the fixtures, once more by ways on which they carry no label: syslog over UDP, TCP and TLS, Kafka. */
  readonly lines: readonly Buffer[];
  /** Hostile lines that no JSON can carry, by TCP: they carry no label. */
  readonly bytes: readonly Buffer[];
  /** The source of each label. */
  readonly sources: ReadonlyMap<string, string>;
}

/** All fixtures, vendors' samples and hostile inputs; `vendorFolder` as for {@link readSamples}. */
export function inputsOf(vendorFolder: string, kafka: boolean): Inputs {
  const fixtures = readFixtures();
  const copy = (way: string): Fixture[] =>
    fixtures.map((fixture) => ({ ...fixture, id: `${fixture.id} ${way}` }));
  const [secured, recorded] = [copy('over TLS'), kafka ? copy('by Kafka') : []];
  const samples = readSamples(vendorFolder);
  const hostile = hostileLines();
  const texts = hostile.filter(({ bytes }) => isText(bytes));
  const all = [
    ...fixtures,
    ...samples,
    ...hostileEvents(),
    ...texts.map(({ id, source, bytes }) => ({ id, source, input: bytes.toString() })),
  ];
  const [lines, events] = [all.filter(({ input }) => typeof input === 'string'), all.filter(isEvent)];
  return {
    fixtures,
    copies: [...secured, ...recorded],
    samples,
    posted: [...lines.map(labeled), ...events.filter((event) => !isForBeats(event)).map(labeled)],
    shipped: events.filter(isForBeats).map(labeled),
    secured: secured.map(labeled),
    recorded: recorded.map(labeled),
    lines: fixtures.flatMap(({ input }) => (typeof input === 'string' ? [Buffer.from(input)] : [])),
    bytes: hostile.filter(({ bytes }) => !isText(bytes)).map(({ bytes }) => bytes),
    sources: new Map([...all, ...secured, ...recorded].map(({ id, source }) => [id, source])),
  };
}

interface Event {
  readonly id: string;
  readonly source: string;
  readonly input: Record<string, unknown>;
}

function isEvent(input: { readonly input: unknown }): input is Event {
  return typeof input.input === 'object';
}

/** The Beats input (7.0.9) ends a connection whose event has a boolean for a message; no Beat sends one. */
function isForBeats({ input }: Event): boolean {
  return typeof input.message !== 'boolean';
}

function labeled({ id, input }: Pick<Fixture, 'id' | 'input'>): Labeled {
  return { id, event: typeof input === 'string' ? { message: input } : input };
}

function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}
