/**
 * What the cluster is, and what this user may do there.
 */
import { AppError } from '../../../domain/error.js';
import type { Finding } from '../../finding.js';
import { describePrivilege, missingOf, runRole } from '../privileges.js';
import { describeRival, rivalTemplates, RIVAL_REMEDY } from '../rival-templates.js';
import { checkSetup, ownIndices } from '../setup.js';
import type { Examination } from './examination.js';

/** Clocks this far apart make windows that are read too early or too late, milliseconds. */
const CLOCK_TOLERANCE_MS = 5_000;

export async function examineVersion({ cluster }: Examination): Promise<Finding[]> {
  const check = 'connection';
  try {
    const message = `Elasticsearch ${await cluster.version()} answers at ${cluster.address}`;
    return [{ check, status: 'ok', message }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Who may not ask for the version may do other things.
    const known = error.code === 'unauthorized' && error.message.includes('missing cluster privilege');
    const remedy = REMEDIES[error.code];
    const status = known ? 'warning' : 'failure';
    return [{ check, status, message: error.message, ...(remedy === undefined ? {} : { remedy }) }];
  }
}

const REMEDIES: Partial<Record<AppError['code'], string>> = {
  store_unavailable: 'check elasticsearch.url, and caFile or caFingerprint where it is https',
  timeout: 'check elasticsearch.url and the network, or raise elasticsearch.requestTimeout',
  unauthorized: 'check elasticsearch.apiKey, serviceToken, or username and password',
  store_rejected: 'check elasticsearch.url: another server answers there',
};

export async function examineLicense({ cluster }: Examination): Promise<Finding[]> {
  const check = 'license';
  const answer = await cluster.ask('ask for the license', (client) =>
    client.transport.request<{ license?: { type: string; status: string } } | undefined>(
      { method: 'GET', path: '/_license' },
      { ignore: [400, 403, 404, 405, 500] },
    ),
  );
  const license = answer?.license;
  if (license === undefined) {
    return [{ check, status: 'unavailable', message: 'this build or this user cannot tell; none is needed' }];
  }
  return [
    { check, status: 'ok', message: `${license.type}, ${license.status}; elkhound needs no more than basic` },
  ];
}

export async function examinePrivileges({ cluster, indices }: Examination): Promise<Finding[]> {
  const check = 'privileges';
  const missing = await missingOf(cluster, runRole(indices));
  if (missing === undefined) {
    return [{ check, status: 'unavailable', message: 'security is off, so everybody may do everything' }];
  }
  if (missing.length === 0) {
    return [{ check, status: 'ok', message: 'the user may do all that the service needs' }];
  }
  return missing.map((privilege) => ({
    check,
    status: 'failure',
    message: `missing ${describePrivilege(privilege)}`,
    remedy:
      'give the user the role elkhound_run that "elkhound setup" makes, or leave what need not be read out of elasticsearch.indices',
  }));
}

/** The indices that there are, and the templates by which others will come to be. */
export async function examineSetup({ cluster, clock }: Examination): Promise<Finding[]> {
  const check = 'setup';
  const again = 'run "elkhound setup" with a user that may';
  try {
    await checkSetup(cluster);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'unauthorized') return [];
    const remedy = error.code === 'unsupported_schema' ? 'use the newer elkhound' : again;
    return [{ check, status: 'failure', message: error.message, remedy }];
  }
  const guessed = (await ownIndices(cluster)).filter(({ schemaVersion }) => schemaVersion === 0);
  if (guessed.length > 0) {
    const names = guessed.map(({ name }) => name).join(', ');
    const message = `made without elkhound's templates, so that their fields are guessed: ${names}`;
    const remedy = `${again}; where it cannot change a mapping, stop the services, delete these indices and run it again`;
    return [{ check, status: 'failure', message, remedy }];
  }
  const rivals = await rivalTemplates(cluster, clock.now());
  if (rivals === undefined) {
    const message = 'the cluster is set up; its index templates may not be looked at by this user';
    return [{ check, status: 'ok', message }];
  }
  const findings = rivals.map((rival): Finding => ({
    check,
    status: 'failure',
    message: describeRival(rival),
    remedy: RIVAL_REMEDY,
  }));
  return findings.length > 0 ? findings : [{ check, status: 'ok', message: 'the cluster is set up' }];
}

/** By the statistics of the node: Elasticsearch sends no `Date`. */
export async function examineClock({ cluster, clock }: Examination): Promise<Finding[]> {
  const check = 'clock';
  const before = clock.now();
  const answer = await cluster.ask('ask for the time', (client) =>
    client.transport.request<NodesAnswer>(
      { method: 'GET', path: '/_nodes/_local/stats/os?filter_path=nodes.*.timestamp' },
      { ignore: [403] },
    ),
  );
  const theirs = Object.values(answer.nodes ?? {})[0]?.timestamp;
  if (theirs === undefined) {
    const message = 'not available here: without cluster privilege monitor the server does not tell its time';
    return [{ check, status: 'unavailable', message }];
  }
  // The server looked at its clock somewhere between.
  const apartMs = Math.max(0, before - theirs, theirs - clock.now());
  const message = `this machine and the server are ${(apartMs / 1000).toFixed(1)} s apart`;
  if (apartMs <= CLOCK_TOLERANCE_MS) return [{ check, status: 'ok', message }];
  return [{ check, status: 'warning', message, remedy: 'synchronize the clocks of both machines (NTP)' }];
}

interface NodesAnswer {
  readonly nodes?: Readonly<Record<string, { readonly timestamp: number }>>;
}
