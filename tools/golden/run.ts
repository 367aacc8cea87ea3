/**
 * `npm run golden -- OUT [--checkout DIR] [--data DIR] [--only scans,service,cluster]`: writes what a
 * checkout of Elkhound finds, a file of lines per input, so that two checkouts can be compared with
 * `diff -r`. A change that must not change findings is held against the commit before it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Checkout } from './checkout.js';
import { clusterFindings } from './cluster.js';
import { linesOf, type Findings } from './lines.js';
import { scanFindings } from './scans.js';
import { serviceFindings } from './service.js';

const PARTS: Readonly<Record<string, (checkout: Checkout, data: string) => AsyncIterable<Findings>>> = {
  scans: scanFindings,
  service: serviceFindings,
  cluster: clusterFindings,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      checkout: { type: 'string', default: join(__dirname, '..', '..') },
      data: { type: 'string', default: '' },
      only: { type: 'string', default: Object.keys(PARTS).join(',') },
    },
  });
  const [out] = positionals;
  if (out === undefined) throw new TypeError('the folder to write to is missing');
  mkdirSync(out, { recursive: true });
  const checkout = new Checkout(resolve(values.checkout));
  for (const name of values.only.split(',')) {
    const part = PARTS[name];
    if (part === undefined)
      throw new TypeError(`--only: "${name}" is none of ${Object.keys(PARTS).join(', ')}`);
    for await (const findings of part(checkout, values.data)) {
      const lines = linesOf(findings);
      writeFileSync(join(out, `${findings.name.replaceAll('/', '+')}.ndjson`), lines.join(''));
      process.stdout.write(`${findings.name}: ${String(lines.length)} lines\n`);
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
