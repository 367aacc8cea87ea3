/**
 * `elkhound-models`: one document is a snapshot of a job's fitted detectors.
 */
import { z } from 'zod';
import type { ModelSnapshot } from '../detectors/ports.js';
import type { IndexDefinition } from './index-definition.js';
import { boolean, date, integer, keyword, unparsed } from './mapping.js';
import { isoDate, toIso } from './time.js';

export const modelSchema = z.object({
  '@timestamp': isoDate,
  elkhound: z.object({
    job: z.string(),
    model: z.object({
      id: z.string(),
      version: z.number(),
      fitted_from: isoDate,
      fitted_to: isoDate,
      self_trained: z.boolean(),
      payload: z.string(),
    }),
  }),
});

/** A model snapshot as Elasticsearch keeps it. */
export type ModelDocument = z.infer<typeof modelSchema>;

export const MODELS: IndexDefinition = {
  name: 'elkhound-models',
  description: 'Snapshots of fitted detectors',
  monthly: false,
  schemaVersion: 1,
  fields: {
    '@timestamp': date,
    'elkhound.job': keyword,
    'elkhound.model.id': keyword,
    'elkhound.model.version': integer,
    'elkhound.model.fitted_from': date,
    'elkhound.model.fitted_to': date,
    'elkhound.model.self_trained': boolean,
    'elkhound.model.payload': unparsed,
  },
};

/** The document of a snapshot. */
export function toModelDocument(snapshot: ModelSnapshot): ModelDocument {
  return {
    '@timestamp': toIso(snapshot.createdAtMs),
    elkhound: {
      job: snapshot.job,
      model: {
        id: snapshot.id,
        version: snapshot.version,
        fitted_from: toIso(snapshot.fittedFromMs),
        fitted_to: toIso(snapshot.fittedToMs),
        self_trained: snapshot.selfTrained,
        payload: snapshot.payload,
      },
    },
  };
}

/** The snapshot of a document. */
export function fromModelDocument(document: ModelDocument): ModelSnapshot {
  const { job, model } = document.elkhound;
  return {
    id: model.id,
    job,
    version: model.version,
    createdAtMs: Date.parse(document['@timestamp']),
    fittedFromMs: Date.parse(model.fitted_from),
    fittedToMs: Date.parse(model.fitted_to),
    selfTrained: model.self_trained,
    payload: model.payload,
  };
}
