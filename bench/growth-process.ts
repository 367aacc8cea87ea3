/**
 * Takes three windows of so many events of so many hosts through all stages, and prints what the last
 * one took.
 */
import { parseConfig } from '../src/config/load.js';
import type { RawBatch } from '../src/domain/raw.js';
import { ENTITY_KINDS } from '../src/domain/matrix.js';
import { Random } from '../src/domain/random.js';
import { WindowDetector } from '../src/job/detect.js';
import { SiteEngines } from '../src/job/sites.js';
import { Trainer } from '../src/job/train.js';
import { cpuTimed } from './report.js';
import { configuredNormalizer } from '../src/job/configured-normalizer.js';

const START_MS = Date.UTC(2026, 0, 13, 10);
const WINDOW_MS = 300_000;
const BATCH = 10_000;
const SERVERS = 200;

/** What the benchmark reads of a process. */
export interface GrowthOutcome {
  /** CPU of normalize, features, score, decide and the state for one window. */
  readonly seconds: number;
  readonly peakMb: number;
  /** Rows that were scored. */
  readonly rows: number;
}

function* batchesOf(window: number, events: number, hosts: number): Generator<RawBatch> {
  const random = new Random(window + 1);
  const startMs = START_MS + window * WINDOW_MS;
  for (let from = 0; from < events; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, events - from) }, (_, at) => {
      const i = from + at;
      // Each host at least once, the rest by chance.
      const host = i < hosts ? i : Math.floor(random.next() * hosts);
      const server = Math.floor(random.next() ** 2 * SERVERS);
      return {
        _path: 'conn',
        ts: (startMs + (i * WINDOW_MS) / events) / 1000,
        uid: `C${String(window)}-${i.toString(36)}`,
        'id.orig_h': `10.${String(64 + (host >> 16))}.${String((host >> 8) & 255)}.${String(host & 255)}`,
        'id.orig_p': 1024 + (i % 60_000),
        'id.resp_h': `10.0.0.${String(server)}`,
        'id.resp_p': server % 3 === 0 ? 443 : 80,
        proto: 'tcp',
        conn_state: 'SF',
        duration: random.next() * 10,
        orig_pkts: 5,
        resp_pkts: 8,
        orig_ip_bytes: Math.floor(400 + random.next() * 5000),
        resp_ip_bytes: Math.floor(400 + random.next() * 50_000),
      };
    });
    yield { source: 'growth', format: 'zeek', records, places: records.map((_, i) => from + i) };
  }
}

function run(events: number, hosts: number): GrowthOutcome {
  const config = parseConfig('', 'defaults');
  const engines = new SiteEngines(config.features);
  const trainer = new Trainer(config.detectors);
  let detector: WindowDetector | undefined;
  let outcome: Omit<GrowthOutcome, 'peakMb'> = { seconds: 0, rows: 0 };
  for (let k = 0; k < 3; k++) {
    const normalizer = configuredNormalizer(config, WINDOW_MS, START_MS + 10 * WINDOW_MS);
    let seconds = 0;
    // Making the records is not what is measured.
    for (const batch of batchesOf(k, events, hosts)) seconds += cpuTimed(() => normalizer.add(batch));
    let rows = 0;
    seconds += cpuTimed(() => {
      const [window] = normalizer.close(Infinity);
      if (detector) {
        const { features } = detector.detect(window!);
        for (const kind of ENTITY_KINDS) rows += features.matrices[kind].entities.length;
      } else {
        const features = engines.compute(window!);
        trainer.add(features);
        engines.advance(features);
      }
    });
    detector ??= new WindowDetector(
      config.job,
      engines,
      trainer.fit(config.job, START_MS, true),
      config.decide,
    );
    outcome = { seconds, rows };
  }
  return { ...outcome, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) };
}

const [events, hosts] = process.argv.slice(2).map(Number) as [number, number];
process.stdout.write(JSON.stringify(run(events, hosts)));
