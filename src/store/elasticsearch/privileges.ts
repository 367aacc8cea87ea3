/**
 * Privileges: what the commands need, as roles, and which of it is missing.
 */
import { ALERTS_ALIAS } from '../../documents/alerts.js';
import { INDEX_PREFIX } from '../../documents/index-definition.js';
import { STATE } from '../../documents/state.js';
import { AppError } from '../../domain/error.js';
import type { Cluster } from './cluster.js';

/** Body of `PUT _security/role`: the least that a task needs. */
export interface RoleDefinition {
  readonly cluster: readonly string[];
  readonly indices: readonly IndexPrivileges[];
}

interface IndexPrivileges {
  readonly names: readonly string[];
  readonly privileges: readonly string[];
}

/** Names of the roles that `elkhound setup` makes. */
export const ROLE_NAMES = { run: 'elkhound_run', setup: 'elkhound_setup' } as const;

const OWN_INDICES = `${INDEX_PREFIX}*`;

/** What `start` needs, and `doctor`. @param logs index expressions that hold the logs */
export function runRole(logs: readonly string[]): RoleDefinition {
  return {
    cluster: ['monitor'],
    indices: [
      { names: localOf(logs), privileges: ['read', 'view_index_metadata'] },
      {
        names: [OWN_INDICES],
        privileges: [
          'read',
          'index',
          'delete',
          'create_index',
          'delete_index',
          'maintenance',
          'view_index_metadata',
        ],
      },
    ],
  };
}

/** What a cluster can do that small builds cannot. */
export interface Capabilities {
  /** Deletes indices by itself when they are old. */
  readonly lifecycle: boolean;
  /** Sets fields while it ingests. */
  readonly ingest: boolean;
}

/** What `setup` needs; without `can`, on any cluster. */
export function setupRole(can: Capabilities = { lifecycle: false, ingest: false }): RoleDefinition {
  return {
    cluster: [
      ...['monitor', 'manage_index_templates'],
      ...(can.lifecycle ? ['manage_ilm'] : []),
      ...(can.ingest ? ['manage_ingest_pipelines'] : []),
    ],
    indices: [{ names: [OWN_INDICES, ALERTS_ALIAS], privileges: ['manage'] }],
  };
}

/** What `setup` needs beside {@link setupRole} where there is a Kibana: what was put there is kept here. */
export function kibanaRole(): RoleDefinition {
  return { cluster: [], indices: [{ names: [STATE.name], privileges: ['read', 'index', 'create_index'] }] };
}

/** What `simulate --to elasticsearch` needs; without `manage_index_templates` the cluster's own mapping is used. */
export function simulateRole(stream: string): RoleDefinition {
  return { cluster: [], indices: [{ names: [stream], privileges: ['create_doc', 'auto_configure'] }] };
}

/** A privilege that the user has not: `index privilege read on logs-*`. */
export interface MissingPrivilege {
  readonly kind: 'cluster' | 'index';
  readonly privilege: string;
  /** Index expression; absent for a privilege on the cluster. */
  readonly on?: string;
}

type Granted = Readonly<Record<string, boolean>>;

interface PrivilegesAnswer {
  readonly has_all_requested?: boolean;
  readonly cluster?: Granted;
  readonly index?: Readonly<Record<string, Granted>>;
}

/** What of a role the user lacks; undefined where security is off or cannot tell. */
export async function missingOf(
  cluster: Cluster,
  role: RoleDefinition,
): Promise<MissingPrivilege[] | undefined> {
  const answer = await cluster.ask('ask for privileges', (client) =>
    client.transport.request<PrivilegesAnswer | undefined>(
      {
        method: 'POST',
        path: '/_security/user/_has_privileges',
        body: { cluster: role.cluster, index: role.indices.filter(({ names }) => names.length > 0) },
      },
      // What a server without security says: no handler, or that it is off.
      { ignore: [400, 404, 405, 500] },
    ),
  );
  if (answer?.has_all_requested === undefined) return undefined;
  const missing: MissingPrivilege[] = [];
  for (const [privilege, granted] of Object.entries(answer.cluster ?? {})) {
    if (!granted) missing.push({ kind: 'cluster', privilege });
  }
  for (const [on, privileges] of Object.entries(answer.index ?? {})) {
    for (const [privilege, granted] of Object.entries(privileges)) {
      if (!granted) missing.push({ kind: 'index', privilege, on });
    }
  }
  return missing;
}

/**
 * Refuses to begin what would fail half way.
 * @param tolerated what is not missed
 * @throws AppError `unauthorized` that names every missing privilege
 */
export async function requirePrivileges(
  cluster: Cluster,
  what: string,
  role: RoleDefinition,
  tolerated: (missing: MissingPrivilege) => boolean = () => false,
): Promise<void> {
  const missing = (await missingOf(cluster, role))?.filter((one) => !tolerated(one)) ?? [];
  if (missing.length === 0) return;
  throw new AppError(
    'unauthorized',
    `could not ${what} (${cluster.address}): missing ${missing.map(describePrivilege).join(', ')}; give the user a role with it, as "elkhound setup --dry-run" prints them`,
  );
}

/**
 * Refuses to start without what the service needs. Of several log indices one is enough to begin
 * with: `doctor` tells of the others.
 * @throws AppError `unauthorized` that names every missing privilege
 */
export async function requireRunPrivileges(cluster: Cluster, logs: readonly string[]): Promise<void> {
  const role = runRole(logs);
  const missing = (await missingOf(cluster, role)) ?? [];
  const unread = new Set(missing.filter(({ privilege }) => privilege === 'read').map(({ on }) => on));
  const some = logs.some((name) => !unread.has(name));
  await requirePrivileges(
    cluster,
    'start',
    role,
    ({ kind, on }) => kind === 'cluster' || (some && on !== undefined && logs.includes(on)),
  );
}

/** In the words of Elasticsearch's documentation. */
export function describePrivilege({ kind, privilege, on }: MissingPrivilege): string {
  return `${kind} privilege ${privilege}${on === undefined ? '' : ` on ${on}`}`;
}

/** Privileges on remote clusters are given there, and exclusions need none. */
function localOf(logs: readonly string[]): string[] {
  return logs.filter((name) => !name.includes(':') && !name.startsWith('-'));
}
