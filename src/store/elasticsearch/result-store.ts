/**
 * Results in Elasticsearch: written by computed id, so that doing a window again changes nothing.
 */
import { alertId, alertIndex, toAlertDocument } from '../../documents/alerts.js';
import {
  ANOMALIES,
  anomalyIndex,
  anomalySchema,
  fromAnomalyDocument,
  toAnomalyDocument,
} from '../../documents/anomalies.js';
import {
  fromWindowDocument,
  toWindowDocument,
  windowId,
  windowIndex,
  WINDOWS,
  windowSchema,
} from '../../documents/windows.js';
import type { Anomaly, EpisodeChange, WindowRecord } from '../../domain/anomaly.js';
import type { Clock } from '../../domain/clock.js';
import { AppError } from '../../domain/error.js';
import type { Window } from '../../domain/window.js';
import type { ResultStore } from '../../decide/ports.js';
import { nextRevision, sameRecord } from '../revision.js';
import type { BulkWrite } from './bulk-request.js';
import type { Documents } from './documents.js';

/** How often a document is read and written anew when somebody else was faster. */
const MAX_ATTEMPTS = 3;
const PAGE = 1000;

/** {@link ResultStore} on Elasticsearch. */
export class ElasticsearchResultStore implements ResultStore {
  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock,
  ) {}

  async save(anomalies: readonly Anomaly[], changes: readonly EpisodeChange[]): Promise<void> {
    await this.saveAnomalies(anomalies);
    await this.saveAlerts(changes);
  }

  async close(record: WindowRecord): Promise<void> {
    const address = { index: windowIndex(record), id: windowId(record) };
    const document = toWindowDocument(record, this.documents.epoch);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const stored = (await this.documents.get(windowSchema, [address])).get(address.id);
      if (stored !== undefined && sameRecord(record, fromWindowDocument(stored.document))) return;
      this.documents.refuseNewer(stored?.document.elkhound.epoch);
      const replaces = stored === undefined ? {} : { replaces: stored.version };
      const [outcome] = await this.documents.write([{ ...address, document, ...replaces }]);
      if (outcome !== 'conflict') return;
    }
    throw new AppError(
      'store_conflict',
      `another worker keeps writing the record ${address.id} in ${address.index}`,
    );
  }

  async standing(job: string, window: Window): Promise<Anomaly[]> {
    const anomalies: Anomaly[] = [];
    const filter = [
      { term: { 'elkhound.job': job } },
      { term: { 'elkhound.status': 'active' } },
      { term: { 'event.start': { value: new Date(window.start).toISOString() } } },
    ];
    const sort = ['event.start', 'event.id'] as const;
    const query = { filter, sort, order: 'asc', limit: PAGE } as const;
    for await (const document of this.documents.all(ANOMALIES, anomalySchema, query)) {
      anomalies.push(fromAnomalyDocument(document));
    }
    return anomalies;
  }

  async records(job: string, range: Window): Promise<WindowRecord[]> {
    const records: WindowRecord[] = [];
    const filter = [
      { term: { 'elkhound.job': job } },
      { range: { 'event.start': { gte: range.start, lt: range.end, format: 'epoch_millis' } } },
    ];
    const sort = ['event.start', 'event.id'] as const;
    for await (const document of this.documents.all(WINDOWS, windowSchema, {
      filter,
      sort,
      order: 'asc',
      limit: PAGE,
    })) {
      records.push(fromWindowDocument(document));
    }
    return records;
  }

  private async saveAnomalies(anomalies: readonly Anomaly[]): Promise<void> {
    let remaining = anomalies;
    for (let attempt = 1; remaining.length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw new AppError('store_conflict', `another worker keeps writing the anomaly ${remaining[0]!.id}`);
      }
      remaining = await this.tryAnomalies(remaining);
    }
  }

  /** Writes what is new or has changed; returns the anomalies that somebody else wrote meanwhile. */
  private async tryAnomalies(anomalies: readonly Anomaly[]): Promise<Anomaly[]> {
    const addresses = anomalies.map((anomaly) => ({ index: anomalyIndex(anomaly), id: anomaly.id }));
    const stored = await this.documents.get(anomalySchema, addresses);
    const writes: BulkWrite[] = [];
    const sent: Anomaly[] = [];
    for (const anomaly of anomalies) {
      const old = stored.get(anomaly.id);
      const next = nextRevision(anomaly, old && fromAnomalyDocument(old.document));
      if (next === undefined) continue;
      const replaces = old === undefined ? {} : { replaces: old.version };
      writes.push({ index: anomalyIndex(next), id: next.id, document: toAnomalyDocument(next), ...replaces });
      sent.push(anomaly);
    }
    const outcomes = await this.documents.write(writes);
    return sent.filter((_, position) => outcomes[position] === 'conflict');
  }

  /** An alert that exists already stays as it is: a conflict is success. */
  private async saveAlerts(changes: readonly EpisodeChange[]): Promise<void> {
    const ingestedMs = this.clock.now();
    await this.documents.write(
      changes.map((change) => ({
        index: alertIndex(change.episode),
        id: alertId(change.episode),
        document: toAlertDocument(change, ingestedMs),
      })),
    );
  }
}
