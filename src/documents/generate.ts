/**
 * `npm run generate`: writes `mappings/`, what `elkhound setup` installs, for people who install it by
 * other means and for a look at what changes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DEFAULT_RETENTION_MS, LIFECYCLE_POLICY, lifecycleOf, templateOf } from './index-definition.js';
import { INDICES } from './indices.js';

/** Contents of the folder `mappings`, by path in it. */
export function mappingFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const definition of INDICES) {
    for (const variant of ['full', 'basic'] as const) {
      files.set(`${variant}/${definition.name}.template.json`, toText(templateOf(definition, variant)));
    }
  }
  files.set(`full/${LIFECYCLE_POLICY}.lifecycle.json`, toText(lifecycleOf(DEFAULT_RETENTION_MS)));
  return files;
}

function toText(body: unknown): string {
  return `${JSON.stringify(body, null, 2)}\n`;
}

function write(folder: string): void {
  for (const [path, content] of mappingFiles()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

if (require.main === module) write('mappings');
