/**
 * What two runs over the same arrivals left behind.
 */
import type { Outcome } from './world.js';

/** Differences of a kind that are shown; the others are only counted. */
const SHOWN = 3;

/** How a run under faults differs from one without. */
export interface Difference {
  readonly lost: number;
  readonly invented: number;
  readonly wrong: number;
  readonly windowsUnaccounted: number;
  readonly alertsLost: number;
  readonly notTold: number;
  readonly toldAgain: number;
}

/** Compares by final revisions. @param show sees what differs */
export function compare(expected: Outcome, found: Outcome, show: (difference: string) => void): Difference {
  const count = <T>(what: string, items: Iterable<T>, differs: (item: T) => boolean): number => {
    const different = [...items].filter(differs);
    for (const item of different.slice(0, SHOWN)) show(`${what}: ${JSON.stringify(item)}`);
    return different.length;
  };
  const { anomalies, windows, alerts, told } = expected;
  const other = (before: string, after = 'nothing'): string =>
    before === after ? '' : `expected ${before}, found ${after}`;
  const changes = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
    [...before].map(([id, content]) => other(content, after.get(id))).filter((change) => change !== '');
  const present = new Map([...anomalies].filter(([id]) => found.anomalies.has(id)));
  const all = (): boolean => true;
  return {
    lost: count('lost', anomalies, ([id]) => !found.anomalies.has(id)),
    invented: count(
      'invented',
      found.anomalies,
      ([id, content]) => !anomalies.has(id) && !content.includes('retracted'),
    ),
    wrong: count('wrong', changes(present, found.anomalies), all),
    windowsUnaccounted: count('window', changes(windows, found.windows), all),
    alertsLost: count('alert lost', alerts, (id) => !found.alerts.has(id)),
    notTold: count('not told', told.keys(), (id) => !found.told.has(id)),
    toldAgain: [...found.told.values()].reduce((sum, times) => sum + times - 1, 0),
  };
}
