/**
 * One feature engine per site: private addresses repeat, so sites never share state.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { ExpectedVolume, type ExpectedVolumeState } from '../coverage/expected-volume.js';
import { volumesOf, type SourceVolume } from '../coverage/source-volume.js';
import type { SourceHealthChange } from '../domain/coverage.js';
import type { WindowEvents } from '../domain/events.js';
import { ENTITY_KINDS } from '../domain/matrix.js';
import {
  FeatureEngine,
  type FeatureState,
  type StateAdvance,
  type WindowFeatures,
} from '../features/engine.js';
import type { FeatureOptions } from '../features/options.js';
import { gateOf, withoutUntoldZeros, type Gate } from './mask.js';

/** Features of what the gate lets through. */
export interface SiteFeatures extends WindowFeatures {
  readonly gate: Gate;
  /** Features of all events, whatever is to be thought of them; absent where nothing was left out. */
  readonly whole?: WindowFeatures;
}

interface Site {
  readonly engine: FeatureEngine;
  expected: ExpectedVolume;
}

/** What one window of one site adds to the state. */
export interface SiteAdvance {
  readonly site: string;
  readonly advance: StateAdvance;
  /** Absent in what was written before volumes were learned. */
  readonly volumes?: readonly SourceVolume[];
}

/** What trailing states take. */
export interface StateUsage {
  readonly entities: number;
  /** Memory, an estimate. */
  readonly bytes: number;
  /** Entities that had to be forgotten for want of room, since the states were taken up. */
  readonly evicted: number;
}

/** Feature engines and expected volumes by site. */
export class SiteEngines {
  private readonly sites = new Map<string, Site>();

  /** @param isGated sources are expected to go on as they were; those of a scan just end */
  constructor(
    private readonly options: FeatureOptions,
    private readonly isGated = true,
  ) {}

  /**
   * Features of what is to be trusted of a window, with the state as it stands.
   * @param isAhead windows before it have not been read yet
   */
  compute(events: WindowEvents, isAhead = false): SiteFeatures {
    const { engine, expected } = this.siteOf(events.site);
    const volumes = this.isGated ? volumesOf(events) : [];
    const gate = gateOf(events, volumes, expected.review(volumes, events.window, isAhead));
    const features = engine.compute(gate.events);
    for (const kind of ENTITY_KINDS) withoutUntoldZeros(features.matrices[kind], gate.lacking);
    return { ...features, gate, ...(gate.whole ? { whole: engine.compute(gate.whole) } : {}) };
  }

  /**
   * Makes a window part of its site's state, with the events that are not to be trusted: who is slow
   * enough to show in a day alone must not find one in which nobody counts. Nothing learns from them.
   */
  advance(features: SiteFeatures): void {
    const { events, gate, whole } = features;
    const { engine, expected } = this.siteOf(events.site);
    engine.advance(whole ?? features);
    expected.advance(gate.volumes, events.window);
  }

  /** What {@link advance} adds with these features, for {@link replay}. */
  advanceOf(features: SiteFeatures): SiteAdvance {
    const { site } = features.events;
    return {
      site,
      advance: this.siteOf(site).engine.advanceOf(features.whole ?? features),
      volumes: features.gate.volumes,
    };
  }

  /** Makes a window part of its site's state without its events. */
  replay({ site, advance, volumes = [] }: SiteAdvance): void {
    const { engine, expected } = this.siteOf(site);
    engine.replay(advance);
    expected.advance(volumes, advance.window);
  }

  /** Who is to be told of what by site, if no event comes until then. */
  reviewSilence(untilMs: number, windowLengthMs: number): [site: string, SourceHealthChange][] {
    return [...this.sites].flatMap(([site, { expected }]) =>
      expected
        .reviewSilence(untilMs, windowLengthMs)
        .map((change): [string, SourceHealthChange] => [site, change]),
    );
  }

  /** What the states of all sites take. */
  get usage(): StateUsage {
    const usage = { entities: 0, bytes: 0, evicted: 0 };
    for (const { engine } of this.sites.values()) {
      usage.entities += engine.stateSize;
      usage.bytes += engine.stateBytes;
      usage.evicted += engine.evicted;
    }
    return usage;
  }

  /** The state as compressed text. */
  toText(): string {
    return toText(
      [...this.sites].map(
        ([site, { engine, expected }]) => [site, engine.toState(), expected.toState()] as const,
      ),
    );
  }

  /** Takes up the state that {@link toText} wrote, also that of a version without expected volumes. */
  restore(text: string): void {
    this.sites.clear();
    for (const [name, state, expected] of fromText(text)) {
      const site = this.siteOf(name);
      site.engine.restore(state);
      if (expected) site.expected = ExpectedVolume.fromState(expected);
    }
  }

  private siteOf(name: string): Site {
    let site = this.sites.get(name);
    if (!site) {
      site = { engine: new FeatureEngine(this.options), expected: new ExpectedVolume() };
      this.sites.set(name, site);
    }
    return site;
  }
}

type SiteStates = (readonly [site: string, state: FeatureState, expected?: ExpectedVolumeState])[];

function toText(states: SiteStates): string {
  return gzipSync(JSON.stringify(states)).toString('base64');
}

function fromText(text: string): SiteStates {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as SiteStates;
}

/** The text of {@link SiteEngines.toText} with every site's state changed. */
export function editedText(text: string, edit: (state: FeatureState) => FeatureState): string {
  return toText(fromText(text).map(([site, state, ...expected]) => [site, edit(state), ...expected]));
}
