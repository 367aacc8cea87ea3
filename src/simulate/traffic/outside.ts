/**
 * What comes from outside without being asked for: visitors of the web server, and the noise of the internet.
 */
import { between, chance, lognormal, pick, poisson } from '../distributions.js';
import { PUBLIC_NAME, type Host } from '../network.js';
import { noisyAddress, publicAddress } from '../sites.js';
import type { HostHour } from './host-hour.js';

const PATHS = [
  '/',
  '/',
  '/products',
  '/about',
  '/contact',
  '/news',
  '/jobs',
  '/assets/site.css',
  '/logo.svg',
  '/robots.txt',
];
const VISITORS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
];
const CRAWLER = 'Mozilla/5.0 (compatible; searchbot/2.1)';
const PROBED_PORTS = [22, 23, 80, 443, 445, 3389, 5060, 8080, 1433, 6379, 5900, 8443];

/** Visitors of a web server; `busy` is how awake its public is, 0–1. */
export function welcomeVisitors(at: HostHour, server: Host, perHour: number, busy: number): void {
  const { random } = at;
  for (const start of at.times(perHour * (0.25 + 0.75 * busy))) {
    const from = { address: publicAddress(random), headerBytes: 52 };
    let time = start;
    for (let pages = 1 + poisson(random, 1.2); pages > 0; pages--) {
      if (chance(random, 0.88)) encrypted(at, server, from, time);
      else plain(at, server, from, time);
      time += 1000 * lognormal(random, 20, 0.9);
    }
  }
}

type From = Parameters<HostHour['record']['refused']>[0];

function encrypted({ random, record }: HostHour, server: Host, from: From, startMs: number): void {
  const volume = { up: lognormal(random, 2_400, 0.6), down: lognormal(random, 45_000, 1.1) };
  const durationMs = 1000 * lognormal(random, 6, 1.1);
  const flow = record.tcp({
    from,
    to: server.address,
    port: 443,
    service: 'ssl',
    startMs,
    durationMs,
    ...volume,
  });
  record.tls(flow, 40, {
    serverName: PUBLIC_NAME,
    version: 'TLSv13',
    cipher: 'TLS_AES_256_GCM_SHA384',
    resumed: chance(random, 0.2),
    established: true,
    validation: '',
  });
}

function plain({ random, record }: HostHour, server: Host, from: From, startMs: number): void {
  const crawls = chance(random, 0.4);
  const durationMs = lognormal(random, 300, 0.7);
  const down = lognormal(random, 9_000, 0.9);
  const flow = record.tcp({
    from,
    to: server.address,
    port: 80,
    service: 'http',
    startMs,
    durationMs,
    up: 420,
    down,
  });
  record.http(flow, 30, {
    depth: 1,
    method: 'GET',
    host: PUBLIC_NAME,
    uri: pick(random, PATHS),
    agent: crawls ? CRAWLER : pick(random, VISITORS),
    status: chance(random, 0.06) ? 404 : 301,
    requestBytes: 0,
    responseBytes: Math.round(down),
  });
}

/** Probes of addresses that everybody on the internet receives: one or two packets each, from everywhere. */
export function beProbed(at: HostHour, targets: readonly Host[], perHour: number): void {
  const { random, record } = at;
  for (const startMs of at.times(perHour)) {
    const from = { address: noisyAddress(random), headerBytes: 40 };
    const port = pick(random, PROBED_PORTS);
    const { address } = pick(random, targets);
    if (chance(random, 0.2)) record.refused(from, address, port, startMs);
    else record.unanswered(from, address, port, startMs, chance(random, 0.2) ? 2 : 1);
    if (chance(random, 0.1)) record.unanswered(from, address, port, startMs + between(random, 2e3, 9e5), 1);
  }
}
