/**
 * Looking for what answers: many ports of one host, one port of many hosts.
 */
import { HOUR_MS, MINUTE_MS } from '../calendar.js';
import { chance, pick } from '../distributions.js';
import type { Host } from '../network.js';
import type { Endpoint } from '../conversation.js';
import type { Attack, AttackStory, Scene } from './attack.js';

const KNOWN_PORTS = [
  21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 389, 443, 445, 465, 587, 631, 873, 993, 995,
];
const SCANNING = 'T1046';
const SMB = 445;

/** Ports in no order, none twice; well-known ones among the first. */
function portsToTry({ random }: Scene, count: number): number[] {
  const ports = new Set(KNOWN_PORTS);
  while (ports.size < count) ports.add(1 + random.int(10_000));
  return [...ports].slice(0, count);
}

function knock({ random, record }: Scene, from: Endpoint, to: string, port: number, timeMs: number): void {
  if (chance(random, 0.7)) record.refused(from, to, port, timeMs);
  else record.unanswered(from, to, port, timeMs, 1);
}

function scanPorts(scene: Scene, count: number, periodMs: number): AttackStory {
  const from = scene.outsider();
  const target = pick(scene.random, scene.network.of('web'));
  const ports = portsToTry(scene, count);
  const moments = scene.every(periodMs, 0.6, Infinity);
  for (const port of ports) knock(scene, from, target.address, port, moments.next().value as number);
  return {
    entities: [{ kind: 'host', source: from.address }],
    description: `${from.address} tried ${String(count)} ports of ${target.name} (${target.address}), one every ${periodText(periodMs)}.`,
  };
}

/** Addresses of the networks of servers and clients, in no order. */
function addressesNearby({ random, network }: Scene, count: number): { address: string; host?: Host }[] {
  const hosts = new Map(network.hosts.map((host) => [host.address, host]));
  const found = new Set<string>();
  while (found.size < count) {
    found.add(`10.20.${String(pick(random, [1, 100, 101]))}.${String(1 + random.int(254))}`);
  }
  return [...found].map((address) => {
    const host = hosts.get(address);
    return host ? { address, host } : { address };
  });
}

function sweepHosts(scene: Scene, count: number, periodMs: number): AttackStory {
  const { random, record } = scene;
  const from = scene.steadyClient();
  const moments = scene.every(periodMs, 0.5, Infinity);
  let answered = 0;
  for (const { address, host } of addressesNearby(scene, count)) {
    const startMs = moments.next().value as number;
    const opens = host?.role === 'file' || host?.role === 'directory' || host?.role === 'print';
    if (opens) {
      answered++;
      record.tcp({
        from,
        to: address,
        port: SMB,
        service: 'smb',
        startMs,
        durationMs: 90,
        up: 420,
        down: 610,
      });
    } else if (host && chance(random, 0.6)) record.refused(from, address, SMB, startMs);
    else record.unanswered(from, address, SMB, startMs, 1);
  }
  return {
    entities: [{ kind: 'host', source: from.address }],
    description: `${from.name} (${from.address}) looked for shares on ${String(count)} addresses, one every ${periodText(periodMs)}; ${String(answered)} answered.`,
  };
}

function periodText(periodMs: number): string {
  if (periodMs >= MINUTE_MS) return `${String(periodMs / MINUTE_MS)} minutes`;
  return `${String(periodMs / 1000)} seconds`;
}

export const SCANS: readonly Attack[] = [
  {
    name: 'port-scan',
    kind: 'port_scan',
    technique: SCANNING,
    loud: true,
    from: 0,
    to: 23,
    play: (scene) => scanPorts(scene, 600, 400),
  },
  {
    name: 'port-scan-slow',
    kind: 'port_scan',
    technique: SCANNING,
    loud: false,
    from: 0,
    to: 12,
    play: (scene) => scanPorts(scene, 150, 4 * MINUTE_MS),
  },
  {
    name: 'host-sweep',
    kind: 'host_sweep',
    technique: SCANNING,
    loud: true,
    from: 8,
    to: 22,
    play: (scene) => sweepHosts(scene, 300, 600),
  },
  {
    name: 'host-sweep-slow',
    kind: 'host_sweep',
    technique: SCANNING,
    loud: false,
    from: 8,
    to: 18,
    play: (scene) => sweepHosts(scene, (4 * HOUR_MS) / 45_000, 45_000),
  },
];
