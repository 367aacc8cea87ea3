/**
 * What a source usually brings at an hour of the week, from the volumes it brought there before.
 */
import type { ExpectedBand } from '../domain/coverage.js';

const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
/** Values kept of an hour of the week: two weeks of {@link VALUES_AN_HOUR}. */
const VALUES_A_BIN = 24;
const VALUES_AN_HOUR = 12;
/** Fewer values of an hour of the week say nothing; all hours together have to do. */
const MIN_VALUES = 8;
/** Robust deviations from the median that are still usual. */
const DEVIATIONS = 4;
/** The deviation of a logarithm is taken for no less: nobody's volume is steadier than by 12 %. */
const MIN_DEVIATION = 0.12;
/** Share of the volumes of all hours that are left aside as odd, at each end. */
const RARE = 0.01;
/** A volume counts as strange only from this factor on, however steady it usually is. */
const MIN_FACTOR = 1.5;

/** How much came in a window, and how much of a typical host among those who spoke. */
export interface Volume {
  readonly events: number;
  /** Mean logarithm of the events of a host, of the middle half of hosts; null where too few spoke. */
  readonly spread: number | null;
}

/** The band of a volume, and that of a typical host, as logarithms. */
export interface VolumeBand {
  readonly events: ExpectedBand;
  /** Mean events of a window. */
  readonly mean: number;
  readonly spread: { readonly typical: number; readonly upper: number } | undefined;
}

/** Values of an hour: events, and 1000 × spread (-1 for none). */
type BinState = readonly [hour: number, events: readonly number[], spreads: readonly number[]];

/** Serialized form of {@link VolumeMemory}: by hour of the week, and the hour in hand, by hour of all time. */
export interface VolumeMemoryState {
  readonly bins: readonly BinState[];
  readonly current?: BinState;
}

interface Bin {
  events: number[];
  spreads: number[];
}

/**
 * Volumes of one source by hour of the week (UTC); at most 168 × 24 values. What an hour brings is
 * learned when it is over, so that all its windows meet the same band.
 */
export class VolumeMemory {
  private bins = new Map<number, Bin>();
  private current: ({ readonly hour: number } & Bin) | undefined;
  /** The band of an hour, which is dear to compute. */
  private known: { readonly hour: number; readonly band: VolumeBand | undefined } | undefined;

  /** @param windowLengthMs windows shorter than five minutes are remembered one in several */
  add(startMs: number, windowLengthMs: number, { events, spread }: Volume): void {
    const every = Math.max(1, Math.floor(HOUR_MS / windowLengthMs / VALUES_AN_HOUR));
    if (Math.floor(startMs / windowLengthMs) % every !== 0) return;
    const hour = Math.floor(startMs / HOUR_MS);
    if (this.current?.hour !== hour) {
      this.learn();
      this.current = { hour, events: [], spreads: [] };
    }
    this.current.events.push(events);
    this.current.spreads.push(spread === null ? -1 : Math.round(spread * 1000));
  }

  /** What is usual at a time; undefined where too little is known. */
  band(startMs: number): VolumeBand | undefined {
    const hour = Math.floor(startMs / HOUR_MS);
    if (this.current && this.current.hour < hour) this.learn();
    if (this.known?.hour !== hour) this.known = { hour, band: this.usualAt(hour % HOURS_A_WEEK) };
    return this.known.band;
  }

  /** Forgets everything: what is usual has changed. */
  clear(): void {
    this.bins.clear();
    this.current = undefined;
    this.known = undefined;
  }

  toState(): VolumeMemoryState {
    const { bins, current } = this;
    return {
      bins: [...bins].map(([hour, { events, spreads }]) => [hour, events, spreads]),
      ...(current ? { current: [current.hour, current.events, current.spreads] } : {}),
    };
  }

  static fromState({ bins, current }: VolumeMemoryState): VolumeMemory {
    const memory = new VolumeMemory();
    const binOf = ([, events, spreads]: BinState): Bin => ({ events: [...events], spreads: [...spreads] });
    memory.bins = new Map(bins.map((bin) => [bin[0], binOf(bin)]));
    if (current) memory.current = { hour: current[0], ...binOf(current) };
    return memory;
  }

  private learn(): void {
    const { current } = this;
    if (!current) return;
    const hour = current.hour % HOURS_A_WEEK;
    const { events = [], spreads = [] } = this.bins.get(hour) ?? {};
    this.bins.set(hour, {
      events: [...events, ...current.events].slice(-VALUES_A_BIN),
      spreads: [...spreads, ...current.spreads].slice(-VALUES_A_BIN),
    });
    this.current = undefined;
    this.known = undefined;
  }

  private usualAt(hour: number): VolumeBand | undefined {
    const own = this.bins.get(hour);
    if (own && own.events.length >= MIN_VALUES) {
      // A working day begins now and then a little earlier or later: the neighbors' bands are usual too.
      const near = [hour - 1, hour + 1].flatMap(
        (h) => this.bins.get((h + HOURS_A_WEEK) % HOURS_A_WEEK) ?? [],
      );
      return near
        .filter(({ events }) => events.length >= MIN_VALUES)
        .map((bin) => bandOf(bin, bandOfCounts, bandOfSpreads))
        .reduce(widened, bandOf(own, bandOfCounts, bandOfSpreads));
    }
    const bins = [...this.bins.values()];
    const all = {
      events: bins.flatMap(({ events }) => events),
      spreads: bins.flatMap(({ spreads }) => spreads),
    };
    return all.events.length < 2 * MIN_VALUES ? undefined : bandOf(all, widestCounts, widestSpreads);
  }
}

/** How many times its usual events a typical host has. */
export function factorOf(
  band: VolumeBand | undefined,
  volume: Volume | undefined,
): { readonly factor?: number } {
  const spread = volume?.spread ?? null;
  return spread === null || !band?.spread ? {} : { factor: Math.exp(spread - band.spread.typical) };
}

/** The first band with the reach of both. */
function widened(a: VolumeBand, b: VolumeBand): VolumeBand {
  const { events, mean, spread } = a;
  return {
    events: {
      lower: Math.min(events.lower, b.events.lower),
      typical: events.typical,
      upper: Math.max(events.upper, b.events.upper),
    },
    mean: Math.min(mean, b.mean),
    spread: spread && { ...spread, upper: Math.max(spread.upper, b.spread?.upper ?? -Infinity) },
  };
}

function bandOf(
  { events, spreads }: Bin,
  counts: (values: readonly number[]) => ExpectedBand,
  ofSpreads: (values: readonly number[]) => VolumeBand['spread'],
): VolumeBand {
  const known = spreads.filter((value) => value >= 0).map((value) => value / 1000);
  return {
    events: counts(events),
    mean: events.reduce((sum, count) => sum + count, 0) / events.length,
    spread: known.length < MIN_VALUES ? undefined : ofSpreads(known),
  };
}

/** Days and nights together have no middle: all that has been seen is usual. */
function widestCounts(counts: readonly number[]): ExpectedBand {
  const sorted = Float64Array.from(counts).sort();
  const lowest = sorted[Math.floor(sorted.length * RARE)]!;
  const highest = sorted[Math.ceil(sorted.length * (1 - RARE)) - 1]!;
  const scatter = 1 / Math.sqrt(Math.max(1, lowest));
  return {
    lower: Math.max(0, Math.min(lowest / 2, Math.expm1(Math.log1p(lowest) - DEVIATIONS * scatter))),
    typical: middle(counts),
    upper: highest * MIN_FACTOR,
  };
}

function widestSpreads(spreads: readonly number[]): { typical: number; upper: number } {
  return { typical: middle(spreads), upper: Math.max(...spreads) + Math.log(MIN_FACTOR) };
}

/** On a logarithmic scale; small counts scatter by chance, as Poisson's do, which widens the band. */
function bandOfCounts(counts: readonly number[]): ExpectedBand {
  const { median, deviation } = robust(counts.map((count) => Math.log1p(count)));
  const typical = Math.expm1(median);
  const scatter = Math.max(deviation, MIN_DEVIATION, 1 / Math.sqrt(Math.max(1, typical)));
  const reach = Math.max(DEVIATIONS * scatter, Math.log(MIN_FACTOR));
  return {
    lower: Math.max(0, Math.min(Math.expm1(median - reach), typical / 2)),
    typical,
    upper: Math.expm1(median + reach),
  };
}

function bandOfSpreads(spreads: readonly number[]): { typical: number; upper: number } {
  const { median, deviation } = robust(spreads);
  return { typical: median, upper: median + Math.max(DEVIATIONS * deviation, Math.log(MIN_FACTOR)) };
}

/** Median, and median distance from it scaled to a standard deviation. */
function robust(values: readonly number[]): { median: number; deviation: number } {
  const median = middle(values);
  return { median, deviation: 1.4826 * middle(values.map((value) => Math.abs(value - median))) };
}

function middle(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
