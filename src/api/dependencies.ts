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
import type { Revealed, RevealRequest } from '../pipeline/reveal.js';
import type { ActionLog } from '../respond/ports.js';
import type { FeatureCatalogue } from './pages/contribution-chart.js';

/** What of a model a reader needs to know, without its payload. */
export type ModelSummary = Omit<ModelSnapshot, 'payload'>;

/** What runs here, for the head of each page. */
export interface ServiceInfo {
  readonly version: string;
  readonly store: 'embedded' | 'elasticsearch';
  readonly job: string;
  readonly sites: readonly string[];
  /** Window length and the wait before a window is read, milliseconds. */
  readonly windowMs: number;
  readonly queryDelayMs: number;
  /** Traffic is simulated: nothing here is real. */
  readonly simulated: boolean;
}

/** Everything that requests are answered from. */
export interface ApiDependencies {
  readonly reader: ResultReader;
  readonly source: Pick<EventSource, 'find' | 'ofEntity'>;
  readonly notifications: Pick<NotificationLog, 'recent'>;
  readonly actions: Pick<ActionLog, 'recent'>;
  /** Finds the name behind a pseudonym; absent where names are not revealed. */
  readonly reveal?: (request: RevealRequest) => Promise<Revealed>;
  /** The model in use, if one has been fitted. */
  readonly model: () => Promise<ModelSummary | undefined>;
  readonly health: Pick<Health, 'report'>;
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly options: ApiOptions;
  readonly info: ServiceInfo;
  /** Features by name. */
  readonly catalogue: FeatureCatalogue;
}
