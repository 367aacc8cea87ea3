/**
 * What the API is given by the composition root.
 */
import type { Registry } from 'prom-client';
import type { NotificationLog } from '../alert/ports.js';
import type { EventSource } from '../collect/ports.js';
import type { ApiOptions } from '../config/schema.js';
import type { ResultReader } from '../decide/ports.js';
import type { ModelSnapshot } from '../detectors/ports.js';
import type { Clock } from '../domain/clock.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { Revealed, RevealRequest } from '../privacy/reveal.js';
import type { ActionLog } from '../respond/ports.js';
import type { Account } from './failed-logins.js';
import type { FeatureCatalogue } from './pages/contribution-chart.js';

/** What of a model a reader needs to know, without its payload. */
export type ModelSummary = Omit<ModelSnapshot, 'payload'>;

/** A job that is configured here; its lease may be with another service. */
export interface JobInfo {
  readonly name: string;
  /** Window length, milliseconds. */
  readonly windowMs: number;
}

/** What runs here, for the head of each page. */
export interface ServiceInfo {
  readonly version: string;
  readonly store: 'embedded' | 'elasticsearch';
  readonly jobs: readonly [JobInfo, ...JobInfo[]];
  readonly sites: readonly string[];
  /** The wait before a window is read, milliseconds. */
  readonly queryDelayMs: number;
  /** Traffic is simulated: nothing here is real. */
  readonly simulated: boolean;
}

/** Everything that requests are answered from. */
export interface ApiDependencies {
  readonly reader: ResultReader;
  /** Raw events as a job reads them; for a job that is not configured any more, as well as can be. */
  readonly source: (job: string) => Pick<EventSource, 'find' | 'ofEntity'>;
  readonly notifications: Pick<NotificationLog, 'recent'>;
  readonly actions: Pick<ActionLog, 'recent'>;
  /** Finds the name behind a pseudonym; absent where names are not revealed. */
  readonly reveal?: (request: RevealRequest) => Promise<Revealed>;
  /** Hears of each try with a wrong key. */
  readonly refuseReveal?: (pseudonym: string, from: string) => Promise<void>;
  /** The model that a job uses, if one has been fitted. */
  readonly model: (job: string) => Promise<ModelSummary | undefined>;
  readonly health: Pick<Health, 'report'>;
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  /** Hears of each wrong key. */
  readonly onFailedLogin?: (account: Account) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: ApiOptions;
  readonly info: ServiceInfo;
  /** Features by name. */
  readonly catalogue: FeatureCatalogue;
}

/** The job that a request is about, undefined for all: the one it names, or the only one there is. */
export function chosenJob({ jobs }: ServiceInfo, named: string | undefined): string | undefined {
  return named ?? (jobs.length === 1 ? jobs[0].name : undefined);
}

/** One job where only one can be shown: the one that was named, else the first. */
export function shownJob({ jobs }: ServiceInfo, named: string | undefined): string {
  return named ?? jobs[0].name;
}
