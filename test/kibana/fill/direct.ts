/**
 * Logs as ECS documents, written into Elasticsearch without anything between.
 */
import { elkhound, type DeniedFlow, type FailedLogin, type Intake } from './intake.js';
import { bulk } from './requests.js';

const STREAM = 'logs-simulated-default';
const SECOND_STREAM = 'logs-simulated-second';

/** Writes logs into the cluster at an address. */
export function directInto(url: string): Intake {
  return {
    simulated: (sensor, args) => {
      const stream = sensor === 'first' ? STREAM : SECOND_STREAM;
      return elkhound(url, 'simulate', ['--to', 'elasticsearch', '--data-stream', stream, ...args]);
    },
    denied: (flows) => create(url, STREAM, flows.map(denied)),
    failed: (logins) => create(url, STREAM, logins.map(failed)),
    broken: (timeMs) => create(url, SECOND_STREAM, broken(timeMs)),
  };
}

function denied({ timeMs, source, sourcePort, destination, port }: DeniedFlow): object {
  const at = new Date(timeMs).toISOString();
  return {
    '@timestamp': at,
    event: {
      ...{ kind: 'event', module: 'fortinet', dataset: 'fortinet_fortigate.log', action: 'deny' },
      ...{ category: ['network'], type: ['connection', 'denied'], start: at, end: at },
    },
    source: { ip: source, port: sourcePort, bytes: 60 },
    destination: { ip: destination, port, bytes: 0 },
    network: { transport: 'tcp', direction: 'inbound', type: 'ipv4', bytes: 60 },
  };
}

function failed({ timeMs, source, directory, user }: FailedLogin): object {
  const at = new Date(timeMs).toISOString();
  return {
    '@timestamp': at,
    event: {
      ...{ kind: 'event', module: 'zeek', dataset: 'zeek.kerberos', outcome: 'failure' },
      ...{ category: ['network', 'authentication'], type: ['connection', 'protocol'], start: at, end: at },
    },
    source: { ip: source, port: 50_000 },
    destination: { ip: directory, port: 88 },
    network: { transport: 'tcp', protocol: 'kerberos' },
    user: { name: user },
  };
}

function broken(timeMs: number): object[] {
  const at = new Date(timeMs).toISOString();
  const event = { dataset: 'zeek.connection', start: at, end: at };
  return [
    {
      '@timestamp': at,
      event,
      source: { ip: '10.20.1.13', port: 700_000 },
      destination: { ip: '10.20.1.14', port: 53 },
    },
    { '@timestamp': at, event, message: 'cut off' },
  ];
}

function create(url: string, stream: string, documents: readonly object[]): Promise<void> {
  return bulk(
    url,
    documents.map((document) => [{ create: { _index: stream } }, document]),
  );
}
