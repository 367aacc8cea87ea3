/**
 * Named texts with compare-and-set in Elasticsearch.
 */
import { STATE, stateSchema, toStateDocument } from '../../documents/state.js';
import { AppError } from '../../domain/error.js';
import type { StateStore, VersionedState } from '../ports.js';
import type { Documents } from './documents.js';

/** Elasticsearch's limit for an id. */
const MAX_KEY_BYTES = 512;

/** {@link StateStore} on Elasticsearch. */
export class ElasticsearchStateStore implements StateStore {
  constructor(private readonly documents: Documents) {}

  async getState(key: string): Promise<VersionedState | undefined> {
    const stored = await this.read(key);
    if (stored === undefined) return undefined;
    const { value, version } = stored.document.elkhound.state;
    return { value, version };
  }

  async putState(key: string, value: string, expected: number | null): Promise<number> {
    const stored = await this.read(key);
    const present = stored?.document.elkhound.state.version ?? null;
    if (present !== expected) throw conflict(key);
    this.documents.refuseNewer(stored?.document.elkhound.epoch);
    const version = (expected ?? 0) + 1;
    const replaces = stored === undefined ? {} : { replaces: stored.version };
    const document = toStateDocument(key, version, value, this.documents.epoch);
    const outcome = await this.documents.put({ index: STATE.name, id: key, document, ...replaces });
    if (outcome === 'conflict') throw conflict(key);
    return version;
  }

  async removeState(key: string): Promise<void> {
    await this.documents.remove({ index: STATE.name, id: key });
  }

  private async read(key: string) {
    if (key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES) {
      throw new AppError(
        'invalid_option',
        `state key: "${key.slice(0, 40)}" must have 1 to ${String(MAX_KEY_BYTES)} bytes`,
      );
    }
    return (await this.documents.get(stateSchema, [{ index: STATE.name, id: key }])).get(key);
  }
}

function conflict(key: string): AppError {
  return new AppError('store_conflict', `another writer has changed the state "${key}"`);
}
