/**
 * Anomalies of one entity and behavior, close in time, as one episode: the unit of an alert.
 */
import type { Anomaly, Behavior, Episode, EpisodeChange } from '../domain/anomaly.js';
import { stableId } from '../domain/hash.js';
import type { Entity } from '../domain/matrix.js';
import type { Window } from '../domain/window.js';
import { severityRank } from './grade.js';

/** An anomaly that does not know its episode yet. */
export type UnassignedAnomaly = Omit<Anomaly, 'episode'>;

/** Serialized form of {@link OpenEpisodes}. */
export type EpisodeState = readonly Open[];

interface Open {
  readonly episode: Episode;
  /** Its measure looks back over a day, so it can pause that long. */
  readonly slow: boolean;
  /** Opened by windows ahead of their turn, and not found yet by one in its turn. */
  readonly ahead?: boolean;
}

const DAY_MS = 24 * 3_600_000;
const NAMELESS: ReadonlySet<Behavior> = new Set(['unusual_volume', 'unusual_pattern']);
/** Each keeps its reasons and evidence, some kilobytes: all together stay below a hundred megabytes. */
const MAX_OPEN = 20_000;

/** What a window did to the episodes. */
export interface EpisodeUpdate {
  readonly anomalies: readonly Anomaly[];
  readonly touched: readonly Episode[];
  readonly changes: readonly EpisodeChange[];
}

/** The episodes that a new anomaly can still join. */
export class OpenEpisodes {
  private readonly open = new Map<string, Open>();

  /** @param maxOpen beyond that those that have been quiet for longest are closed early */
  constructor(
    private readonly gapMs: number,
    private readonly maxOpen = MAX_OPEN,
  ) {}

  /** Whether an entity has an open episode of a behavior. */
  has(site: string, entity: Entity, behavior: Behavior): boolean {
    return this.open.has(keyOf(site, entity, behavior));
  }

  /** The open episode of a source, which is opened and closed by what it sends. */
  ofSource(site: string, source: string): Episode | undefined {
    return this.open.get(keyOf(site, { kind: 'source', id: source }, 'source_health'))?.episode;
  }

  /** Takes note of what is told of a source. */
  noteSource({ episode, change }: EpisodeChange): void {
    const key = keyOf(episode.site, episode.entity, episode.behavior);
    if (change === 'resolved') this.open.delete(key);
    else this.open.set(key, { episode, slow: false });
  }

  /**
   * Closes the episodes that have been quiet for too long before a window in its turn; those of sources end
   * by themselves. What was told ahead and is not found in its turn is taken back.
   * @returns what those who were told of it have to know
   */
  expire(window: Window): EpisodeChange[] {
    const withdrawn: EpisodeChange[] = [];
    for (const [key, { episode, slow, ahead }] of this.open) {
      if (episode.behavior === 'source_health') continue;
      if (ahead) {
        if (window.start < episode.end) continue;
        this.open.delete(key);
        const reason = `${episode.reason}; not found again in its turn, with all that came before it known`;
        if (!isMute(episode)) withdrawn.push({ episode: { ...episode, reason }, change: 'resolved' });
        continue;
      }
      if (window.start - episode.end > (slow ? DAY_MS : this.gapMs)) this.open.delete(key);
    }
    return withdrawn;
  }

  /**
   * Gives each anomaly its episode; opens and raises as needed.
   * @param ahead the window is ahead of its turn, so that what lies before it is not known
   */
  assign(
    anomalies: readonly (UnassignedAnomaly & { readonly slow: boolean })[],
    ahead = false,
  ): EpisodeUpdate {
    const assigned: Anomaly[] = [];
    const touched: Episode[] = [];
    const changes: EpisodeChange[] = [];
    for (const { slow, ...anomaly } of anomalies) {
      const key = keyOf(anomaly.site, anomaly.entity, anomaly.behavior);
      const known = this.open.get(key);
      const { open, change } = placed(known, anomaly, slow, ahead);
      const { episode } = open;
      this.open.set(key, open);
      assigned.push({ ...anomaly, episode: episode.id });
      touched.push(episode);
      if (change && !isMute(episode)) changes.push({ episode, change });
    }
    this.bound();
    return { anomalies: assigned, touched, changes };
  }

  private bound(): void {
    const excess = this.open.size - this.maxOpen;
    if (excess <= 0) return;
    const quietest = [...this.open].sort(
      ([a, { episode: one }], [b, { episode: other }]) => one.end - other.end || (a < b ? -1 : 1),
    );
    for (const [key] of quietest.slice(0, excess)) this.open.delete(key);
  }

  /**
   * What late documents of an earlier window did, as it looks from here: an anomaly that would open
   * an episode which goes on later belongs to that one, and tells nobody anything new unless it is
   * more severe.
   */
  joinEarlier({ anomalies, touched, changes }: EpisodeUpdate, window: Window): EpisodeUpdate {
    const later = new Map<string, Episode>();
    const news: EpisodeChange[] = [];
    for (const change of changes) {
      const known = this.laterThan(change.episode, window);
      if (!known || change.change === 'raised') news.push(change);
      else later.set(change.episode.id, known.episode);
      if (known && severityRank(change.episode.severity) > severityRank(known.episode.severity)) {
        const { site, entity, behavior } = known.episode;
        this.open.set(keyOf(site, entity, behavior), {
          ...known,
          episode: { ...known.episode, severity: change.episode.severity },
        });
        news.push({ episode: { ...change.episode, id: known.episode.id }, change: 'raised' });
      }
    }
    return {
      anomalies: anomalies.map((one) => ({ ...one, episode: later.get(one.episode)?.id ?? one.episode })),
      touched: touched.filter(({ id }) => !later.has(id)),
      changes: news,
    };
  }

  /** The open episode of the same entity and behavior that began soon after a window. */
  private laterThan({ id, site, entity, behavior }: Episode, window: Window): Open | undefined {
    const known = this.open.get(keyOf(site, entity, behavior));
    if (!known || known.episode.id === id || known.episode.start < window.end) return undefined;
    return known.episode.start - window.end <= (known.slow ? DAY_MS : this.gapMs) ? known : undefined;
  }

  toState(): EpisodeState {
    return [...this.open.values()];
  }

  restore(state: EpisodeState): void {
    this.open.clear();
    for (const open of state) {
      const { site, entity, behavior } = open.episode;
      this.open.set(keyOf(site, entity, behavior), open);
    }
  }
}

function keyOf(site: string, entity: Entity, behavior: Behavior): string {
  return `${site} ${entity.kind} ${entity.id} ${behavior}`;
}

/** Identity of an episode: it never changes while the episode lasts. */
function episodeId(job: string, site: string, entity: Entity, behavior: Behavior, start: number): string {
  return stableId(job, site, entity.kind, entity.id, behavior, String(start));
}

/** The episode that an anomaly belongs to, and what that does to it. */
function placed(
  known: Open | undefined,
  anomaly: UnassignedAnomaly,
  slow: boolean,
  ahead: boolean,
): { readonly open: Open; readonly change?: EpisodeChange['change'] } {
  if (!known) {
    const { episode, change } = opened(anomaly);
    return { open: { episode, slow, ...(ahead ? { ahead } : {}) }, change };
  }
  const { start, end } = anomaly.window;
  // Found in its turn, also where that is long before: one attack that goes on, told already.
  const isFound = known.ahead && !ahead;
  const before = isFound
    ? { ...known.episode, start: Math.min(start, known.episode.start), end, windows: 0 }
    : known.episode;
  const { episode, change } = joined(before, anomaly);
  // How far an episode goes that is found in its turn is only known there.
  const isBeyond = ahead && !known.ahead;
  const { end: until, windows } = isBeyond ? before : episode;
  const open = {
    episode: { ...episode, end: until, windows },
    slow,
    ...(known.ahead && ahead ? { ahead } : {}),
  };
  return change ? { open, change } : { open };
}

function opened(anomaly: UnassignedAnomaly): EpisodeChange {
  const { job, site, entity, behavior, window } = anomaly;
  const id = episodeId(job, site, entity, behavior, window.start);
  return {
    change: 'opened',
    episode: {
      ...led({ ...EMPTY, id, job, site, entity, behavior, start: window.start }, anomaly),
      windows: 1,
    },
  };
}

/** Of what a faulty source brings everything is unusual; only what has a name speaks. */
function isMute({ basis, behavior }: Pick<Anomaly, 'basis' | 'behavior'>): boolean {
  return basis.degraded && NAMELESS.has(behavior);
}

/** What is mute goes along but does not speak; the first that is not opens the episode. */
function joined(
  episode: Episode,
  anomaly: UnassignedAnomaly,
): { episode: Episode; change?: EpisodeChange['change'] } {
  const opens = isMute(episode) && !isMute(anomaly);
  const speaks = !isMute(anomaly) || isMute(episode);
  const raised = speaks && severityRank(anomaly.severity) > severityRank(episode.severity);
  const stronger =
    raised || (speaks && anomaly.severity === episode.severity && anomaly.score > episode.score);
  const next = opens || stronger ? led(episode, anomaly) : episode;
  const grown = { ...next, end: Math.max(episode.end, anomaly.window.end), windows: episode.windows + 1 };
  if (opens) return { episode: grown, change: 'opened' };
  return raised ? { episode: grown, change: 'raised' } : { episode: grown };
}

type EpisodeIdentity = Pick<Episode, 'id' | 'job' | 'site' | 'entity' | 'behavior' | 'start'>;
const EMPTY = { windows: 0 };

/** The episode as its strongest anomaly tells it. */
function led(
  { id, job, site, entity, behavior, start, windows }: EpisodeIdentity & { readonly windows: number },
  anomaly: UnassignedAnomaly,
): Episode {
  const { severity, score, reason, contributions, evidence, counterparts, basis, technique } = anomaly;
  return {
    id,
    job,
    site,
    entity,
    behavior,
    severity,
    score,
    anomaly: anomaly.id,
    reason,
    ...(technique ? { technique } : {}),
    contributions,
    evidence,
    ...(counterparts ? { counterparts } : {}),
    start,
    end: anomaly.window.end,
    windows,
    basis,
  };
}
