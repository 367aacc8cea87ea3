/**
 * One feature engine per site: private addresses repeat, so sites never share state.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { WindowEvents } from '../domain/events.js';
import {
  FeatureEngine,
  type FeatureState,
  type StateAdvance,
  type WindowFeatures,
} from '../features/engine.js';
import type { FeatureOptions } from '../features/options.js';

/** What one window of one site adds to the state. */
export interface SiteAdvance {
  readonly site: string;
  readonly advance: StateAdvance;
}

/** Feature engines by site. */
export class SiteEngines {
  private readonly engines = new Map<string, FeatureEngine>();

  constructor(private readonly options: FeatureOptions) {}

  /** Features of a window, with the state as it stands. */
  compute(events: WindowEvents): WindowFeatures {
    return this.engineOf(events.site).compute(events);
  }

  /** Makes a window part of its site's state. */
  advance(features: WindowFeatures): void {
    this.engineOf(features.events.site).advance(features);
  }

  /** What {@link advance} adds with these features, for {@link replay}. */
  advanceOf(features: WindowFeatures): SiteAdvance {
    const { site } = features.events;
    return { site, advance: this.engineOf(site).advanceOf(features) };
  }

  /** Makes a window part of its site's state without its events. */
  replay({ site, advance }: SiteAdvance): void {
    this.engineOf(site).replay(advance);
  }

  /** Entities in the state of all sites. */
  get stateSize(): number {
    let size = 0;
    for (const engine of this.engines.values()) size += engine.stateSize;
    return size;
  }

  /** The state as compressed text. */
  toText(): string {
    return toText([...this.engines].map(([site, engine]) => [site, engine.toState()]));
  }

  /** Takes up the state that {@link toText} wrote. */
  restore(text: string): void {
    this.engines.clear();
    for (const [site, state] of fromText(text)) this.engineOf(site).restore(state);
  }

  private engineOf(site: string): FeatureEngine {
    let engine = this.engines.get(site);
    if (!engine) this.engines.set(site, (engine = new FeatureEngine(this.options)));
    return engine;
  }
}

type SiteStates = (readonly [site: string, state: FeatureState])[];

function toText(states: SiteStates): string {
  return gzipSync(JSON.stringify(states)).toString('base64');
}

function fromText(text: string): SiteStates {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as SiteStates;
}

/** The text of {@link SiteEngines.toText} with every site's state changed. */
export function editedText(text: string, edit: (state: FeatureState) => FeatureState): string {
  return toText(fromText(text).map(([site, state]) => [site, edit(state)]));
}
