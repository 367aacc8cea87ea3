/**
 * Logs as sensors and firewalls write them, through a real Logstash: its file intake reads them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster, type LogCluster } from '../../logstash/real/cluster.js';
import { startLogstash, type RunningLogstash } from '../../logstash/real/installation.js';
import type { Intake } from './intake.js';
import { asLines } from './scripts.js';

const POLL_MS = 2_000;
/** How long no document may come before it is said that some are missing. */
const PATIENCE_POLLS = 60;

/** Starts a Logstash and the Elasticsearch behind it, and stops both when the work is done. */
export async function withLogstash<T>(
  home: string,
  work: (url: string, intake: Intake) => Promise<T>,
): Promise<T> {
  const cluster = await startCluster();
  try {
    const logstash = await startLogstash(home, cluster.url);
    try {
      return await work(cluster.directUrl, throughLogstash(cluster, logstash));
    } finally {
      await logstash.stop();
    }
  } finally {
    await cluster.stop();
  }
}

function throughLogstash(cluster: LogCluster, { files }: RunningLogstash): Intake {
  let written = 0;
  return asLines(cluster.directUrl, async (lines) => {
    const before = await cluster.count();
    writeFileSync(join(files, `${String(written++)}.log`), lines.map((line) => `${line}\n`).join(''));
    await arrived(cluster, before + lines.length);
  });
}

/** Waits until there are as many documents: each line is one, among the logs or among the failures. */
async function arrived(cluster: LogCluster, wanted: number): Promise<void> {
  let count = 0;
  for (let quiet = 0; quiet < PATIENCE_POLLS; quiet++) {
    const now = await cluster.count();
    if (now >= wanted) return;
    if (now > count) quiet = -1;
    count = now;
    await delay(POLL_MS);
  }
  throw new Error(`${String(count)} documents of ${String(wanted)} have come out of Logstash`);
}
