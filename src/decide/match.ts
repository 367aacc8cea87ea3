/**
 * Which behavior rules hold for which rows of a matrix.
 */
import type { Condition } from '../behaviors/behavior.js';
import { rulesOf, type BehaviorRule } from '../behaviors/catalogue.js';
import type { FeatureMatrix } from '../domain/matrix.js';
import { severityRank, raisedSeverity } from './grade.js';

/** What is usual of a row's entity in one column, NaN where unknown. */
export type UsualOf = (row: number, column: number) => { readonly typical: number; readonly upper: number };

/** A rule that holds for a row. */
export interface RuleMatch {
  readonly rule: BehaviorRule;
  /** The leading feature's value over the rule's bar, at least 1. */
  readonly strength: number;
  /** By how much less of the leading feature the rule would still hold; what is usual counts too. */
  readonly margin: number;
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

/** The rules of one entity kind, with their features as column numbers. */
export class RuleMatcher {
  private readonly compiled: readonly CompiledRule[];

  constructor(
    private readonly features: readonly string[],
    kind: FeatureMatrix['kind'],
  ) {
    this.compiled = rulesOf(kind).map((rule) => ({
      rule,
      column: this.columnOf(rule.when[0].feature),
      bar: rule.when[0].atLeast,
      tests: rule.when.map((condition) => this.compile(condition)),
    }));
  }

  /**
   * The rules that hold, by row; severest first, then strongest.
   * @param isUntold a feature that is missing only since a source is: that it may be larger holds nobody back
   */
  match(
    matrix: FeatureMatrix,
    usual: UsualOf,
    isUntold: (feature: string) => boolean,
  ): Map<number, RuleMatch[]> {
    const matches = new Map<number, RuleMatch[]>();
    for (const { rule, column, bar, tests } of this.compiled) {
      // Few rows reach any bar, so it is looked at first.
      for (const row of rowsReaching(matrix, column, bar)) {
        if (!tests.every((test) => this.holds(test, matrix, row, usual, isUntold))) continue;
        if (!isActor(rule, matrix, row)) continue;
        const value = matrix.values[row * this.features.length + column]!;
        const strength = value / bar;
        const match = {
          rule,
          strength,
          margin: Math.min(strength, timesUsual(tests[0]!, value, row, usual)),
        };
        const known = matches.get(row);
        if (known) known.push(match);
        else matches.set(row, [match]);
      }
    }
    for (const ofRow of matches.values()) ofRow.sort(bySeverity);
    return matches;
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
    usual: UsualOf,
    isUntold: (feature: string) => boolean,
  ): boolean {
    const base = row * this.features.length;
    const value = matrix.values[base + column]!;
    if (value !== value) return condition.atMost !== undefined && isUntold(condition.feature);
    if (condition.atLeast !== undefined && value < condition.atLeast) return false;
    if (condition.atMost !== undefined && value > condition.atMost) return false;
    if (condition.shareOf && !(value >= condition.shareOf.atLeast * matrix.values[base + shareColumn]!))
      return false;
    const { timesTypical, timesUpper } = condition;
    // An unknown usual value (NaN) holds nobody back.
    if (timesTypical !== undefined && value < timesTypical * usual(row, column).typical) return false;
    return !(timesUpper !== undefined && value < timesUpper * usual(row, column).upper);
  }
}

/** How many times over what it demands of the usual a value is; Infinity where it demands nothing or nothing is known. */
function timesUsual({ condition, column }: Test, value: number, row: number, usual: UsualOf): number {
  if (condition.timesUpper === undefined) return Infinity;
  const demanded = condition.timesUpper * usual(row, column).upper;
  return demanded > 0 ? value / demanded : Infinity;
}

/** Rows whose value in a column is at least `bar`. */
function rowsReaching({ values, features, entities }: FeatureMatrix, column: number, bar: number): number[] {
  const width = features.length;
  const rows: number[] = [];
  for (let row = 0, at = column; row < entities.length; row++, at += width) {
    if (values[at]! >= bar) rows.push(row);
  }
  return rows;
}

function bySeverity(a: RuleMatch, b: RuleMatch): number {
  const severity = ({ rule, strength }: RuleMatch): number =>
    severityRank(raisedSeverity(rule.severity, strength));
  return (
    severity(b) - severity(a) ||
    severityRank(b.rule.severity) - severityRank(a.rule.severity) ||
    b.strength - a.strength
  );
}

function isActor(rule: BehaviorRule, matrix: FeatureMatrix, row: number): boolean {
  if (rule.actor !== 'any' && (rule.actor === 'own') !== (matrix.own[row] === 1)) return false;
  const { port, transport, others } = matrix.entities[row]!;
  if (others !== undefined && rule.crowd !== true) return false;
  if (rule.transport !== undefined && transport !== rule.transport) return false;
  return rule.ports === undefined || (port !== undefined && rule.ports.includes(port));
}
