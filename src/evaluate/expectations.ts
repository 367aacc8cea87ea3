/**
 * Holds the findings of a scan against what a good analyst would want to be told.
 */
import { z } from 'zod';
import type { Behavior, Episode } from '../domain/anomaly.js';
import { canonicalAddress } from '../domain/address.js';
import type { Entity, EntityKind } from '../domain/matrix.js';
import { rankEntities, type Rival } from './rivals.js';
import type { ScanResult } from '../scan/scan.js';

const entitySchema = z.strictObject({
  kind: z.enum(['host', 'pair', 'user', 'service']),
  source: z.string().transform(canonicalAddress).optional(),
  destination: z.string().transform(canonicalAddress).optional(),
  port: z.number().int().optional(),
  user: z.string().optional(),
});

const expectationSchema = z.object({
  id: z.string(),
  entities: z.array(entitySchema).min(1),
  /** All of the entities, or any of them. */
  match: z.enum(['all', 'any']),
  behavior: z.array(z.string()).min(1),
  maxRank: z.number().int().min(1),
  /** The detector that it waits for; `core` needs none of the later ones. */
  needs: z.string(),
  facts: z.string().optional(),
});

/** The file of expectations: inputs, what should be found in them, and what should be quiet. */
export const expectationsSchema = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      inputs: z.array(z.string()).min(1),
      expect: z.array(expectationSchema),
      quiet: z.array(entitySchema),
      note: z.string().optional(),
    }),
  ),
});

type ExpectedEntity = z.output<typeof entitySchema>;
export type Expectations = z.output<typeof expectationsSchema>['files'][number];

/** What became of one expectation. */
export interface ExpectationOutcome {
  readonly id: string;
  readonly needs: string;
  readonly maxRank: number;
  /** Rank of the worst needed entity, 1 is the top; null where it was not found. */
  readonly rank: number | null;
  readonly met: boolean;
  /** What stands above it, at most ten. */
  readonly above: readonly string[];
  /** Rank of the same entity among all of its kind, by rival. */
  readonly rivals: Readonly<Record<string, number | null>>;
}

/** How one group of files did. */
export interface EvaluationOutcome {
  readonly name: string;
  readonly findings: number;
  readonly expectations: readonly ExpectationOutcome[];
  /** Findings about entities that should be quiet. */
  readonly loud: readonly string[];
}

/**
 * Ranks the findings of a scan as they stand, most severe first, and looks for each expectation;
 * then has the rivals rank the rows that the same scan learned from.
 */
export async function evaluate(
  expected: Expectations,
  { episodes, trainer }: Pick<ScanResult, 'episodes' | 'trainer'>,
  rivals: readonly Rival[],
): Promise<EvaluationOutcome> {
  const rankings = await rankingsOf(trainer, rivals);
  return {
    name: expected.name,
    findings: episodes.length,
    expectations: expected.expect.map((expectation) => outcomeOf(expectation, episodes, rankings)),
    loud: expected.quiet.flatMap((entity) =>
      episodes.filter((episode) => names(episode.entity, entity)).map(describe),
    ),
  };
}

/** Entities in the order of each rival, by rival and kind. */
type Rankings = ReadonlyMap<string, ReadonlyMap<EntityKind, readonly Entity[]>>;

async function rankingsOf({ gathered }: ScanResult['trainer'], rivals: readonly Rival[]): Promise<Rankings> {
  const rankings = new Map<string, Map<EntityKind, Entity[]>>();
  for (const rival of rivals) {
    const byKind = new Map<EntityKind, Entity[]>();
    for (const sample of gathered) {
      const matrix = sample.matrix(() => true);
      if (matrix.entities.length === 0) continue;
      byKind.set(sample.kind, rankEntities(matrix, await rival.score(matrix)));
    }
    rankings.set(rival.name, byKind);
  }
  return rankings;
}

function outcomeOf(
  { id, needs, maxRank, entities, match, behavior }: Expectations['expect'][number],
  episodes: readonly Episode[],
  rankings: Rankings,
): ExpectationOutcome {
  const behaviors = behavior as Behavior[];
  const rank = worst(
    entities.map((entity) => rankOf(entity, behaviors, episodes)),
    match,
  );
  const rivals = [...rankings].map(([name, byKind]) => {
    const ranks = entities.map((entity) => positionOf(entity, byKind.get(entity.kind) ?? []));
    return [name, worst(ranks, match)] as const;
  });
  return {
    id,
    needs,
    maxRank,
    rank,
    met: rank !== null && rank <= maxRank,
    above: episodes.slice(0, Math.min(10, (rank ?? episodes.length + 1) - 1)).map(describe),
    rivals: Object.fromEntries(rivals),
  };
}

function positionOf(expected: ExpectedEntity, ranked: readonly Entity[]): number | null {
  const at = ranked.findIndex((entity) => names(entity, expected));
  return at < 0 ? null : at + 1;
}

function rankOf(
  entity: ExpectedEntity,
  behaviors: readonly Behavior[],
  ranked: readonly Episode[],
): number | null {
  const at = ranked.findIndex(
    (episode) => behaviors.includes(episode.behavior) && names(episode.entity, entity),
  );
  return at < 0 ? null : at + 1;
}

/** Rank of a group is that of its worst needed member. */
function worst(ranks: readonly (number | null)[], match: 'all' | 'any'): number | null {
  const found = ranks.filter((rank) => rank !== null);
  if (match === 'any') return found.length === 0 ? null : Math.min(...found);
  return found.length < ranks.length ? null : Math.max(...found);
}

function names(entity: Entity, expected: ExpectedEntity): boolean {
  return (
    entity.kind === expected.kind &&
    (expected.source === undefined || entity.source === expected.source) &&
    (expected.destination === undefined || entity.destination === expected.destination) &&
    (expected.port === undefined || entity.port === expected.port) &&
    (expected.user === undefined || entity.user === expected.user)
  );
}

function describe(episode: Episode): string {
  return `${episode.severity} ${episode.behavior} ${episode.entity.id}`;
}
