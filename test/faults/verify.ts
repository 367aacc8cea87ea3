/**
 * A kind of fault against the same logs without it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../src/domain/random.js';
import type { ElkhoundProcess } from '../acceptance/process.js';
import { compare, type Difference } from './compare.js';
import type { Outcome, ServiceSettings, World } from './world.js';

/** A cluster whose nodes can be killed. */
export interface Nodes {
  readonly urls: readonly string[];
  kill(node: number): Promise<void>;
  restart(node: number): Promise<void>;
}

/** What a scenario works with. */
export interface Stage {
  readonly world: World;
  readonly server: Nodes;
  readonly random: Random;
  /** A cluster that the first one knows as `east`, where the scenario has one. */
  readonly remote?: Nodes;
  /** Faults to inject. */
  readonly times: number;
}

/** A kind of fault. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Faults of each kind, in each phase, that the long count injects at most. */
  readonly times: number;
  /** Three nodes instead of one. */
  readonly nodes?: 3;
  /** A second cluster beside it. */
  readonly hasRemote?: true;
  /** What comes when, the same without and with faults; all at once where absent. */
  readonly arrivals?: (world: World, phase: Phase, remote?: Nodes) => Promise<void>;
  /** Windows are read again with faults, and not without: only what they hold is compared. */
  readonly isReadAgain?: true;
  /** What services read. (Default: all logs) */
  readonly indices?: readonly string[];
  readonly lateness?: string;
  readonly windowLength?: string;
  /** Runs a service over what there is, under faults; returns how many were injected. */
  run(stage: Stage, settings: RunSettings): Promise<number>;
}

/** Runs services until all before a time is done: before the usual end, where none is named. */
export type Phase = (untilMs?: number) => Promise<void>;

/** How the services of a run are set. */
export type RunSettings = Pick<ServiceSettings, 'lateness' | 'untilMs' | 'windowLength' | 'indices'>;

/** What came of a scenario. */
export interface Verdict extends Difference {
  readonly name: string;
  readonly faults: number;
}

const GIVE_UP_MS = 600_000;

/** The same arrivals without faults, then with them, each from the beginning. @param show sees what differs */
export async function verify(
  scenario: Scenario,
  stage: Omit<Stage, 'times'>,
  times = scenario.times,
  show: (difference: string) => void = () => undefined,
): Promise<Verdict> {
  const { world } = stage;
  const { lateness, windowLength, indices } = scenario;
  const played = async (
    run: (settings: RunSettings) => Promise<number>,
  ): Promise<{ outcome: Outcome; faults: number }> => {
    await world.reset();
    let faults = 0;
    const phase: Phase = async (untilMs) => {
      faults += await run({ lateness, windowLength, untilMs, indices });
    };
    await (scenario.arrivals ?? ((_world, once) => once()))(world, phase, stage.remote);
    return { outcome: await world.outcome(scenario.isReadAgain), faults };
  };
  const clean = await world.once(
    [scenario.arrivals?.name, lateness, windowLength, indices].join(' '),
    async () => {
      const { outcome } = await played(async (settings) => {
        await finish(world.service({ url: world.url(), ...settings }));
        return 0;
      });
      return outcome;
    },
  );
  if (clean.anomalies.size === 0) throw new Error('the run without faults found nothing to compare with');
  const faulty = await played((settings) => scenario.run({ ...stage, times }, settings));
  return { name: scenario.name, faults: faulty.faults, ...compare(clean, faulty.outcome, show) };
}

/** Waits for a service to come to its end by itself. */
export async function finish(service: ElkhoundProcess): Promise<void> {
  const code = await inTime(service, service.end());
  if (code !== 0) throw new Error(`the service ended with ${String(code)}:\n${lastWords(service)}`);
}

/** Waits for something of a service, but not for ever. */
export async function inTime<T>(service: ElkhoundProcess, something: Promise<T>): Promise<T> {
  const late = Symbol('late');
  const result = await Promise.race([something, delay(GIVE_UP_MS, late, { ref: false })]);
  if (result !== late) return result;
  await service.stop('SIGKILL');
  throw new Error(`the service does not go on:\n${lastWords(service)}`);
}

function lastWords({ stderr }: ElkhoundProcess): string {
  return stderr.slice(-3000);
}
