/**
 * Which behavior rules hold for which rows of a matrix.
 */
import type { FeatureMatrix } from '../domain/matrix.js';
import { BEHAVIOR_RULES, type BehaviorRule, type Condition } from './behaviors.js';
import { severityRank, raisedSeverity } from './grade.js';

/** Usual values of a row's entity by feature, NaN where unknown. */
export interface UsualValues {
  readonly typical: Float64Array;
  readonly upper: Float64Array;
}

/** A rule that holds for a row. */
export interface RuleMatch {
  readonly rule: BehaviorRule;
  /** The leading feature's value over the rule's bar, at least 1. */
  readonly strength: number;
}

interface Test {
  readonly column: number;
  readonly condition: Condition;
  readonly shareColumn: number;
}

interface CompiledRule {
  readonly rule: BehaviorRule;
  /** Column of the leading feature, and the value that it has to reach. */
  readonly column: number;
  readonly bar: number;
  readonly tests: readonly Test[];
}

const NONE: readonly RuleMatch[] = [];

/** The rules of one entity kind, with their features as column numbers. */
export class RuleMatcher {
  private readonly compiled: readonly CompiledRule[];

  constructor(
    private readonly features: readonly string[],
    kind: FeatureMatrix['kind'],
  ) {
    this.compiled = BEHAVIOR_RULES.filter((rule) => rule.kind === kind).map((rule) => ({
      rule,
      column: this.columnOf(rule.when[0].feature),
      bar: rule.when[0].atLeast,
      tests: rule.when.map((condition) => this.compile(condition)),
    }));
  }

  /** The rules that hold for a row, severest first, then strongest. */
  match(matrix: FeatureMatrix, row: number, usual: (row: number) => UsualValues): readonly RuleMatch[] {
    const base = row * this.features.length;
    let matches = NONE;
    for (const { rule, column, bar, tests } of this.compiled) {
      const lead = matrix.values[base + column]!;
      // Few rows reach any bar, so it is looked at first.
      if (!(lead >= bar) || !isActor(rule, matrix, row)) continue;
      if (!tests.every((test) => this.holds(test, matrix, row, usual))) continue;
      matches = [...matches, { rule, strength: Math.max(1, lead / bar) }];
    }
    return matches.length < 2 ? matches : inOrder(matches);
  }

  private compile(condition: Condition): Test {
    const share = condition.shareOf;
    return {
      condition,
      column: this.columnOf(condition.feature),
      shareColumn: share === undefined ? -1 : this.columnOf(share.feature),
    };
  }

  private columnOf(feature: string): number {
    const column = this.features.indexOf(feature);
    if (column < 0) throw new RangeError(`a behavior rule names the unknown feature "${feature}"`);
    return column;
  }

  private holds(
    { condition, column, shareColumn }: Test,
    matrix: FeatureMatrix,
    row: number,
    usual: (row: number) => UsualValues,
  ): boolean {
    const base = row * this.features.length;
    const value = matrix.values[base + column]!;
    if (value !== value) return false;
    if (condition.atLeast !== undefined && value < condition.atLeast) return false;
    if (condition.atMost !== undefined && value > condition.atMost) return false;
    if (condition.shareOf && !(value >= condition.shareOf.atLeast * matrix.values[base + shareColumn]!))
      return false;
    // An unknown usual value (NaN) holds nobody back.
    if (condition.timesTypical !== undefined && value < condition.timesTypical * usual(row).typical[column]!)
      return false;
    return !(condition.timesUpper !== undefined && value < condition.timesUpper * usual(row).upper[column]!);
  }
}

function inOrder(matches: readonly RuleMatch[]): RuleMatch[] {
  const severity = ({ rule, strength }: RuleMatch): number =>
    severityRank(raisedSeverity(rule.severity, strength));
  const base = ({ rule }: RuleMatch): number => severityRank(rule.severity);
  return [...matches].sort(
    (a, b) => severity(b) - severity(a) || base(b) - base(a) || b.strength - a.strength,
  );
}

function isActor(rule: BehaviorRule, matrix: FeatureMatrix, row: number): boolean {
  if (rule.actor !== 'any' && (rule.actor === 'own') !== (matrix.own[row] === 1)) return false;
  const { port, transport } = matrix.entities[row]!;
  if (rule.transport !== undefined && transport !== rule.transport) return false;
  return rule.ports === undefined || (port !== undefined && rule.ports.includes(port));
}
