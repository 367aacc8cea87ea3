/**
 * Learns from quiet days of a simulated network, then watches days with planted attacks.
 */
import type { Anomaly, Behavior, Episode, EpisodeChange, Severity } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';
import { windowOf, type Window } from '../domain/window.js';
import type { Config } from '../config/schema.js';
import type { AttackedEntity, AttackKind, PlantedAttack } from '../simulate/attacks/attack.js';
import { ATTACKS } from '../simulate/attacks/catalogue.js';
import { spread } from '../simulate/attacks/plan.js';
import { Calendar, DAY_MS } from '../simulate/calendar.js';
import { Random } from '../domain/random.js';
import { zeekRecord } from '../simulate/formats/record.js';
import { ARRIVAL_MS, FaultySensors, SENSORS, type SensorFault } from '../simulate/faults.js';
import { Simulation } from '../simulate/simulation.js';
import type { Decision } from '../decide/decide.js';
import type { WindowEvents } from '../domain/events.js';
import { WindowDetector } from '../job/detect.js';
import { SiteEngines } from '../job/sites.js';
import { Trainer } from '../job/train.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';

/** Which network is simulated, and for how long. */
export interface SimulatedEvaluation {
  readonly seed: number;
  readonly hosts: number;
  /** Days without attacks that are learned from, and days with attacks that are watched. */
  readonly learnDays: number;
  readonly watchDays: number;
  /** Begin of the first day, milliseconds; a Monday shows a whole week. */
  readonly startMs: number;
  readonly config: Config;
  /** What goes wrong with the sensors. */
  readonly faults?: readonly SensorFault[];
  readonly onProgress?: (events: number) => void;
}

/** What became of one planted attack. */
export interface AttackOutcome {
  readonly name: string;
  readonly kind: AttackKind;
  readonly loud: boolean;
  readonly events: number;
  /** Share of its events that no sensor told of. */
  readonly lost: number;
  /** Somebody was told of it; what has no name and stands on degraded data is only kept. */
  readonly told: boolean;
  /** What it was found as; null where it was not found. */
  readonly foundAs: Behavior | null;
  readonly severity: Severity | null;
  /** Windows from the one in which it began to the one in which it was found, that one included. */
  readonly windows: number | null;
}

/** How one network was watched. */
export interface SimulationOutcome {
  readonly seed: number;
  readonly events: number;
  readonly attacks: readonly AttackOutcome[];
  /** Episodes that no attack explains, a day, by severity. */
  readonly falseEpisodesPerDay: Readonly<Partial<Record<Severity, number>>>;
  readonly falseEpisodes: readonly FalseEpisode[];
  /** What was told of sources. */
  readonly health: readonly SourceTold[];
}

/** An episode that no attack explains. */
export interface FalseEpisode {
  readonly severity: Severity;
  readonly behavior: Behavior;
  readonly entity: string;
  /** Begin, milliseconds. */
  readonly start: number;
  readonly reason: string;
}

/** That a source is not as expected, or is so again. */
export interface SourceTold {
  readonly source: string;
  readonly change: EpisodeChange['change'];
  /** When the fault began, and end of the window in which it was told, milliseconds. */
  readonly start: number;
  readonly toldMs: number;
  readonly reason: string;
}

/** Runs one network through the same stages as the service, without a store. */
export function evaluateSimulation(evaluation: SimulatedEvaluation): SimulationOutcome {
  const { seed, hosts, learnDays, watchDays, startMs, config } = evaluation;
  const watchMs = startMs + learnDays * DAY_MS;
  const endMs = watchMs + watchDays * DAY_MS;
  const random = new Random(seed).derive('evaluation');
  const plan = spread(ATTACKS, watchMs, watchDays, new Calendar(TIME_ZONE), random);
  const simulation = new Simulation({ seed, hosts, rate: 1, timeZone: TIME_ZONE, plan });
  const windows = new SimulatedWindows(simulation, evaluation);
  const engines = new SiteEngines(config.features);
  const trainer = new Trainer(config.detectors);
  for (const events of windows.between(startMs, watchMs)) {
    const features = engines.compute(events);
    if (features.gate.lacking.size === 0) trainer.add(features);
    engines.advance(features);
  }
  const model = trainer.fit(config.job, startMs, false);
  const detector = new WindowDetector(config.job, engines, model, config.decide);
  const seen = new Watch();
  for (const events of windows.between(watchMs, endMs)) seen.add(detector.detect(events));
  return seen.outcome(evaluation, windows, truthAsTold(simulation.truth(watchMs, endMs), evaluation));
}

/** What an outage holds back is told when it is over, with that time. */
function truthAsTold(truth: readonly PlantedAttack[], { faults = [] }: SimulatedEvaluation): PlantedAttack[] {
  return truth.map((attack) => {
    const [start, end] = [Date.parse(attack.start), Date.parse(attack.end)];
    const held = faults.find(({ kind, fromMs, toMs }) => kind === 'outage' && start < toMs && end >= fromMs);
    return held && end < held.toMs
      ? { ...attack, end: new Date(held.toMs + ARRIVAL_MS).toISOString() }
      : attack;
  });
}

const TIME_ZONE = 'UTC';

/** Events of a simulation as windows. */
class SimulatedWindows {
  events = 0;
  /** Events of each attack that were told of, by its id. */
  readonly told = new Map<string, number>();
  private readonly sensors: FaultySensors;

  constructor(
    private readonly simulation: Simulation,
    private readonly evaluation: SimulatedEvaluation,
  ) {
    this.sensors = new FaultySensors(evaluation.faults ?? []);
  }

  *between(fromMs: number, toMs: number): Generator<WindowEvents> {
    const { config, onProgress } = this.evaluation;
    const normalizer = configuredNormalizer(config, config.schedule.windowLength, toMs);
    for (const events of this.simulation.eventsBetween(fromMs, toMs)) {
      const sensed = this.sensors.sense(events);
      for (const source of SENSORS) {
        const records = sensed
          .filter(({ sensor }) => sensor === source)
          .map(({ event }) => zeekRecord(event));
        normalizer.add({ source, format: 'zeek', records, places: records.map((_, i) => i + 1) });
      }
      for (const { event } of sensed) this.told.set(event.attack, (this.told.get(event.attack) ?? 0) + 1);
      this.events += events.length;
      onProgress?.(this.events);
      // Events come in the order of their end: what lies before the last one is complete.
      yield* normalizer.close(windowOf(events.at(-1)!.endMs, config.schedule.windowLength).start);
    }
    yield* normalizer.close(Infinity);
  }
}

/** Gathers what was found while it was watched. */
class Watch {
  private readonly anomalies: Anomaly[] = [];
  private readonly episodes = new Map<string, Episode>();
  private readonly told = new Set<string>();
  private readonly health: SourceTold[] = [];

  add({ anomalies, episodes, changes }: Decision): void {
    this.anomalies.push(...anomalies.filter(({ entity }) => entity.kind !== 'source'));
    for (const { episode, change } of changes) {
      const { id, entity, start, end, reason } = episode;
      this.told.add(id);
      if (entity.kind === 'source')
        this.health.push({ source: entity.id, change, start, toldMs: end, reason });
    }
    for (const episode of episodes) this.episodes.set(episode.id, episode);
  }

  outcome(
    { seed, watchDays, config }: SimulatedEvaluation,
    { events, told }: SimulatedWindows,
    truth: readonly PlantedAttack[],
  ): SimulationOutcome {
    const lengthMs = config.schedule.windowLength;
    const unexplained = [...this.episodes.values()].filter(
      (episode) => this.told.has(episode.id) && !truth.some((attack) => explains(attack, episode, lengthMs)),
    );
    const perDay: Partial<Record<Severity, number>> = {};
    for (const { severity } of unexplained) perDay[severity] = (perDay[severity] ?? 0) + 1 / watchDays;
    return {
      seed,
      events,
      attacks: truth.map((attack) => this.outcomeOf(attack, told.get(attack.id) ?? 0, lengthMs)),
      falseEpisodesPerDay: perDay,
      falseEpisodes: unexplained.map(({ severity, behavior, entity, start, reason }) => ({
        severity,
        behavior,
        entity: entity.id,
        start,
        reason,
      })),
      health: this.health,
    };
  }

  private outcomeOf(attack: PlantedAttack, toldEvents: number, lengthMs: number): AttackOutcome {
    const { name, kind, loud, events } = attack;
    const about = this.anomalies.filter(
      ({ entity, window }) =>
        overlaps(attack, window, lengthMs) && attack.entities.some((expected) => concerns(entity, expected)),
    );
    const found = about.find(({ behavior }) => behavior === kind) ?? about[0];
    const began = windowOf(Date.parse(attack.start), lengthMs).start;
    return {
      name,
      kind,
      loud,
      events,
      lost: events === 0 ? 0 : Math.max(0, 1 - toldEvents / events),
      told: about.some(({ episode }) => this.told.has(episode)),
      foundAs: found?.behavior ?? null,
      severity: found?.severity ?? null,
      windows: found ? (found.window.end - began) / lengthMs : null,
    };
  }
}

/** An episode that names anybody of an attack while it lasts, or soon after, is no false one. */
function explains(attack: PlantedAttack, { entity, start, end }: Episode, lengthMs: number): boolean {
  if (!overlaps(attack, { start, end }, lengthMs)) return false;
  const named = new Set(
    attack.entities.flatMap(({ source, destination, user }) => [source, destination, user]),
  );
  const [host] = entity.kind === 'service' ? [entity.destination] : [entity.source];
  return named.has(host) || named.has(entity.user) || (entity.kind === 'host' && named.has(entity.id));
}

/** Measures of a trailing day can tell of an attack that has just ended. */
function overlaps({ start, end }: PlantedAttack, window: Window, lengthMs: number): boolean {
  return window.end > Date.parse(start) && window.start <= Date.parse(end) + lengthMs;
}

/** The entity is the expected one, or the host that acts in it. */
function concerns(entity: Entity, expected: AttackedEntity): boolean {
  if (expected.user !== undefined) return entity.user === expected.user;
  if (entity.source !== expected.source) return false;
  return (
    entity.kind === 'host' ||
    expected.destination === undefined ||
    entity.destination === expected.destination
  );
}
