/**
 * `npm run test:logstash [-- --page]`: all fixtures, vendors' samples and hostile inputs through a real Logstash into
 * a real Elasticsearch. Exit code 1 where a document is missing or differs from what the fixtures expect, 2 without
 * a Logstash. Without a Kafka its intake is not tried, which is said. `--page` writes docs/logstash-fields.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleFile } from '../../sample-data.js';
import { evaluate, runScripts } from '../fields.js';
import { page } from '../fields-page.js';
import { makeCertificates, type Certificates } from './certificates.js';
import { startCluster, type LogCluster } from './cluster.js';
import { inputsOf, type Inputs } from './inputs.js';
import { hasPlugin, installation, startLogstash, type RunningLogstash } from './installation.js';
import { judge, type Verdict } from './judge.js';
import { kafkaHome, startKafka, type Kafka } from './kafka.js';
import { isPolled, judgeOffenses } from './offenses.js';
import { Qradar, type Exercise, type Offense } from './qradar.js';
import { netflow5, post, recordOf, sendByBeats, sendByTcp, sendByUdp } from './send.js';
import { sendOverTls, tlsIntakes } from './tls.js';

const PAGE = join(__dirname, '..', '..', '..', 'docs', 'logstash-fields.md');
const KAFKA_PLUGIN = 'logstash-integration-kafka';
const POLL_MS = 1_000;
/** How much is shown of what Logstash says of itself where a run breaks off. */
const COMPLAINTS = 4_000;
/** With empty queues, nothing comes after so long a pause. */
const QUIET_POLLS = 20;

async function main(): Promise<void> {
  const found = installation();
  if (found === undefined) {
    process.stderr.write(
      'LOGSTASH_HOME names no Logstash: set it to the folder of an installation, 8.19 or newer\n',
    );
    process.exitCode = 2;
    return;
  }
  const broker = brokerFor(found.home);
  const inputs = inputsOf(sampleFile('vendor'), broker !== undefined);
  const started: Part[] = [];
  try {
    const verdict = await verify(await start(found.home, broker, inputs, started), inputs);
    report(verdict, found.version);
    if (verdict.problems.length > 0) process.exitCode = 1;
    if (process.argv.includes('--page')) writeFileSync(PAGE, pageOf(inputs, verdict, found.version));
  } finally {
    for (const part of started.reverse()) await part.stop();
  }
}

/** Something that runs until it is stopped. */
interface Part {
  stop(): Promise<void> | void;
}

/** Logstash and all that it talks to. */
interface Parts {
  readonly certificates: Certificates;
  readonly cluster: LogCluster;
  readonly qradar: Qradar;
  readonly kafka: Kafka | undefined;
  readonly logstash: RunningLogstash;
}

/** Starts all parts; `started` has what is to be stopped, also when one of them does not start. */
async function start(
  home: string,
  broker: string | undefined,
  { fixtures }: Inputs,
  started: Part[],
): Promise<Parts> {
  const keep = <T extends Part>(part: T): T => {
    started.push(part);
    return part;
  };
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-certificates-'));
  keep({ stop: () => rmSync(folder, { recursive: true }) });
  const certificates = makeCertificates(folder);
  const cluster = keep(await startCluster());
  const offenses = fixtures.flatMap(({ source, input }) => (source === 'qradar' ? [input as Offense] : []));
  const qradar = keep(await Qradar.start(certificates, offenses));
  const kafka = broker === undefined ? undefined : keep(await startKafka(broker));
  const intakes = { ...tlsIntakes(certificates), ...qradar.intakes(), ...kafka?.intakes() };
  const logstash = keep(await startLogstash(home, cluster.url, intakes));
  return { certificates, cluster, qradar, kafka, logstash };
}

/** The Kafka that Logstash can read from; where there is none, that is said. */
function brokerFor(home: string): string | undefined {
  const broker = kafkaHome();
  if (broker !== undefined && hasPlugin(home, KAFKA_PLUGIN)) return broker;
  const why =
    broker === undefined
      ? 'KAFKA_HOME names no Kafka: set it to the folder of an installation, 4.0 or newer'
      : `this Logstash has no ${KAFKA_PLUGIN}`;
  process.stderr.write(`NOT TRIED: the intake for Kafka, for ${why}\n`);
  return undefined;
}

/** The page about the vendors' samples, with the Ruby scripts run once more on their own. */
function pageOf({ samples }: Inputs, { events }: Verdict, version: string): string {
  const { stdout: ruby } = spawnSync('ruby', ['-e', 'print "Ruby ", RUBY_VERSION'], { encoding: 'utf8' });
  const logstash = { by: `Logstash ${version}`, results: evaluate(samples, events, true) };
  return page(logstash, { by: ruby, results: evaluate(samples, runScripts(['ruby'], samples)) });
}

/** Sends everything and looks at what has come out. */
async function verify(parts: Parts, inputs: Inputs): Promise<Verdict> {
  const { cluster, logstash } = parts;
  const began = Date.now();
  const flows = flowsOf(inputs);
  try {
    const { exercise, problems } = await sendAll(parts, inputs, flows);
    await arrived(cluster, logstash);
    process.stdout.write(`sent and indexed in ${String(Math.round((Date.now() - began) / 1000))} s\n`);
    const documents = await cluster.documents();
    const ways = parts.kafka === undefined ? 3 : 4;
    const others = documents.filter((found) => !isPolled(found));
    const verdict = judge(inputs, { flows: flows.length, ways }, others);
    const ofOffenses = judgeOffenses(exercise, inputs.fixtures, documents, logstash.complaints());
    return { ...verdict, problems: [...problems, ...verdict.problems, ...ofOffenses] };
  } catch (error) {
    process.stderr.write(`${logstash.complaints().slice(-COMPLAINTS)}\n`);
    throw error;
  }
}

/** Sends everything; tells what QRadar has gone through, and what was wrong with the sending itself. */
async function sendAll(
  { logstash: { ports }, certificates, qradar, kafka }: Parts,
  inputs: Inputs,
  flows: readonly Buffer[],
): Promise<{ exercise: Exercise; problems: string[] }> {
  await sendByUdp(ports.netflow, flows);
  await sendByUdp(ports.syslog, inputs.lines);
  await sendByTcp({ port: ports.syslog }, [...inputs.lines, ...inputs.bytes]);
  await sendByBeats({ port: ports.beats }, inputs.shipped);
  await post(ports.http, inputs.posted);
  const problems = await sendOverTls(ports, certificates, inputs);
  await kafka?.send([...inputs.lines, ...inputs.recorded.map(recordOf)]);
  return { exercise: await qradar.exercise(), problems };
}

/** The fixtures' flows of NetFlow 5, as packets. */
function flowsOf({ fixtures }: Inputs): Buffer[] {
  return fixtures.flatMap(({ input }) => {
    const { netflow, '@timestamp': time } = input as {
      netflow?: Record<string, unknown>;
      '@timestamp': string;
    };
    return netflow?.version === 5 ? [netflow5(netflow, Date.parse(time))] : [];
  });
}

/** Waits until nothing is under way and nothing comes any more. */
async function arrived(cluster: LogCluster, logstash: RunningLogstash): Promise<void> {
  let last = -1;
  for (let quiet = 0; quiet < QUIET_POLLS; quiet++) {
    const count = await cluster.count();
    if (count !== last || (await logstash.waiting()) > 0) quiet = -1;
    last = count;
    await delay(POLL_MS);
  }
}

function report({ bySource, problems }: Verdict, version: string): void {
  const lines = bySource.map(
    ({ source, sent, documents, failures, missing }) =>
      `${source}: ${String(sent)} sent, ${String(documents)} documents, ${String(failures)} failures, ${String(missing)} missing`,
  );
  for (const line of lines) process.stdout.write(`${line}\n`);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`Logstash ${version}: ${String(problems.length)} problems\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
