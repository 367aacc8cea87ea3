/** `npm run logstash:fixtures`: writes the golden fixtures' expected documents anew, by the Ruby scripts. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  canonical,
  document,
  FILES,
  type Fixture,
  FIXTURES,
  NEEDS_LOGSTASH,
  readFixtures,
  VOLATILE,
} from './fixtures.js';
import { type Outcome, runChain } from './ruby-chain.js';

/** The expected document that says what came out: sorted, stars for years that the line does not say. */
function golden(fixture: Fixture, outcome: Outcome): Record<string, unknown> {
  const entries = Object.entries(document(fixture, outcome))
    .filter(([name]) => !VOLATILE.test(name))
    .filter(([name]) => name !== '@timestamp' || outcome.dated)
    .map(
      ([name, value]) =>
        [name, JSON.parse(canonical(value, outcome.yearless === true) ?? 'null') as unknown] as const,
    );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes the expected documents of all fixtures anew, keeping what only a Logstash can say. */
async function write(): Promise<void> {
  const fixtures = readFixtures();
  const outcomes = runChain(['ruby'], fixtures);
  for (const [file, expectedFile] of Object.entries(FILES))
    for (const source of new Set(fixtures.map((fixture) => fixture.source))) {
      const own = fixtures.filter(({ id }) => id.startsWith(`${source}/${file}#`));
      if (own.length === 0) continue;
      const documents = own.map((fixture) => {
        const kept = Object.entries(fixture.expected).filter(([name]) => NEEDS_LOGSTASH.test(name));
        return { ...golden(fixture, outcomes.get(fixture.id)!), ...Object.fromEntries(kept) };
      });
      const path = join(FIXTURES, source, expectedFile);
      const text = await format(JSON.stringify(documents), {
        ...(await resolveConfig(path)),
        filepath: path,
      });
      writeFileSync(path, text);
    }
}

void write();
