/**
 * What Elasticsearch must have before anything is written: policies, templates, the alias.
 */
import type { Client } from '@elastic/elasticsearch';
import { ALERTS, ALERTS_ALIAS } from '../../documents/alerts.js';
import {
  indexName,
  indexPattern,
  LIFECYCLE_POLICY,
  lifecycleOf,
  templateOf,
  type IndexDefinition,
} from '../../documents/index-definition.js';
import { INDICES } from '../../documents/indices.js';
import type { Variant } from '../../documents/mapping.js';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';
import { hasIngest, planIngestTime } from './ingest-time.js';
import {
  type Capabilities,
  missingOf,
  requirePrivileges,
  requireRunPrivileges,
  kibanaRole,
  ROLE_NAMES,
  runRole,
  setupRole,
} from './privileges.js';
import { describeRival, missingTemplates, RIVAL_REMEDY, rivalTemplates } from './rival-templates.js';
import type { SetupStep, SkippedStep } from './setup-step.js';

/** What setup does to a cluster. */
export interface SetupPlan {
  /** Elasticsearch's version. */
  readonly version: string;
  readonly variant: Variant;
  /** In the order in which they are sent; each may be sent again without harm. */
  readonly steps: readonly SetupStep[];
  /** What setup leaves to the user. */
  readonly left: readonly SkippedStep[];
}

/** When, and for how long. */
export interface SetupOptions {
  readonly nowMs: number;
  /** How long results are kept, where the cluster can delete them by itself. */
  readonly retentionMs: number;
  /** Index expressions that hold the logs, which the role to run may read. */
  readonly logs?: readonly string[];
}

/**
 * Asks the cluster what it has and can do, and writes nothing.
 * @throws AppError `unauthorized` that names what privileges are missing, `unsupported_schema` where a
 *   newer version has set the cluster up, `store_conflict` where the name of the alias is taken, or where
 *   somebody else's template would apply to our indices
 */
export async function planSetup(cluster: Cluster, options: SetupOptions): Promise<SetupPlan> {
  await requirePrivileges(cluster, 'set up', setupRole());
  const version = await cluster.version();
  const variant = await variantOf(cluster);
  const can = { lifecycle: variant === 'full', ingest: await hasIngest(cluster) };
  await requirePrivileges(cluster, 'set up', setupRole(can));
  const indices = await ownIndices(cluster);
  await checkAliasIsFree(cluster);
  await refuseRivals(cluster, options.nowMs);
  const steps: SetupStep[] = [];
  if (variant === 'full') {
    steps.push({
      method: 'PUT',
      path: `/_ilm/policy/${LIFECYCLE_POLICY}`,
      body: lifecycleOf(options.retentionMs),
    });
  }
  for (const definition of INDICES) {
    steps.push({
      method: 'PUT',
      path: `/_index_template/${definition.name}`,
      body: templateOf(definition, variant),
    });
    for (const index of indices.filter((index) => belongsTo(index.name, definition))) {
      steps.push(...upgradesOf(index, definition, variant));
    }
  }
  const first = indexName(ALERTS, options.nowMs);
  if (!indices.some(({ name }) => name === first)) {
    steps.push({ method: 'PUT', path: `/${first}`, body: {}, creates: first });
  }
  const ingest = can.ingest ? await planIngestTime(cluster) : { steps: [], left: [] };
  const roles = await roleSteps(cluster, can, options.logs ?? []);
  return { version, variant, steps: [...steps, ...ingest.steps, ...roles], left: ingest.left };
}

/**
 * Sends the steps of a plan.
 * @param onStep sees each before it is sent
 * @returns the optional ones that could not be done
 */
export async function applySetup(
  cluster: Cluster,
  { steps }: Pick<SetupPlan, 'steps'>,
  onStep?: (step: SetupStep, index: number) => void,
): Promise<SkippedStep[]> {
  const skipped: SkippedStep[] = [];
  for (const [index, step] of steps.entries()) {
    onStep?.(step, index);
    const { method, path, body } = step;
    try {
      await cluster.ask(`${method} ${path}`, (client) =>
        client.transport.request({ method, path, ...(body === undefined ? {} : { body }) }),
      );
    } catch (error) {
      if (step.creates !== undefined && (await hasIndex(cluster, step.creates))) continue;
      if (step.optional !== true || !(error instanceof AppError)) throw error;
      skipped.push({ step, reason: error.message });
    }
  }
  return skipped;
}

/** Indices whose fields Elasticsearch guesses cannot be mended afterwards, so nothing of the kind is begun. */
async function refuseRivals(cluster: Cluster, nowMs: number): Promise<void> {
  const rival = (await rivalTemplates(cluster, nowMs))?.[0];
  if (rival === undefined) return;
  throw new AppError('store_conflict', `could not set up: ${describeRival(rival)}; ${RIVAL_REMEDY}`);
}

/** Whether an index is there: another setup, or a service that writes, may have been faster. */
function hasIndex(cluster: Cluster, index: string): Promise<boolean> {
  return cluster.ask(`look for ${index}`, (client) => client.indices.exists({ index }));
}

/** The two roles, one to set up and one to run, where security is on. */
async function roleSteps(cluster: Cluster, can: Capabilities, logs: readonly string[]): Promise<SetupStep[]> {
  if ((await missingOf(cluster, { cluster: ['manage_security'], indices: [] })) === undefined) return [];
  const setup = setupRole(can);
  const roles = {
    [ROLE_NAMES.run]: runRole(logs),
    [ROLE_NAMES.setup]: { ...setup, indices: [...setup.indices, ...kibanaRole().indices] },
  };
  return Object.entries(roles).map(([name, body]) => ({
    method: 'PUT',
    path: `/_security/role/${name}`,
    body,
    optional: true,
  }));
}

/**
 * Checks that the cluster has been set up by this version or an older one that it can work with.
 * To look at templates takes a privilege that only setup needs: who may not, is not told that they are gone.
 * @param logs index expressions that are to be read
 * @throws AppError `unauthorized` that names what privileges are missing, `not_found` where `elkhound setup` is missing, `unsupported_schema` where a newer
 *   version has been here
 */
export async function checkSetup(cluster: Cluster, logs: readonly string[] = []): Promise<void> {
  await requireRunPrivileges(cluster, logs);
  const indices = await ownIndices(cluster);
  if (!indices.some(({ aliases }) => aliases.includes(ALERTS_ALIAS))) {
    throw new AppError(
      'not_found',
      `${cluster.address} has no alias ${ALERTS_ALIAS}: run "elkhound setup" before anything is written`,
    );
  }
  const missing = await missingTemplates(cluster);
  if (missing !== undefined) throw new AppError('not_found', `${cluster.address}: ${missing}`);
}

/** Asks whether the cluster would take the full templates, by simulating one; versions and licenses tell less. */
async function variantOf(cluster: Cluster): Promise<Variant> {
  try {
    await cluster.ask('simulate an index template', (client) => simulate(client, ALERTS));
    return 'full';
  } catch (error) {
    if (error instanceof AppError && error.code === 'store_rejected') return 'basic';
    throw error;
  }
}

/** Under its own name, so that the template of an earlier setup is replaced and not overlapped. */
function simulate(client: Client, definition: IndexDefinition): Promise<unknown> {
  return client.transport.request({
    method: 'POST',
    path: `/_index_template/_simulate/${definition.name}`,
    body: templateOf(definition, 'full'),
  });
}

export interface OwnIndex {
  readonly name: string;
  readonly schemaVersion: number;
  readonly aliases: readonly string[];
}

/** Our indices in the cluster. */
export async function ownIndices(cluster: Cluster): Promise<OwnIndex[]> {
  const answer = await cluster.ask('list indices', (client) =>
    client.indices.get({
      index: INDICES.map(indexPattern),
      ignore_unavailable: true,
      allow_no_indices: true,
    }),
  );
  const indices = Object.entries(answer).map(([name, { mappings, aliases }]) => ({
    name,
    schemaVersion: Number(mappings?._meta?.schema_version ?? 0),
    aliases: Object.keys(aliases ?? {}),
  }));
  for (const { name, schemaVersion } of indices) {
    const known = INDICES.find((definition) => belongsTo(name, definition));
    if (known !== undefined && schemaVersion > known.schemaVersion) {
      throw new AppError(
        'unsupported_schema',
        `the index ${name} was made by a newer elkhound (schema ${String(schemaVersion)}, this one knows ${String(known.schemaVersion)})`,
      );
    }
  }
  return indices;
}

function belongsTo(index: string, { name, monthly }: IndexDefinition): boolean {
  return monthly ? index.startsWith(`${name}-`) : index === name;
}

/** Brings an index of an earlier version up to date: fields are only ever added. */
function upgradesOf(index: OwnIndex, definition: IndexDefinition, variant: Variant): SetupStep[] {
  const steps: SetupStep[] = [];
  if (index.schemaVersion < definition.schemaVersion) {
    const { mappings } = templateOf(definition, variant).template;
    steps.push({ method: 'PUT', path: `/${index.name}/_mapping`, body: mappings });
  }
  const { alias } = definition;
  if (alias !== undefined && !index.aliases.includes(alias)) {
    steps.push({ method: 'PUT', path: `/${index.name}/_alias/${alias}`, body: {} });
  }
  return steps;
}

/** Elasticsearch makes a data stream of any `logs-*-*` name that is written to before the alias exists. */
async function checkAliasIsFree(cluster: Cluster): Promise<void> {
  const { indices, data_streams: streams } = await cluster.ask('resolve the alias', (client) =>
    client.indices.resolveIndex({ name: `${ALERTS_ALIAS}*`, expand_wildcards: 'all' }),
  );
  const taken = [...indices, ...streams].find(({ name }) => name === ALERTS_ALIAS);
  if (taken === undefined) return;
  throw new AppError(
    'store_conflict',
    `${ALERTS_ALIAS} exists already and is no alias: delete it, since the alerts need the name`,
  );
}
