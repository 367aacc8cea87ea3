/**
 * The part of `elkhound setup` that concerns Kibana.
 */
import type { Config } from '../config/schema.js';
import { systemClock } from '../domain/clock.js';
import { kibanaAccess } from '../kibana/install/access.js';
import { Kibana, type KibanaRequest } from '../kibana/install/connection.js';
import {
  applyExtras,
  applyObjects,
  applyRemoval,
  planInstall,
  planUninstall,
  type InstallPlan,
  type RemovalPlan,
  type SkippedExtra,
} from '../kibana/install/install.js';
import { parseRecord, recordKey, type InstallRecord } from '../kibana/install/record.js';
import type { Fate } from '../kibana/install/plan.js';
import { allSavedObjects } from '../kibana/objects.js';
import { keyOf } from '../kibana/saved-object.js';
import type { Cluster } from '../store/elasticsearch/cluster.js';
import { kibanaRole, requirePrivileges } from '../store/elasticsearch/privileges.js';
import { statesOf } from '../store/elasticsearch/states.js';

/** Planned work on a Kibana. */
export interface KibanaWork {
  /** Does it. */
  apply(): Promise<void>;
  /** Lines for a person: what was done, or would be. */
  describe(applied: boolean): string[];
  /** The same for a program. */
  toJson(): object;
}

/** How `setup` was called. */
export interface KibanaChoice {
  readonly overwrite: boolean;
  readonly uninstall: boolean;
}

/** Looks at the configured Kibana, and writes nothing; undefined where there is none. */
export async function planKibana(
  config: Config,
  cluster: Cluster,
  { overwrite, uninstall }: KibanaChoice,
): Promise<KibanaWork | undefined> {
  const access = kibanaAccess(config);
  if (access === undefined) return undefined;
  const kibana = new Kibana(access);
  await requirePrivileges(cluster, 'set up Kibana', kibanaRole());
  const states = statesOf(cluster, systemClock);
  const key = recordKey(kibana.space);
  const state = await states.getState(key);
  const record = parseRecord(state?.value);
  const keep = async (next: InstallRecord): Promise<void> => {
    await states.putState(key, JSON.stringify(next), state?.version ?? null);
  };
  if (uninstall) return removal(kibana, await planUninstall(kibana, { record, overwrite }), record, keep);
  const pages = config.alert.baseUrl;
  // Links in the objects lead to where people reach the pages.
  const objects = allSavedObjects(pages === undefined ? {} : { address: pages.replace(/\/+$/, '') });
  const plan = await planInstall(kibana, { objects, pages, record, overwrite });
  return installation(kibana, plan, record, keep);
}

const DEEDS: Readonly<Record<Fate, string>> = {
  new: 'install',
  update: 'update',
  current: 'as it should be',
  changed: 'replace, though somebody has changed it',
  unknown: 'replace, though it was not installed by setup',
};
const KEPT: Readonly<Partial<Record<Fate, string>>> = {
  changed: 'somebody has changed it; --overwrite replaces it',
  unknown: 'it was not installed by setup; --overwrite replaces it',
};

function installation(
  kibana: Kibana,
  plan: InstallPlan,
  record: InstallRecord,
  keep: (record: InstallRecord) => Promise<void>,
): KibanaWork {
  let skipped: SkippedExtra[] = [];
  return {
    async apply() {
      if (plan.objects.some(({ send }) => send)) await keep(await applyObjects(kibana, plan, record));
      skipped = await applyExtras(kibana, plan);
    },
    describe: (applied) => [
      titleOf(kibana, plan.version),
      ...plan.objects.map(({ object, fate, send }) => {
        const deed = send || fate === 'current' ? DEEDS[fate] : `kept: ${KEPT[fate] ?? fate}`;
        return `${applied && send ? 'done: ' : ''}${keyOf(object)}: ${deed}`;
      }),
      ...plan.extras.flatMap(({ extra, action }) => {
        if (action === 'keep') return [`${extra.title}: kept as it is; --overwrite replaces it`];
        const reason = skipped.find((one) => one.extra === extra)?.reason;
        if (applied && reason === undefined) return [`done: ${extra.title}: ${action}`];
        const why =
          reason === undefined ? [] : [`# not done: ${reason}; where it is wanted, send it yourself:`];
        return [...why, consoleText(extra[action])];
      }),
    ],
    toJson: () => ({
      ...whereOf(kibana, plan.version),
      objects: plan.objects.map(({ object: { type, id }, fate, send }) => ({ type, id, fate, send })),
      extras: plan.extras.map(({ extra, action }) => ({ title: extra.title, action })),
      skipped: skipped.map(({ extra, reason }) => ({ title: extra.title, reason })),
    }),
  };
}

function removal(
  kibana: Kibana,
  plan: RemovalPlan,
  record: InstallRecord,
  keep: (record: InstallRecord) => Promise<void>,
): KibanaWork {
  return {
    async apply() {
      if (Object.keys(record.objects).length === 0 && plan.extras.length === 0) return;
      await keep(await applyRemoval(kibana, plan, record));
    },
    describe: (applied) => {
      const mark = applied ? 'done: ' : '';
      return [
        titleOf(kibana, plan.version),
        ...plan.extras.map(({ title }) => `${mark}${title}: remove`),
        ...plan.remove.map((object) => `${mark}${keyOf(object)}: remove`),
        ...plan.keep.map(
          (object) =>
            `${keyOf(object)}: kept: somebody has changed it, or what was changed needs it; --overwrite removes it`,
        ),
      ];
    },
    toJson: () => ({
      ...whereOf(kibana, plan.version),
      remove: plan.remove.map(({ type, id }) => ({ type, id })),
      keep: plan.keep.map(({ type, id }) => ({ type, id })),
      extras: plan.extras.map(({ title }) => ({ title })),
    }),
  };
}

function titleOf({ address, space }: Kibana, version: string): string {
  return `# Kibana ${version} at ${address}, space ${space}`;
}

function whereOf({ address, space }: Kibana, version: string): object {
  return { address, space, version };
}

/** As the console in Kibana's Dev Tools takes it, opened in the space. */
function consoleText({ method, path, body }: KibanaRequest): string {
  return `${method} kbn:${path}\n${body === undefined ? '' : `${JSON.stringify(body, null, 2)}\n`}`;
}
