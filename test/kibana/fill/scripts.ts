/**
 * Logs as sensors and firewalls write them, through the Ruby scripts of the pipelines in `logstash/`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChain } from '../../logstash/ruby-chain.js';
import { elkhound, type DeniedFlow, type FailedLogin, type Intake } from './intake.js';
import { bulk, put } from './requests.js';

/** Lines that one Ruby takes. */
const LINES = 10_000;
/** Fields are mapped as Elastic's own template for logs does it, which the test build lacks. */
const TEMPLATE = {
  index_patterns: ['logs-*-*'],
  data_stream: {},
  template: {
    mappings: {
      date_detection: false,
      dynamic_templates: [
        { addresses: { path_match: '*.ip', match_mapping_type: 'string', mapping: { type: 'ip' } } },
        { times: { path_match: ['event.start', 'event.end'], mapping: { type: 'date' } } },
        { strings: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
      ],
      properties: { '@timestamp': { type: 'date' } },
    },
  },
};

/** Sends logs through the scripts into the cluster at an address. */
export async function throughScripts(url: string): Promise<Intake> {
  await put(url, '_index_template/logs', TEMPLATE);
  return asLines(url, (lines) => sendLines(url, lines));
}

/** An intake to which logs come as the lines that sensors and firewalls write; `url` is that of the cluster. */
export function asLines(url: string, send: (lines: readonly string[]) => Promise<void>): Intake {
  return {
    simulated: (_sensor, args) => simulated(url, args, send),
    denied: (flows) => send(flows.map(fortigateLine)),
    failed: (logins) => send(logins.map(kerberosLine)),
    broken: (timeMs) => send(brokenLines(timeMs)),
  };
}

async function simulated(
  url: string,
  args: readonly string[],
  send: (lines: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhound-lines-'));
  try {
    const file = join(folder, 'zeek.log');
    await elkhound(url, 'simulate', ['--format', 'zeek', '--out', file, ...args]);
    await send(readFileSync(file, 'utf8').split('\n').filter(Boolean));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What becomes of lines goes where the pipelines would send it. */
async function sendLines(url: string, lines: readonly string[]): Promise<void> {
  for (let from = 0; from < lines.length; from += LINES) {
    const part = lines.slice(from, from + LINES);
    const inputs = part.map((input, place) => ({ id: String(place), input }));
    const outcomes = [...runChain(['ruby'], inputs).values()].filter(({ event }) => event !== null);
    await bulk(
      url,
      outcomes.map(({ index, event }) => [{ create: { _index: index } }, event!]),
    );
  }
}

function fortigateLine({ timeMs, source, sourcePort, destination, port }: DeniedFlow): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().slice(0, 19).split('T');
  return [
    `date=${date} time=${time} tz="+0000" devname="edge-1" devid="FGT60F0000000001" logid="0000000013"`,
    'type="traffic" subtype="forward" level="notice" vd="root" srcintf="wan1" dstintf="dmz"',
    `srcip=${source} srcport=${String(sourcePort)} dstip=${destination} dstport=${String(port)} proto=6`,
    'action="deny" policyid=0 policytype="policy" service="tcp" duration=0 sentbyte=60 rcvdbyte=0 sentpkt=1',
  ].join(' ');
}

function kerberosLine({ timeMs, source, directory, user }: FailedLogin): string {
  const ends = { 'id.orig_h': source, 'id.orig_p': 50_000, 'id.resp_h': directory, 'id.resp_p': 88 };
  return JSON.stringify({
    ...{ _path: 'kerberos', ts: timeMs / 1_000, uid: `C${String(timeMs)}`, ...ends },
    ...{ request_type: 'AS', client: user, success: false, error_msg: 'KDC_ERR_PREAUTH_FAILED' },
  });
}

function brokenLines(timeMs: number): string[] {
  const ends = { 'id.orig_h': '10.20.1.13', 'id.orig_p': 4_000, 'id.resp_h': '10.20.1.14', 'id.resp_p': 53 };
  const connection = { _path: 'conn', ts: timeMs / 1_000, uid: 'Cbroken', ...ends, proto: 'udp' };
  return [
    JSON.stringify({ ...connection, conn_state: 'SF', orig_ip_bytes: -5 }),
    JSON.stringify(connection).slice(0, -30),
  ];
}
