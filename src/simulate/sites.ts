/**
 * The web that people use: a few thousand domains, some of them everywhere.
 * Addresses are made up; attackers and background noise use ranges set aside for documentation
 * and benchmarks, so that no owner of an address is ever accused.
 */
import type { Random } from '../domain/random.js';
import { chance, lognormal, pick, Zipf } from './distributions.js';
import { SITE_SUFFIXES, SITE_WORDS, TOP_LEVEL } from './words.js';

/** A domain with its servers. */
export interface Site {
  readonly domain: string;
  /** Names under it that clients connect to. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  /** The addresses that one DNS answer holds. */
  readonly answers: readonly string[];
  readonly ttlSeconds: number;
  /** Speaks HTTP without TLS. */
  readonly plain: boolean;
  /** Median bytes of an answer, and round trip in milliseconds. */
  readonly answerBytes: number;
  readonly rttMs: number;
}

/** Most addresses of a site that one DNS answer holds. */
const ANSWERS = 2;
/** Number of domains that people may visit. */
const SITE_COUNT = 3000;
/** Of them, the ones that other pages load parts from: CDNs, fonts, analytics, advertising. */
const SHARED_COUNT = 60;

const FIRST_OCTETS = [
  13, 18, 20, 23, 31, 34, 35, 40, 44, 52, 54, 64, 65, 74, 93, 104, 108, 142, 151, 157, 185, 199, 204, 212,
  216,
];
const PREFIXES = ['www', 'api', 'static', 'cdn', 'img', 'login', 'assets', 'app', 'edge', 'events'];

/** All sites, and how popular they are. */
export class Web {
  readonly sites: readonly Site[];
  readonly shared: readonly Site[];
  private readonly popularity = new Zipf(SITE_COUNT, 0.95);
  private readonly sharedPopularity = new Zipf(SHARED_COUNT, 0.9);

  constructor(random: Random) {
    const taken = new Set<string>();
    this.sites = Array.from({ length: SITE_COUNT }, () => makeSite(random, taken, false));
    this.shared = Array.from({ length: SHARED_COUNT }, () => makeSite(random, taken, true));
  }

  /** A site, by its popularity. */
  draw(random: Random): Site {
    return this.sites[this.popularity.draw(random)]!;
  }

  /** A site that pages load parts from, by how common it is. */
  drawShared(random: Random): Site {
    return this.shared[this.sharedPopularity.draw(random)]!;
  }
}

/** An address out in the internet. */
export function publicAddress(random: Random): string {
  return `${String(pick(random, FIRST_OCTETS))}.${String(random.int(250) + 1)}.${String(random.int(256))}.${String(random.int(254) + 1)}`;
}

/** An address whose owner nobody knows: of the range set aside for benchmarks, 198.18.0.0/15. */
export function noisyAddress(random: Random): string {
  return `198.${String(18 + random.int(2))}.${String(random.int(256))}.${String(1 + random.int(254))}`;
}

/** A pronounceable domain that is not in `taken`. */
function makeDomain(random: Random, taken: Set<string>): string {
  for (;;) {
    const first = pick(random, SITE_WORDS);
    const second = chance(random, 0.6) ? pick(random, SITE_SUFFIXES) : pick(random, SITE_WORDS);
    const domain = `${first}${chance(random, 0.12) ? '-' : ''}${second}.${topLevel(random)}`;
    if (taken.has(domain)) continue;
    taken.add(domain);
    return domain;
  }
}

function topLevel(random: Random): string {
  let at = random.int(100);
  for (const [name, share] of TOP_LEVEL) {
    at -= share;
    if (at < 0) return name;
  }
  return 'com';
}

function makeSite(random: Random, taken: Set<string>, shared: boolean): Site {
  const domain = makeDomain(random, taken);
  const names = new Set([
    chance(random, 0.8) && !shared ? `www.${domain}` : `${pick(random, PREFIXES)}.${domain}`,
  ]);
  for (let i = random.int(shared ? 5 : 3); i > 0; i--) names.add(`${pick(random, PREFIXES)}.${domain}`);
  const addresses = Array.from({ length: 1 + random.int(shared ? 6 : 2) }, () => publicAddress(random));
  return {
    domain,
    names: [...names],
    addresses,
    answers: addresses.slice(0, ANSWERS),
    ttlSeconds: pick(random, [30, 60, 60, 300, 300, 300, 900, 3600]),
    plain: !shared && chance(random, 0.05),
    answerBytes: lognormal(random, shared ? 6_000 : 14_000, 0.7),
    rttMs: lognormal(random, 22, 0.8),
  };
}

/** A service with one name, which programs talk to by themselves. */
export function makeService(random: Random, name: string): Site {
  const domain = makeDomain(random, new Set());
  const addresses = Array.from({ length: 3 }, () => publicAddress(random));
  return {
    domain,
    names: [`${name}.${domain}`],
    addresses,
    answers: addresses.slice(0, ANSWERS),
    ttlSeconds: 300,
    plain: false,
    answerBytes: 5_000,
    rttMs: lognormal(random, 18, 0.5),
  };
}
