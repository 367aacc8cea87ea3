/**
 * Index templates of others that would apply to our indices instead of our own.
 */
import { indexName, templateOf } from '../../documents/index-definition.js';
import { INDICES } from '../../documents/indices.js';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';

interface ListedTemplate {
  readonly name: string;
  readonly index_template: { readonly index_patterns: string | string[]; readonly priority?: number };
}

/** A template of somebody else, and our indices that it would take. */
export interface RivalTemplate {
  readonly name: string;
  readonly priority: number;
  readonly patterns: readonly string[];
  readonly indices: readonly string[];
}

/** Says that templates of ours are not there, with their names; undefined where they are, or this user may not look. */
export async function missingTemplates(cluster: Cluster): Promise<string | undefined> {
  const listed = await listTemplates(cluster);
  if (listed === undefined) return undefined;
  const names = new Set(listed.map(({ name }) => name));
  const missing = INDICES.map(({ name }) => name).filter((name) => !names.has(name));
  if (missing.length === 0) return undefined;
  return `index templates are gone: ${missing.join(', ')} (setup --uninstall?); fields of the next indices would be guessed; run "elkhound setup"`;
}

/**
 * Templates that win against ours: compared by priority, as Elasticsearch does when it makes an index.
 * @returns undefined where the user may not look at templates
 */
export async function rivalTemplates(
  cluster: Cluster,
  nowMs: number,
): Promise<readonly RivalTemplate[] | undefined> {
  const listed = await listTemplates(cluster);
  if (listed === undefined) return undefined;
  const ours = new Set(INDICES.map(({ name }) => name));
  const rivals = new Map<string, RivalTemplate>();
  for (const definition of INDICES) {
    const index = indexName(definition, nowMs);
    const { priority: own } = templateOf(definition, 'basic');
    for (const { name, index_template: template } of listed) {
      const patterns = [template.index_patterns].flat();
      const { priority = 0 } = template;
      if (ours.has(name) || priority <= own || !patterns.some((pattern) => matches(pattern, index))) continue;
      const indices = [...(rivals.get(name)?.indices ?? []), index];
      rivals.set(name, { name, priority, patterns, indices });
    }
  }
  return [...rivals.values()];
}

/** `the index template "house" (priority 500, for *) applies to …`. */
export function describeRival({ name, priority, patterns, indices }: RivalTemplate): string {
  const { priority: own } = templateOf(INDICES[0]!, 'basic');
  return `the index template "${name}" (priority ${String(priority)}, for ${patterns.join(', ')}) would apply to ${indices.join(', ')} instead of elkhound's (priority ${String(own)}), so that their fields would be guessed`;
}

/** What to do about one. */
export const RIVAL_REMEDY =
  'give that template a priority below 200, or patterns that leave elkhound-* out, and run "elkhound setup" again';

async function listTemplates(cluster: Cluster): Promise<readonly ListedTemplate[] | undefined> {
  try {
    const answer = await cluster.ask('look at the index templates', (client) =>
      client.transport.request<{ index_templates?: ListedTemplate[] }>({
        method: 'GET',
        path: '/_index_template',
      }),
    );
    return answer.index_templates ?? [];
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return undefined;
    if (error instanceof AppError && error.code === 'not_found') return [];
    throw error;
  }
}

/** Patterns of templates know `*` alone. */
function matches(pattern: string, index: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === index;
  const [first = '', ...rest] = parts;
  const last = rest.pop()!;
  if (!index.startsWith(first) || !index.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = index.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= index.length - last.length;
}
