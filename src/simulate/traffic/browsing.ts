/**
 * People on the web: visits of a few pages, each page loading parts from several sites.
 */
import { between, chance, lognormal, pick, poisson } from '../distributions.js';
import type { Site } from '../sites.js';
import type { HostHour } from './host-hour.js';

/** Pages of one visit, mean. */
const PAGES_PER_VISIT = 4;
const DOWNLOAD_SHARE = 0.006;

/** Who browses, and how. */
export interface Browsing {
  readonly pagesPerHour: number;
  readonly favorites: readonly Site[];
  readonly agent: string;
  /** How busy at that time of day, 0–1: thins the visits. */
  readonly busy: (timeOfDay: number) => number;
}

/** Records an hour of browsing. */
export function browse(at: HostHour, habits: Browsing): void {
  for (const start of at.times(habits.pagesPerHour / PAGES_PER_VISIT)) {
    if (!chance(at.random, habits.busy(at.timeOfDay(start)))) continue;
    const site = chooseSite(at, habits.favorites);
    let time = start;
    for (let pages = 1 + poisson(at.random, PAGES_PER_VISIT - 1); pages > 0; pages--) {
      loadPage(at, site, habits.agent, time);
      time += 1000 * lognormal(at.random, 24, 1);
    }
  }
}

/** Mostly a favorite, the first ones most; now and then something else. */
function chooseSite({ random, network }: HostHour, favorites: readonly Site[]): Site {
  if (favorites.length === 0 || chance(random, 0.22)) return network.web.draw(random);
  return favorites[Math.floor(favorites.length * random.next() ** 2)]!;
}

function loadPage(at: HostHour, site: Site, agent: string, timeMs: number): void {
  const { random } = at;
  if (chance(random, 0.012)) mistype(at, site, timeMs - between(random, 400, 3000));
  if (site.plain) plainPage(at, site, agent, timeMs);
  else at.secure(site, timeMs, pageVolume(at, site));
  for (let parts = poisson(random, 1.6); parts > 0; parts--) {
    const shared = at.network.web.drawShared(random);
    const start = timeMs + between(random, 60, 1500);
    if (chance(random, 0.18)) quic(at, shared, start);
    else at.secure(shared, start, pageVolume(at, shared));
  }
}

function pageVolume({ random }: HostHour, site: Site): { up: number; down: number; durationMs: number } {
  const download = chance(random, DOWNLOAD_SHARE);
  return {
    up: lognormal(random, 1800, 0.9),
    down: download ? lognormal(random, 6_000_000, 1.5) : lognormal(random, site.answerBytes, 1.4),
    durationMs: 1000 * lognormal(random, download ? 20 : 7, 1.4),
  };
}

function quic(at: HostHour, site: Site, timeMs: number): void {
  const { random } = at;
  const startMs = at.resolve(pick(random, site.names), site.answers, site.ttlSeconds, timeMs);
  const { up, down, durationMs } = pageVolume(at, site);
  const to = pick(random, site.addresses);
  at.record.udp({
    from: at.host,
    to,
    port: 443,
    service: 'quic',
    startMs,
    durationMs,
    up,
    down: down + 3000,
  });
}

const PAGE_PATHS = [
  '/',
  '/',
  '/index.html',
  '/news',
  '/search?q=offer',
  '/img/header.png',
  '/style.css',
  '/favicon.ico',
];

function plainPage(at: HostHour, site: Site, agent: string, timeMs: number): void {
  const { random, record, host } = at;
  const name = pick(random, site.names);
  const startMs = at.resolve(name, site.answers, site.ttlSeconds, timeMs);
  const requests = 1 + poisson(random, 1.5);
  const down = requests * lognormal(random, site.answerBytes, 1.1);
  const up = requests * 520;
  const durationMs = 1000 * lognormal(random, 4, 1.1);
  const to = pick(random, site.addresses);
  const flow = record.tcp({ from: host, to, port: 80, service: 'http', startMs, durationMs, up, down });
  for (let i = 0; i < requests; i++) {
    const dice = random.next();
    record.http(flow, site.rttMs + (i * durationMs) / (requests + 1), {
      depth: i + 1,
      method: chance(random, 0.05) ? 'POST' : 'GET',
      host: name,
      uri: pick(random, PAGE_PATHS),
      agent,
      status: dice < 0.84 ? 200 : dice < 0.9 ? 304 : dice < 0.95 ? 301 : dice < 0.99 ? 404 : 503,
      requestBytes: 0,
      responseBytes: Math.round(down / requests),
    });
  }
}

/** A typing mistake: a name that does not exist, also tried under the own zone. */
function mistype(at: HostHour, site: Site, timeMs: number): void {
  const { random } = at;
  const cut = 1 + random.int(site.domain.length - 4);
  const wrong = site.domain.slice(0, cut) + String.fromCharCode(97 + random.int(26)) + site.domain.slice(cut);
  const after = at.ask(wrong, 'A', 'NXDOMAIN', [], 0, timeMs);
  if (chance(random, 0.5)) at.ask(`${wrong}.corp.brightfield.example`, 'A', 'NXDOMAIN', [], 0, after + 1);
}
