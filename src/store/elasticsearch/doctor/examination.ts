/**
 * What the checks of the doctor are given.
 */
import type { Clock } from '../../../domain/clock.js';
import type { Window } from '../../../domain/window.js';
import type { Normalizer } from '../../../normalize/normalizer.js';
import type { Cluster } from '../cluster.js';
import type { Selection } from '../event-query.js';

/** What the checks need to know of the configuration of a job. */
export interface Examination {
  readonly job: string;
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Index expressions that hold the logs. */
  readonly indices: readonly string[];
  /** ECS fields that are read of events. */
  readonly fields: readonly string[];
  /** What ECS fields are called there, where they have other names. */
  readonly names?: Readonly<Partial<Record<string, string>>>;
  /** Only what it matches is read. */
  readonly filter?: string | object | undefined;
  readonly pageSize: number;
  readonly windowLengthMs: number;
  readonly queryDelayMs: number;
  /** CIDR of the own networks, beside the private ones. */
  readonly ownNetworks: readonly string[];
  /** A fresh one, as windows are made by. */
  readonly normalizer: () => Normalizer;
}

/** An examination of the logs of a stretch of time: the day before now, or before the newest event. */
export interface LogExamination extends Examination {
  readonly range: Window;
  readonly selection: Selection;
}
