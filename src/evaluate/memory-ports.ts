/**
 * What a job writes to, in memory: it runs as it does anywhere, and leaves nothing behind.
 */
import type { ResultStore } from '../decide/ports.js';
import type { ModelSnapshot, ModelStore } from '../detectors/ports.js';
import type { Anomaly, EpisodeChange, WindowRecord } from '../domain/anomaly.js';
import { AppError } from '../domain/error.js';
import type { Window } from '../domain/window.js';
import type { StateStore, VersionedState } from '../store/ports.js';

/** {@link ResultStore} in memory. */
export class MemoryResults implements ResultStore {
  readonly changes: EpisodeChange[] = [];
  private readonly anomalies = new Map<string, Anomaly>();
  private readonly windows = new Map<number, WindowRecord>();

  /** Anomalies as they stand. */
  get found(): readonly Anomaly[] {
    return [...this.anomalies.values()];
  }

  save(anomalies: readonly Anomaly[], changes: readonly EpisodeChange[]): Promise<void> {
    for (const anomaly of anomalies) this.anomalies.set(anomaly.id, anomaly);
    this.changes.push(...changes);
    return Promise.resolve();
  }

  close(record: WindowRecord): Promise<void> {
    this.windows.set(record.window.start, record);
    return Promise.resolve();
  }

  standing(_job: string, { start }: Window): Promise<Anomaly[]> {
    const known = this.windows.has(start) ? this.found : [];
    return Promise.resolve(
      known.filter(({ window, status }) => window.start === start && status === 'active'),
    );
  }

  records(_job: string, { start, end }: Window): Promise<WindowRecord[]> {
    const records = [...this.windows.values()].filter(
      ({ window }) => window.start >= start && window.start < end,
    );
    return Promise.resolve(records.sort((a, b) => a.window.start - b.window.start));
  }
}

/** {@link StateStore} in memory. */
export class MemoryStates implements StateStore {
  private readonly states = new Map<string, VersionedState>();

  getState(key: string): Promise<VersionedState | undefined> {
    return Promise.resolve(this.states.get(key));
  }

  putState(key: string, value: string, expected: number | null): Promise<number> {
    if ((this.states.get(key)?.version ?? null) !== expected) {
      return Promise.reject(new AppError('store_conflict', `another writer has changed the state "${key}"`));
    }
    const version = (expected ?? 0) + 1;
    this.states.set(key, { value, version });
    return Promise.resolve(version);
  }

  removeState(key: string): Promise<void> {
    this.states.delete(key);
    return Promise.resolve();
  }
}

/** {@link ModelStore} in memory. */
export class MemoryModels implements ModelStore {
  private readonly models: ModelSnapshot[] = [];

  saveModel(snapshot: ModelSnapshot): Promise<void> {
    this.models.push(snapshot);
    return Promise.resolve();
  }

  model(id: string): Promise<ModelSnapshot | undefined> {
    return Promise.resolve(this.models.find((one) => one.id === id));
  }
}
