/**
 * Model snapshots in Elasticsearch.
 */
import { fromModelDocument, MODELS, modelSchema, toModelDocument } from '../../documents/models.js';
import type { ModelSnapshot, ModelStore } from '../../detectors/ports.js';
import type { Documents } from './documents.js';

/** {@link ModelStore} on Elasticsearch. */
export class ElasticsearchModelStore implements ModelStore {
  constructor(private readonly documents: Documents) {}

  /** A snapshot never changes, so one that is there already is the same. */
  async saveModel(snapshot: ModelSnapshot): Promise<void> {
    await this.documents.put({
      index: MODELS.name,
      id: snapshot.id,
      document: toModelDocument(snapshot),
    });
  }

  async model(id: string): Promise<ModelSnapshot | undefined> {
    const stored = (await this.documents.get(modelSchema, [{ index: MODELS.name, id }])).get(id);
    return stored === undefined ? undefined : fromModelDocument(stored.document);
  }
}
