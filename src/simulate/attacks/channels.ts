/**
 * Talking to a master outside: beacons, tunnels through DNS, mining pools.
 */
import { HOUR_MS, MINUTE_MS } from '../calendar.js';
import { between, lognormal } from '../distributions.js';
import type { Attack, AttackStory, Scene } from './attack.js';

const HEX = '0123456789abcdef';

/** Calls home over TLS at a steady pace. */
function beacon(scene: Scene, periodMs: number, jitter: number, durationMs: number): AttackStory {
  const { random } = scene;
  const victim = scene.steadyClient();
  const master = scene.outsider();
  const name = `cdn.${scene.domain()}`;
  const at = scene.as(victim);
  for (const time of scene.every(periodMs, jitter, durationMs)) {
    const start = at.resolve(name, [master.address], 600, time);
    const volume = {
      up: 420 + random.int(30),
      down: 180 + random.int(12),
      durationMs: lognormal(random, 320, 0.15),
    };
    at.tlsTo(master.address, name, 443, start, volume, 35);
  }
  return {
    entities: [{ kind: 'pair', source: victim.address, destination: master.address, port: 443 }],
    description: `${victim.name} (${victim.address}) called ${name} (${master.address}) every ${String(periodMs / 1000)} seconds, give or take ${String(Math.round(jitter * 100))} %.`,
  };
}

/** Carries data in the names of DNS questions. */
function tunnel(scene: Scene, label: number, periodMs: number, durationMs: number): AttackStory {
  const { random } = scene;
  const victim = scene.steadyClient();
  const domain = scene.domain();
  const at = scene.as(victim);
  let questions = 0;
  for (const time of scene.every(periodMs, 0.6, durationMs)) {
    const data = Array.from({ length: label }, () => HEX[random.int(16)]!).join('');
    const answer = Array.from({ length: 60 }, () => HEX[random.int(16)]!).join('');
    at.ask(`${data}.t.${domain}`, 'TXT', 'NOERROR', [`TXT 60 ${answer}`], 0, time);
    questions++;
  }
  return {
    entities: [{ kind: 'host', source: victim.address }],
    description: `${victim.name} (${victim.address}) carried data out in ${String(questions)} DNS questions for names under ${domain}.`,
  };
}

/** Mines for a pool, over connections that hold for some minutes. */
function mine(scene: Scene, port: number, sessionMs: number, durationMs: number): AttackStory {
  const { random, record } = scene;
  const victim = scene.steadyClient();
  const pool = scene.outsider();
  const name = `pool.${scene.domain()}`;
  const at = scene.as(victim);
  for (const time of scene.every(sessionMs + 4_000, 0.1, durationMs)) {
    const startMs = at.resolve(name, [pool.address], 300, time);
    const lastsMs = sessionMs * between(random, 0.85, 0.95);
    const volume = { up: lastsMs / 60, down: lastsMs / 25, durationMs: lastsMs };
    if (port === 443) at.tlsTo(pool.address, name, port, startMs, volume, 30);
    else record.tcp({ from: victim, to: pool.address, port, service: '', startMs, ...volume });
  }
  return {
    entities: [{ kind: 'pair', source: victim.address, destination: pool.address, port }],
    description: `${victim.name} (${victim.address}) mined for ${name} (${pool.address}) on port ${String(port)}.`,
  };
}

export const CHANNELS: readonly Attack[] = [
  {
    name: 'beacon',
    kind: 'beacon',
    technique: 'T1071.001',
    loud: false,
    from: 7,
    to: 12,
    play: (scene) => beacon(scene, MINUTE_MS, 0.1, 8 * HOUR_MS),
  },
  {
    name: 'beacon-slow',
    kind: 'beacon',
    technique: 'T1071.001',
    loud: false,
    from: 0,
    to: 10,
    play: (scene) => beacon(scene, 15 * MINUTE_MS, 0.3, 30 * HOUR_MS),
  },
  {
    name: 'dns-tunnel',
    kind: 'dns_tunnel',
    technique: 'T1071.004',
    loud: true,
    from: 8,
    to: 22,
    play: (scene) => tunnel(scene, 52, 350, 12 * MINUTE_MS),
  },
  {
    name: 'dns-tunnel-slow',
    kind: 'dns_tunnel',
    technique: 'T1071.004',
    loud: false,
    from: 8,
    to: 16,
    play: (scene) => tunnel(scene, 30, 20_000, 5 * HOUR_MS),
  },
  {
    name: 'mining',
    kind: 'mining',
    technique: 'T1496',
    loud: true,
    from: 0,
    to: 18,
    play: (scene) => mine(scene, 3333, 4 * MINUTE_MS, 4 * HOUR_MS),
  },
  {
    name: 'mining-hidden',
    kind: 'mining',
    technique: 'T1496',
    loud: false,
    from: 0,
    to: 12,
    play: (scene) => mine(scene, 443, 100 * MINUTE_MS, 10 * HOUR_MS),
  },
];
