/**
 * Holds the findings of a scan against what a good analyst would want to be told.
 */
import { z } from 'zod';
import type { Behavior, Episode } from '../domain/anomaly.js';
import type { Entity } from '../domain/matrix.js';

const entitySchema = z.strictObject({
  kind: z.enum(['host', 'pair', 'user', 'service']),
  source: z.string().optional(),
  destination: z.string().optional(),
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
}

/** How one group of files did. */
export interface EvaluationOutcome {
  readonly name: string;
  readonly findings: number;
  readonly expectations: readonly ExpectationOutcome[];
  /** Findings about entities that should be quiet. */
  readonly loud: readonly string[];
}

/** Ranks the episodes, most severe first as given, and looks for each expectation. */
export function evaluate(expected: Expectations, ranked: readonly Episode[]): EvaluationOutcome {
  return {
    name: expected.name,
    findings: ranked.length,
    expectations: expected.expect.map((expectation) => {
      const ranks = expectation.entities.map((entity) =>
        rankOf(entity, expectation.behavior as Behavior[], ranked),
      );
      const rank = worst(ranks, expectation.match);
      return {
        id: expectation.id,
        needs: expectation.needs,
        maxRank: expectation.maxRank,
        rank,
        met: rank !== null && rank <= expectation.maxRank,
        above: ranked.slice(0, Math.min(10, (rank ?? ranked.length + 1) - 1)).map(describe),
      };
    }),
    loud: expected.quiet.flatMap((entity) =>
      ranked.filter((episode) => names(episode.entity, entity)).map(describe),
    ),
  };
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
