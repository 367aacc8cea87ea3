/**
 * Takes back what setup has done.
 */
import { LIFECYCLE_POLICY } from '../../documents/index-definition.js';
import { INDICES } from '../../documents/indices.js';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';
import { INGEST_PIPELINE, LOGS_CUSTOM, ownComponentsIn } from './ingest-time.js';
import { requirePrivileges, ROLE_NAMES, setupRole } from './privileges.js';
import type { SetupStep } from './setup-step.js';
import { ownIndices } from './setup.js';

/**
 * The requests that take everything back that there still is. Without `deleteData` the indices stay,
 * with their alias, and with the policy that deletes them when they are old.
 */
export async function planUninstall(cluster: Cluster, deleteData: boolean): Promise<SetupStep[]> {
  await requirePrivileges(cluster, 'uninstall', setupRole());
  const templates = await existing(cluster, '/_index_template', ownTemplatesIn);
  const policies = deleteData
    ? await existing(cluster, `/_ilm/policy/${LIFECYCLE_POLICY}`, (answer) => Object.keys(answer))
    : [];
  const roles = await existing(cluster, `/_security/role/${Object.values(ROLE_NAMES).join(',')}`, (answer) =>
    Object.keys(answer),
  );
  const components = await existing(cluster, `/_component_template/${LOGS_CUSTOM}`, ownComponentsIn);
  const pipelines = await existing(cluster, `/_ingest/pipeline/${INGEST_PIPELINE}`, (answer) =>
    Object.keys(answer),
  );
  const indices = deleteData ? (await ownIndices(cluster)).map(({ name }) => name) : [];
  return [
    // One of simulated logs stays where nothing else says how to go on with their data stream.
    ...templates.map((name): SetupStep => ({
      ...remove(`/_index_template/${name}`),
      ...(OWN.has(name) ? {} : { optional: true as const }),
    })),
    ...components.map((name) => remove(`/_component_template/${name}`)),
    // Elasticsearch keeps it while an index names it, which would refuse every event without it.
    ...pipelines.map((name): SetupStep => ({ ...remove(`/_ingest/pipeline/${name}`), optional: true })),
    ...indices.map((name) => remove(`/${name}`)),
    ...policies.map((name) => remove(`/_ilm/policy/${name}`)),
    ...roles.map((name): SetupStep => ({ ...remove(`/_security/role/${name}`), optional: true })),
  ];
}

const OWN = new Set(INDICES.map(({ name }) => name));

interface ListedTemplates {
  readonly index_templates?: readonly {
    readonly name: string;
    readonly index_template: { readonly _meta?: { readonly managed_by?: unknown } };
  }[];
}

/** Those of setup, and those that simulate made for its logs. */
function ownTemplatesIn(answer: object): string[] {
  const { index_templates: listed = [] } = answer as ListedTemplates;
  return listed
    .filter(({ name, index_template: { _meta } }) => OWN.has(name) || _meta?.managed_by === 'elkhound')
    .map(({ name }) => name);
}

function remove(path: string): SetupStep {
  return { method: 'DELETE', path };
}

/** Names of what there is; none where the cluster has no such thing, or the user may not look. */
async function existing(
  cluster: Cluster,
  path: string,
  namesOf: (answer: object) => string[] | undefined,
): Promise<string[]> {
  try {
    const answer = await cluster.ask(`look at ${path}`, (client) =>
      client.transport.request<object>({ method: 'GET', path }, { ignore: [400, 404, 405] }),
    );
    return 'error' in answer ? [] : (namesOf(answer) ?? []);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unauthorized') return [];
    throw error;
  }
}
