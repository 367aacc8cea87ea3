/**
 * `npm run verify:faults [NAME…]`: the long counts. A line for each kind of fault; exit code 1 where
 * anything was lost, invented or wrong.
 */
import { CONCURRENCY } from '../../src/alert/deliver.js';
import { Random } from '../../src/domain/random.js';
import { startElasticsearch, type RunningServer } from '../elastic/server.js';
import { SCENARIOS } from './scenarios.js';
import { verify, type Scenario, type Verdict } from './verify.js';
import { World } from './world.js';

async function main(): Promise<void> {
  const asked = process.argv.slice(2).filter((name) => !name.startsWith('--'));
  const json = process.argv.includes('--json');
  const unknown = asked.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `no such fault: ${unknown.join(', ')}; there are ${SCENARIOS.map(({ name }) => name).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen = SCENARIOS.filter(({ name }) => asked.length === 0 || asked.includes(name));
  for (const nodes of [1, 3] as const) {
    for (const hasRemote of [false, true]) {
      const scenarios = chosen.filter(
        (scenario) => (scenario.nodes ?? 1) === nodes && (scenario.hasRemote ?? false) === hasRemote,
      );
      if (scenarios.length > 0) await onCluster({ nodes, hasRemote, scenarios }, json);
    }
  }
}

interface Round {
  readonly nodes: number;
  readonly hasRemote: boolean;
  readonly scenarios: readonly Scenario[];
}

async function onCluster({ nodes, hasRemote, scenarios }: Round, json: boolean): Promise<void> {
  const server: RunningServer = await startElasticsearch({ nodes });
  const remote = hasRemote ? await startElasticsearch() : undefined;
  const world = new World(() => server.url);
  try {
    await world.fill();
    for (const scenario of scenarios) {
      const stage = { world, server, random: new Random(11), ...(remote && { remote }) };
      try {
        const verdict = await verify(scenario, stage, scenario.times, (difference) => {
          process.stderr.write(`  ${difference}\n`);
        });
        process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : lineOf(verdict));
        if (isBad(verdict)) process.exitCode = 1;
      } catch (error) {
        // The other kinds are worth running all the same.
        process.stderr.write(`${scenario.name}: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      }
    }
  } finally {
    await world.end();
    await Promise.all([server.stop(), remote?.stop()]);
  }
}

/** A kill repeats what was in hand at that moment, and no more. */
function isBad({ faults, toldAgain, name: _name, ...counts }: Verdict): boolean {
  return toldAgain > faults * CONCURRENCY || Object.values(counts).some((count) => count > 0);
}

function lineOf(verdict: Verdict): string {
  const { name, faults, lost, invented, wrong, windowsUnaccounted, alertsLost, notTold, toldAgain } = verdict;
  return `${name}: ${String(faults)} faults; anomalies ${String(lost)} lost, ${String(invented)} invented, ${String(wrong)} wrong; windows ${String(windowsUnaccounted)} unaccounted; alerts ${String(alertsLost)} lost; messages ${String(notTold)} lost, ${String(toldAgain)} repeated\n`;
}

void main();
