/**
 * One host's hour: what every activity needs, and the conversations that many have in common.
 */
import type { Random } from '../../domain/random.js';
import { HOUR_MS, type LocalHour } from '../calendar.js';
import { chance, lognormal, pick, poisson } from '../distributions.js';
import type { DnsFacts, TlsFacts } from '../event.js';
import { ZONE, type Host, type Network } from '../network.js';
import type { Flow, Recorder } from '../recorder.js';
import type { Site } from '../sites.js';

/** Sizes and length of a conversation. */
export interface Volume {
  readonly up: number;
  readonly down: number;
  readonly durationMs: number;
}

const CIPHERS: Readonly<Record<TlsFacts['version'], readonly string[]>> = {
  TLSv13: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
  TLSv12: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  TLSv10: ['TLS_RSA_WITH_AES_128_CBC_SHA'],
};
/** Payload of a TLS handshake, client and server. */
const HANDSHAKE_UP = 640;
const HANDSHAKE_DOWN = 3_300;
/** Share of questions whose answer the own resolver has to ask outside for. */
const RESOLVER_MISSES = 0.3;
/** Share of connections on which clients ask for an IPv6 address too. */
const ASKS_IPV6 = 0.35;
const UNANSWERED_SHARE = 0.004;

/** What activities of one host in one hour share. */
export class HostHour {
  /** When each name was asked for, and until when the answer holds. */
  private readonly known = new Map<string, { from: number; to: number }>();

  /**
   * @param rate factor on how often things happen
   * @param random stream of this host and hour
   * @param isOn whether the host is switched on at a local time of day
   */
  constructor(
    readonly network: Network,
    readonly hour: LocalHour,
    readonly rate: number,
    readonly record: Recorder,
    readonly host: Host,
    readonly random: Random,
    private readonly isOn: (timeOfDay: number) => boolean = () => true,
  ) {}

  /** Any moment of the hour. */
  moment(): number {
    return this.hour.startMs + this.random.next() * HOUR_MS;
  }

  /** Local time of day of a moment of this hour, hours. */
  timeOfDay(atMs: number): number {
    return this.hour.from + (atMs - this.hour.startMs) / HOUR_MS;
  }

  /** The moment of that local time of day if it lies in this hour, else undefined. */
  momentOf(timeOfDay: number): number | undefined {
    const after = timeOfDay - this.hour.from;
    return after >= 0 && after < 1 ? this.hour.startMs + after * HOUR_MS : undefined;
  }

  /** Random moments while the host is on, `perHour` of them on average where `rate` is 1. */
  *times(perHour: number): Generator<number> {
    for (let left = poisson(this.random, perHour * this.rate); left > 0; left--) {
      const moment = this.moment();
      if (this.isOn(this.timeOfDay(moment))) yield moment;
    }
  }

  /**
   * Moments of something that repeats while the host is on; each host has its own phase.
   * `jitter` is a share of the period.
   */
  *beats(periodMs: number, jitter: number, phase = this.host.index): Generator<number> {
    const period = periodMs / this.rate;
    const offset = ((phase * 0.618_033_988_75) % 1) * period;
    const end = this.hour.startMs + HOUR_MS;
    let beat = Math.ceil((this.hour.startMs - offset) / period) * period + offset;
    for (; beat < end; beat += period) {
      const moment = beat + this.random.next() * jitter * period;
      if (this.isOn(this.timeOfDay(beat))) yield moment;
    }
  }

  /** Asks for a name unless the answer is still known. @returns when the address is there */
  resolve(name: string, answers: readonly string[], ttlSeconds: number, atMs: number): number {
    const known = this.known.get(name);
    if (known && atMs >= known.from && atMs < known.to) return atMs;
    this.known.set(name, { from: atMs, to: atMs + Math.max(20, ttlSeconds) * 1000 });
    const answered = this.ask(name, 'A', 'NOERROR', answers, ttlSeconds, atMs);
    if (chance(this.random, ASKS_IPV6)) this.ask(name, 'AAAA', 'NOERROR', [], ttlSeconds, atMs + 0.2);
    return answered + 0.5;
  }

  /** Asks the own resolver one question. @returns when the answer came */
  ask(
    query: string,
    type: string,
    code: DnsFacts['code'],
    answers: readonly string[],
    ttlSeconds: number,
    atMs: number,
  ): number {
    const { random, record, network, host } = this;
    const resolver = network.serverOf('resolver', host);
    const question = { query, type, code, answers, ttlSeconds };
    if (query.endsWith(ZONE) || !chance(random, RESOLVER_MISSES)) {
      return record.lookup(host, resolver.address, atMs, lognormal(random, 0.7, 0.6), question);
    }
    const outside = lognormal(random, 14, 0.7);
    record.lookup(resolver, pick(random, network.upstream), atMs + 0.4, outside, question);
    return record.lookup(host, resolver.address, atMs, outside + 0.4 + random.next(), question);
  }

  /** Opens a TLS connection to a site. @returns its flow, undefined where the site did not answer */
  secure(site: Site, atMs: number, volume: Volume, port = 443): Flow | undefined {
    const { random, record, host } = this;
    const name = pick(random, site.names);
    const startMs = this.resolve(name, site.answers, site.ttlSeconds, atMs);
    const to = pick(random, site.addresses);
    if (chance(random, UNANSWERED_SHARE)) {
      record.unanswered(host, to, port, startMs);
      return undefined;
    }
    return this.tlsTo(to, name, port, startMs, volume, site.rttMs);
  }

  /** Opens a TLS connection to an address under a name; an empty name is not sent. */
  tlsTo(to: string, name: string, port: number, startMs: number, volume: Volume, rttMs: number): Flow {
    const { record, host } = this;
    const flow = record.tcp({
      from: host,
      to,
      port,
      service: 'ssl',
      startMs,
      durationMs: volume.durationMs + 3 * rttMs,
      up: volume.up + HANDSHAKE_UP,
      down: volume.down + HANDSHAKE_DOWN,
    });
    record.tls(flow, rttMs, this.tlsFacts(name));
    return flow;
  }

  /** Connects to an own server by its name. */
  internal(server: Host, port: number, service: string, atMs: number, volume: Volume): Flow {
    const startMs = this.resolve(server.fullName, server.answers, 1200, atMs);
    const { up, down, durationMs } = volume;
    return this.record.tcp({
      from: this.host,
      to: server.address,
      port,
      service,
      startMs,
      durationMs,
      up,
      down,
    });
  }

  private tlsFacts(serverName: string): TlsFacts {
    const { random } = this;
    const dice = random.next();
    const version = dice < 0.72 ? 'TLSv13' : dice < 0.997 ? 'TLSv12' : 'TLSv10';
    const bad = chance(random, 0.004);
    return {
      serverName: chance(random, 0.006) ? '' : serverName,
      version,
      cipher: pick(random, CIPHERS[version]),
      resumed: chance(random, 0.35),
      established: !chance(random, 0.006),
      // TLS 1.3 encrypts the certificate.
      validation: version === 'TLSv13' ? '' : bad ? 'self signed certificate' : 'ok',
    };
  }
}
