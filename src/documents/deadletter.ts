/**
 * `elkhound-deadletter-YYYY.MM`: one document is a document that Elasticsearch refused, with the
 * reason: nothing is lost, and nothing waits for it.
 */
import { z } from 'zod';
import { stableId } from '../domain/hash.js';
import { ECS_VERSION, indexName, MODULE, type IndexDefinition } from './index-definition.js';
import { constant, date, keyword, text, unparsed } from './mapping.js';
import { isoDate, toIso } from './time.js';

const DATASET = 'elkhound.deadletter';

/** A document that was refused. */
export interface DeadLetter {
  /** Where it should have gone. */
  readonly index: string;
  readonly id: string;
  readonly document: object;
  /** What Elasticsearch calls the mistake: `document_parsing_exception`. */
  readonly type: string;
  readonly reason: string;
}

export const deadLetterSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.string() }),
  event: z.object({
    kind: z.literal('pipeline_error'),
    module: z.literal(MODULE),
    dataset: z.literal(DATASET),
    id: z.string(),
  }),
  error: z.object({ type: z.string(), message: z.string() }),
  elkhound: z.object({
    refused: z.object({
      index: z.string(),
      id: z.string(),
      /** The whole document as JSON: a text cannot be refused for what it holds. */
      document: z.string(),
    }),
  }),
});

/** A dead letter as Elasticsearch keeps it. */
export type DeadLetterDocument = z.infer<typeof deadLetterSchema>;

export const DEAD_LETTERS: IndexDefinition = {
  name: 'elkhound-deadletter',
  description: 'Documents that were refused, whole, with the reason',
  monthly: true,
  schemaVersion: 1,
  fields: {
    '@timestamp': date,
    'ecs.version': keyword,
    'event.kind': constant('pipeline_error'),
    'event.module': constant(MODULE),
    'event.dataset': constant(DATASET),
    'event.id': keyword,
    'error.type': keyword,
    'error.message': text,
    'elkhound.refused.index': keyword,
    'elkhound.refused.id': keyword,
    'elkhound.refused.document': unparsed,
  },
};

/** Id of a dead letter: the same document refused again for the same reason is told once. */
export function deadLetterId({ index, id, document, reason }: DeadLetter): string {
  return stableId(index, id, JSON.stringify(document), reason);
}

/** The document of a dead letter; its index is that of the month in which it was refused. */
export function toDeadLetterDocument(letter: DeadLetter, refusedMs: number): DeadLetterDocument {
  return {
    '@timestamp': toIso(refusedMs),
    ecs: { version: ECS_VERSION },
    event: { kind: 'pipeline_error', module: MODULE, dataset: DATASET, id: deadLetterId(letter) },
    error: { type: letter.type, message: letter.reason },
    elkhound: {
      refused: { index: letter.index, id: letter.id, document: JSON.stringify(letter.document) },
    },
  };
}

/** Index of what is refused at a time. */
export function deadLetterIndex(refusedMs: number): string {
  return indexName(DEAD_LETTERS, refusedMs);
}
