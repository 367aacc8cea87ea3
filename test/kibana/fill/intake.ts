/**
 * How logs come into a cluster.
 */
import { ElkhoundProcess } from '../../acceptance/process.js';

/** Who tells of a network: a second sensor tells much of it again, late. */
export type Sensor = 'first' | 'second';

/** A connection that a firewall denies. */
export interface DeniedFlow {
  readonly timeMs: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
}

/** A login to the domain with a wrong password. */
export interface FailedLogin {
  readonly timeMs: number;
  readonly source: string;
  readonly directory: string;
  readonly user: string;
}

/** How logs come into a cluster. */
export interface Intake {
  /** What `elkhound simulate` makes with these arguments. */
  readonly simulated: (sensor: Sensor, args: readonly string[]) => Promise<void>;
  readonly denied: (flows: readonly DeniedFlow[]) => Promise<void>;
  readonly failed: (logins: readonly FailedLogin[]) => Promise<void>;
  /** A record with what no record has, and one that is cut off. */
  readonly broken: (timeMs: number) => Promise<void>;
}

/** Runs a command to its end. */
export async function elkhound(
  url: string,
  command: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const run = ElkhoundProcess.start([command, ...args], { ELKHOUND_ELASTICSEARCH_URL: url, ...env });
  const code = await run.end();
  if (code !== 0) throw new Error(`elkhound ${command} ended with ${String(code)}:\n${run.stderr}`);
}
