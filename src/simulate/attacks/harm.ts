/**
 * What attackers come for: data, further machines, and an army of devices.
 */
import { HOUR_MS, MINUTE_MS } from '../calendar.js';
import { between, chance, lognormal, pick } from '../distributions.js';
import { requestTicket } from '../traffic/accounts.js';
import type { Attack, AttackStory, Scene } from './attack.js';

const MEGABYTE = 1_000_000;

/** Sends files to somebody outside while nobody works. */
function steal(scene: Scene, megabytes: number, periodMs: number, durationMs: number): AttackStory {
  const { random } = scene;
  const thief = scene.steadyClient();
  const drop = scene.outsider();
  const name = `files.${scene.domain()}`;
  const at = scene.as(thief);
  let sum = 0;
  for (const time of scene.every(periodMs, 0.3, durationMs)) {
    const up = lognormal(random, megabytes * MEGABYTE, 0.25);
    at.internal(thief.fileServer, 445, 'smb', time - 8_000, { up: 9_000, down: up, durationMs: up / 30_000 });
    const start = at.resolve(name, [drop.address], 300, time);
    at.tlsTo(
      drop.address,
      name,
      443,
      start,
      { up, down: 40_000, durationMs: up / between(random, 3_500, 6_000) },
      40,
    );
    sum += up;
  }
  return {
    entities: [{ kind: 'host', source: thief.address }],
    description: `${thief.name} (${thief.address}) sent ${String(Math.round(sum / MEGABYTE))} MB from ${thief.fileServer.name} to ${name} (${drop.address}) at night.`,
  };
}

/** Logs in from a taken machine to one host after the other. */
function moveOn(scene: Scene, hosts: number, periodMs: number): AttackStory {
  const { random, record, network } = scene;
  const from = scene.steadyClient();
  const at = scene.as(from);
  const directory = network.serverOf('directory', from);
  const candidates = [...network.servers, ...network.clients].filter(
    ({ address }) => address !== from.address,
  );
  const moments = scene.every(periodMs, 0.4, Infinity);
  const step = Math.max(1, Math.floor(candidates.length / hosts));
  const targets = candidates.filter((_, i) => i % step === 0).slice(0, hosts);
  for (const target of targets) {
    const time = moments.next().value as number;
    const ticket = {
      user: from.user,
      request: 'TGS',
      service: `cifs/${target.fullName}`,
      error: '',
    } as const;
    requestTicket(record, from, directory, time - 200, ticket);
    if (chance(random, 0.15)) {
      record.refused(from, target.address, 445, time);
      continue;
    }
    const up = lognormal(random, 700_000, 0.4);
    at.internal(target, 445, 'smb', time, { up, down: 40_000, durationMs: lognormal(random, 4_000, 0.4) });
    at.internal(target, 135, 'dce_rpc', time + 2_500, { up: 2_200, down: 1_700, durationMs: 700 });
    at.internal(target, 5985, 'http', time + 4_000, {
      up: 9_000,
      down: 6_000,
      durationMs: lognormal(random, 9_000, 0.5),
    });
  }
  return {
    entities: [{ kind: 'host', source: from.address }],
    description: `${from.name} (${from.address}) spread to ${String(targets.length)} hosts over shares and remote management.`,
  };
}

/** A device takes part in a flood of somebody outside. */
function flood(scene: Scene, perSecond: number, durationMs: number): AttackStory {
  const { random, record, network } = scene;
  const device = pick(random, network.of('camera'));
  const target = scene.outsider().address;
  for (const startMs of scene.every(1000 / perSecond, 0.8, durationMs)) {
    if (chance(random, 0.75)) record.unanswered(device, target, 80, startMs, 1);
    else {
      const volume = {
        up: 310 + random.int(60),
        down: chance(random, 0.5) ? 520 : 180,
        durationMs: lognormal(random, 900, 0.6),
      };
      record.tcp({ from: device, to: target, port: 80, service: 'http', startMs, ...volume });
    }
  }
  return {
    entities: [{ kind: 'pair', source: device.address, destination: target, port: 80 }],
    description: `${device.name} (${device.address}) flooded port 80 of ${target}.`,
  };
}

export const HARM: readonly Attack[] = [
  {
    name: 'theft-at-night',
    kind: 'data_theft',
    technique: 'T1048',
    loud: true,
    from: 0.5,
    to: 4.5,
    play: (scene) => steal(scene, 260, 80_000, 12 * MINUTE_MS),
  },
  {
    name: 'theft-in-drops',
    kind: 'data_theft',
    technique: 'T1048',
    loud: false,
    from: 22,
    to: 25,
    play: (scene) => steal(scene, 18, 9 * MINUTE_MS, 5 * HOUR_MS),
  },
  {
    name: 'lateral-movement',
    kind: 'lateral_movement',
    technique: 'T1021.002',
    loud: true,
    from: 8,
    to: 20,
    play: (scene) => moveOn(scene, 14, 22_000),
  },
  {
    name: 'lateral-movement-slow',
    kind: 'lateral_movement',
    technique: 'T1021.002',
    loud: false,
    from: 8,
    to: 14,
    play: (scene) => moveOn(scene, 9, 25 * MINUTE_MS),
  },
  {
    name: 'ddos',
    kind: 'flood',
    technique: 'T1498',
    loud: true,
    from: 0,
    to: 23,
    play: (scene) => flood(scene, 14, 7 * MINUTE_MS),
  },
  {
    name: 'ddos-trickle',
    kind: 'flood',
    technique: 'T1498',
    loud: false,
    from: 0,
    to: 20,
    play: (scene) => flood(scene, 0.4, 2 * HOUR_MS),
  },
];
