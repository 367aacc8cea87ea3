/**
 * Getting in with passwords: guessed ones, leaked ones, and those of people who have left.
 */
import { HOUR_MS, MINUTE_MS } from '../calendar.js';
import { between, chance, lognormal, pick, shuffled } from '../distributions.js';
import { accountName, REALM, type Host } from '../network.js';
import { requestTicket, WRONG_PASSWORD } from '../traffic/accounts.js';
import { SERVER_VERSION } from '../traffic/administration.js';
import { contractsOn, poolAddress } from '../traffic/remote.js';
import { SURNAMES } from '../words.js';
import type { Attack, AttackStory, Scene } from './attack.js';

const GUESSER = 'SSH-2.0-libssh2_1.10.0';
/** Addresses of the gateway's pool from here on are nobody's usual ones. */
const UNUSED_POOL = 4_320;
const AS_SERVICE = `krbtgt/${REALM}`;
const UNKNOWN_USER = 'KDC_ERR_C_PRINCIPAL_UNKNOWN';
/** Days without a login after which an account is dormant; there is always one that is not much longer. */
const DORMANT_DAYS = 5;

/** Guesses at the SSH service of the web server. */
function guess(scene: Scene, periodMs: number, durationMs: number): AttackStory {
  const { random, record, network } = scene;
  const from = scene.outsider();
  const target = pick(random, network.of('web'));
  let guesses = 0;
  for (const startMs of scene.every(periodMs, 0.4, durationMs)) {
    const conversation = { from, to: target.address, port: 22, service: 'ssh', startMs };
    const flow = record.tcp({
      ...conversation,
      durationMs: lognormal(random, 2_300, 0.3),
      up: 1_450,
      down: 1_900,
    });
    const attempts = 1 + random.int(3);
    record.ssh(flow, 300, { client: GUESSER, server: SERVER_VERSION, attempts, success: false });
    guesses += attempts;
  }
  return {
    entities: [{ kind: 'host', source: from.address }],
    description: `${from.address} guessed ${String(guesses)} passwords over SSH on ${target.name} (${target.address}).`,
  };
}

/** Tries leaked passwords of many accounts from a guest's machine; a few still hold. */
function stuff(scene: Scene, tries: number, periodMs: number): AttackStory {
  const { random, record, network } = scene;
  const from = pick(random, network.guests);
  const directory = network.serverOf('directory', from);
  const moments = scene.every(periodMs, 0.5, Infinity);
  const victims = [1, 2].map((part) => Math.floor((part * tries) / 2) - 1);
  const staff = shuffled(network.clients, random).map(({ user }) => user);
  for (let i = 0; i < tries; i++) {
    const startMs = moments.next().value as number;
    const holds = victims.includes(i);
    const known = holds || chance(random, 0.6);
    const user = known ? staff[i % staff.length]! : `${pick(random, SURNAMES)}.${pick(random, SURNAMES)}`;
    const error = holds ? '' : known ? WRONG_PASSWORD : UNKNOWN_USER;
    requestTicket(record, from, directory, startMs, { user, request: 'AS', service: AS_SERVICE, error });
  }
  return {
    entities: [{ kind: 'host', source: from.address }],
    description: `${from.name} (${from.address}) tried leaked passwords on ${String(tries)} accounts and got in as ${victims.map((i) => staff[i % staff.length]!).join(' and ')}.`,
  };
}

/** Comes in at night with an account that has not been used for days, and reads what it can. */
function wake(scene: Scene): AttackStory {
  const { random, record, network, startMs, hour } = scene;
  const dormant = contractsOn(network, hour.day).filter(({ idleDays }) => idleDays >= DORMANT_DAYS);
  const { user } = dormant.reduce((a, b) => (b.idleDays < a.idleDays ? b : a));
  const from = scene.outsider();
  const gateway = network.of('vpn')[0]!;
  const directory = network.serverOf('directory', gateway);
  const tunnel = { from, to: gateway.address, port: 1194, service: '', startMs, durationMs: 50 * MINUTE_MS };
  record.udp({ ...tunnel, up: 900_000, down: 60_000_000 }, 1250);
  const ticket = { user, realm: REALM, error: '' };
  requestTicket(record, gateway, directory, startMs + 300, { ...ticket, request: 'AS', service: AS_SERVICE });
  const inside: Host = { ...gateway, address: poolAddress(UNUSED_POOL + random.int(200)), headerBytes: 40 };
  const at = scene.as(inside);
  requestTicket(record, inside, directory, startMs + 9_000, {
    ...ticket,
    request: 'AS',
    service: AS_SERVICE,
  });
  let time = startMs + 20_000;
  for (const server of network.of('file')) {
    const service = `cifs/${server.fullName}`;
    requestTicket(record, inside, directory, time, { ...ticket, request: 'TGS', service });
    for (let shares = 4; shares > 0; shares--) {
      time += between(random, 20_000, 120_000);
      const down = lognormal(random, 12_000_000, 0.7);
      at.internal(server, 445, 'smb', time, { up: 30_000, down, durationMs: down / 1_500 });
    }
  }
  return {
    entities: [{ kind: 'user', user: accountName(user) }],
    description: `${from.address} came in through ${gateway.name} as ${user}, whose account had not been used for days, and read shares.`,
  };
}

export const LOGIN_ATTACKS: readonly Attack[] = [
  {
    name: 'password-guessing',
    kind: 'password_guessing',
    technique: 'T1110.001',
    loud: true,
    from: 0,
    to: 23,
    play: (scene) => guess(scene, 1_200, 9 * MINUTE_MS),
  },
  {
    name: 'password-guessing-slow',
    kind: 'password_guessing',
    technique: 'T1110.001',
    loud: false,
    from: 0,
    to: 14,
    play: (scene) => guess(scene, 150_000, 9 * HOUR_MS),
  },
  {
    name: 'credential-stuffing',
    kind: 'credential_stuffing',
    technique: 'T1110.004',
    loud: true,
    from: 9,
    to: 17,
    play: (scene) => stuff(scene, 120, 2_500),
  },
  {
    name: 'credential-stuffing-slow',
    kind: 'credential_stuffing',
    technique: 'T1110.004',
    loud: false,
    from: 8,
    to: 14,
    play: (scene) => stuff(scene, 70, 4 * MINUTE_MS),
  },
  {
    name: 'dormant-account',
    kind: 'dormant_account',
    technique: 'T1078',
    loud: false,
    from: 20.5,
    to: 23,
    play: wake,
  },
];
