/**
 * A thread of its own that reads files and makes windows of them, so that looking at windows need not
 * wait for it. Started by `FilePasses`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { FileCollector } from '../collect/collector.js';
import { AppError } from '../domain/error.js';
import type { WindowEvents } from '../domain/events.js';
import type { RawBatch } from '../domain/raw.js';
import { Secret } from '../domain/secret.js';
import { configuredNormalizer } from '../job/configured-normalizer.js';
import type { Pass, ReaderAnswer, ReaderInput, ReaderRequest } from './reader-protocol.js';
import { RecordPasses } from './record-passes.js';

/** Events that may wait to be taken, beside those of one window: reading stops meanwhile. */
const MAX_AHEAD = 50_000;
/** Records after which it is told how many there were. */
const TOLD_RECORDS = 20_000;

const port = parentPort!;
const { inputs, collect, normalize, privacy, windowLengthMs, nowMs } = workerData as ReaderInput;
const { users, key } = privacy;
const naming = key === undefined ? { users } : { users, key: new Secret(key) };
const collector = FileCollector.over(inputs, collect);
const passes = new RecordPasses({
  batches: () => counted(collector.batches()),
  normalizer: () => configuredNormalizer({ normalize, privacy: naming }, windowLengthMs, nowMs),
});
/** Events that were sent and not taken yet. */
let ahead = 0;
let taken: () => void = () => undefined;

port.on('message', (request: ReaderRequest) => {
  if ('pass' in request) void run(request.pass);
  else {
    ahead -= request.taken;
    taken();
  }
});

async function run(pass: Pass): Promise<void> {
  try {
    for await (const events of passes[pass]()) {
      while (ahead > MAX_AHEAD) await new Promise<void>((resolve) => (taken = resolve));
      ahead += events.events.length;
      send(events);
    }
    say({ coverage: passes.coverage, unread: collector.unread });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say({ error: { code: error.code, message: error.message } });
  }
}

function say(answer: ReaderAnswer): void {
  port.postMessage(answer);
}

/** Gives a window away: its columns are handed over, not copied. */
function send({ window, site, events, coverage }: WindowEvents): void {
  const { parts } = events;
  const answer: ReaderAnswer = { window: { window, site, events: parts, coverage } };
  port.postMessage(answer, [parts.columns.kind.buffer as ArrayBuffer]);
}

async function* counted(batches: AsyncIterable<RawBatch>): AsyncGenerator<RawBatch> {
  let records = 0;
  for await (const batch of batches) {
    records += batch.records.length;
    if (records >= TOLD_RECORDS) {
      say({ records });
      records = 0;
    }
    yield batch;
  }
  say({ records });
}
