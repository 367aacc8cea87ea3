/**
 * Part of `npm run generate`: writes `kibana/`, what `elkhound setup` imports, for people who import it
 * by hand and for a look at what changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toNdjson } from './ndjson.js';
import { allSavedObjects } from './objects.js';

/** Contents of the folder `kibana`, by path in it: one file, since the dashboards link to each other. */
export function savedObjectFiles(): Map<string, string> {
  return new Map([['saved-objects/elkhound.ndjson', toNdjson(allSavedObjects())]]);
}

function write(folder: string): void {
  for (const [path, content] of savedObjectFiles()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

if (require.main === module) write('kibana');
