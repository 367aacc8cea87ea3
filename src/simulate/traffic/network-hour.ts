/**
 * One hour of the whole network: who does what.
 */
import type { LocalHour } from '../calendar.js';
import type { Host, Network } from '../network.js';
import type { Recorder } from '../recorder.js';
import { officeBusyness, publicBusyness } from '../workday.js';
import { automate } from './administration.js';
import { keepTime, update } from './background.js';
import { isSwitchedOn, planClientDay, visit, workFromHome, workInOffice } from './client.js';
import { camera, phone, printer, sensor } from './devices.js';
import { HostHour } from './host-hour.js';
import { exchangeMail } from './mail.js';
import { beProbed, welcomeVisitors } from './outside.js';
import { contract, remoteHost } from './remote.js';
import { askTimeServers, backUp, handOnPrintJobs, poll, query, replicate, shipLogs } from './servers.js';

/** Print jobs per person and working hour that go through the print server. */
const PRINT_JOBS = 0.1;
const VISITORS_PER_HOUR = 45;
const PROBES_PER_HOUR = 40;

/**
 * Records all normal traffic that begins in an hour; the same for the same network and rate.
 * @param rate factor on how often things happen
 */
export function recordNetworkHour(network: Network, hour: LocalHour, rate: number, record: Recorder): void {
  const at = (host: Host, isOn?: (timeOfDay: number) => boolean): HostHour => {
    record.random = network.random.derive('hour', host.index, hour.index);
    return new HostHour(network, hour, rate, record, host, record.random, isOn);
  };
  for (const client of network.clients) {
    const day = planClientDay(network, client, hour);
    const isOn = (timeOfDay: number): boolean => isSwitchedOn(client, day, timeOfDay);
    if (day.fromHome) workFromHome(at(remoteHost(client), isOn), client, day);
    else workInOffice(at(client, isOn), client, day);
  }
  for (const guest of network.guests) visit(at(guest));
  const busy = officeBusyness(hour.weekday, hour.from + 0.5);
  for (const server of network.servers) recordServer(at(server), busy);
  for (const device of network.devices) recordDevice(at(device), busy);
}

function recordServer(at: HostHour, busy: number): void {
  const { network, host, hour } = at;
  const people = network.clients.length;
  shipLogs(at);
  update(at);
  if (host.role === 'resolver') askTimeServers(at);
  else keepTime(at);
  switch (host.role) {
    case 'directory':
      replicate(at);
      break;
    case 'mail':
      exchangeMail(at, people / network.of('mail').length, busy);
      break;
    case 'web':
      welcomeVisitors(at, host, VISITORS_PER_HOUR, publicBusyness(hour.from));
      query(at, 12);
      break;
    case 'intranet':
      query(at, 4 + people * 0.4 * busy);
      break;
    case 'application':
      query(at, 6 + people * 0.3 * busy);
      break;
    case 'backup':
      backUp(at);
      break;
    case 'print':
      handOnPrintJobs(at, people * PRINT_JOBS * busy);
      break;
    case 'monitoring':
      poll(at);
      automate(at);
      break;
    case 'vpn':
      contract(at);
      beProbed(at, [...network.of('web'), ...network.of('vpn')], PROBES_PER_HOUR);
      break;
    default:
      break;
  }
}

function recordDevice(at: HostHour, busy: number): void {
  switch (at.host.role) {
    case 'printer':
      printer(at);
      break;
    case 'camera':
      camera(at);
      break;
    case 'phone':
      phone(at, busy);
      break;
    default:
      sensor(at);
      break;
  }
}
