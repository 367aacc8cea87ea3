/**
 * What a scan of each sample log finds.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkout } from './checkout.js';
import type { Findings } from './lines.js';

/** Folders of sample logs with connections or logins, and the configuration that their tables need. */
const FOLDERS: readonly (readonly [folder: string, config?: string])[] = [['flows'], ['open', 'open.yml']];

export async function* scanFindings(checkout: Checkout, data: string): AsyncGenerator<Findings> {
  if (!existsSync(data)) throw new TypeError('--data: the folder of the sample logs has to be named');
  for (const [folder, config] of FOLDERS) {
    for (const file of readdirSync(join(data, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const name = join(folder, file);
      if (!/\.(log|gz|json|ndjson|binetflow|csv)$/.test(file)) continue;
      const options = config === undefined ? [] : ['-c', config];
      const { code, stdout } = await checkout.run(['scan', name, '--json', ...options], {}, data);
      const documents = stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown);
      yield { name: `scan ${name}`, documents: [{ code }, ...documents] };
    }
  }
}
