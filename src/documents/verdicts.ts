/**
 * `elkhound-verdicts`: one document is what a person said of an episode. Somebody who changes their
 * mind says so in a new document; the newest counts.
 */
import { z } from 'zod';
import { ENTITY_KINDS } from '../domain/matrix.js';
import { BEHAVIORS } from '../behaviors/catalogue.js';
import { ECS_VERSION, MODULE, type IndexDefinition } from './index-definition.js';
import { constant, date, keyword, text } from './mapping.js';
import { isoDate } from './time.js';

const DATASET = 'elkhound.verdict';

export const verdictSchema = z.object({
  '@timestamp': isoDate,
  ecs: z.object({ version: z.literal(ECS_VERSION) }),
  event: z.object({
    kind: z.literal('event'),
    module: z.literal(MODULE),
    dataset: z.literal(DATASET),
    id: z.string(),
  }),
  /** Why, in the person's own words. */
  message: z.string().exactOptional(),
  /** Who said it. */
  user: z.object({ name: z.string() }),
  elkhound: z.object({
    job: z.string(),
    site: z.string(),
    entity: z.object({ kind: z.enum(ENTITY_KINDS), id: z.string() }),
    behavior: z.enum(BEHAVIORS),
    episode: z.object({ id: z.string(), anomaly: z.string() }),
    /** `benign`: it did happen, and nobody wants to be told. */
    verdict: z.enum(['true_positive', 'false_positive', 'benign']),
  }),
});

export const VERDICTS: IndexDefinition = {
  name: 'elkhound-verdicts',
  description: 'What people said of an episode',
  monthly: false,
  schemaVersion: 1,
  fields: {
    '@timestamp': date,
    'ecs.version': keyword,
    'event.kind': constant('event'),
    'event.module': constant(MODULE),
    'event.dataset': constant(DATASET),
    'event.id': keyword,
    message: text,
    'user.name': keyword,
    'elkhound.job': keyword,
    'elkhound.site': keyword,
    'elkhound.entity.kind': keyword,
    'elkhound.entity.id': keyword,
    'elkhound.behavior': keyword,
    'elkhound.episode.id': keyword,
    'elkhound.episode.anomaly': keyword,
    'elkhound.verdict': keyword,
  },
};
