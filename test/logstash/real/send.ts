/** What devices and shippers do: lines by HTTP and syslog, events by the Beats protocol, flows as NetFlow 5. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectSecurely, type SecureContextOptions } from 'node:tls';

/** An event with the label that it is found again by. */
export interface Labeled {
  readonly id: string;
  readonly event: Record<string, unknown>;
}

/** Who listens on loopback, and what a client over TLS trusts and shows. */
export interface Receiver {
  readonly port: number;
  readonly tls?: SecureContextOptions;
}

const BATCH_BYTES = 2 ** 20;
const BATCH_EVENTS = 200;
/** A receiver's buffer must not overflow: nobody sends these again. */
const DATAGRAMS_AT_ONCE = 50;
const PAUSE_MS = 100;

/** Posts events as arrays; a line is an event with a message. */
export async function post(port: number, events: readonly Labeled[]): Promise<void> {
  const authorization = `Basic ${Buffer.from('elkhound:elkhound').toString('base64')}`;
  for (const batch of batches(events)) {
    const response = await fetch(`http://127.0.0.1:${String(port)}/`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: `[${batch.join(',')}]`,
    });
    if (!response.ok) throw new Error(`the HTTP intake answers ${String(response.status)}`);
  }
}

function batches(events: readonly Labeled[]): string[][] {
  const all: string[][] = [[]];
  let bytes = 0;
  for (const { id, event } of events) {
    const text = JSON.stringify({ ...event, labels: { sample: id } });
    if (bytes + text.length > BATCH_BYTES || all.at(-1)!.length === BATCH_EVENTS) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(text);
    bytes += text.length;
  }
  return all;
}

/** Sends lines over one connection, each with a line feed behind it. */
export async function sendByTcp(to: Receiver, lines: readonly Buffer[]): Promise<void> {
  const socket = await open(to);
  for (const line of lines)
    if (!socket.write(Buffer.concat([line, Buffer.from('\n')]))) await once(socket, 'drain');
  socket.end();
  await once(socket, 'close');
}

async function open({ port, tls }: Receiver): Promise<Socket> {
  const to = { host: '127.0.0.1', port };
  const socket = tls === undefined ? connect(to) : connectSecurely({ ...to, ...tls });
  await once(socket, tls === undefined ? 'connect' : 'secureConnect');
  return socket;
}

/** Sends datagrams, not faster than they are taken. */
export async function sendByUdp(port: number, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const [index, datagram] of datagrams.entries()) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, '127.0.0.1', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    if (index % DATAGRAMS_AT_ONCE === DATAGRAMS_AT_ONCE - 1) await delay(PAUSE_MS);
  }
  socket.close();
}

/** Sends events as Filebeat and Winlogbeat do (Lumberjack 2), and waits until each window is acknowledged. */
export async function sendByBeats(to: Receiver, events: readonly Labeled[]): Promise<void> {
  const socket = await open(to);
  for (const batch of batches(events)) {
    socket.write(frame('W', batch.length));
    for (const [index, text] of batch.entries()) {
      const body = Buffer.from(text);
      socket.write(Buffer.concat([frame('J', index + 1, body.length), body]));
    }
    await acknowledged(socket, batch.length);
  }
  // All is acknowledged; Logstash answers an end with a reset.
  socket.destroy();
}

/** Version 2, a letter, and numbers of four bytes. */
function frame(type: string, ...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(2 + 4 * numbers.length);
  bytes.write(`2${type}`);
  numbers.forEach((number, index) => bytes.writeUInt32BE(number, 2 + 4 * index));
  return bytes;
}

/** The receiver tells the last number that it has; while it is busy it may tell an earlier one. */
async function acknowledged(socket: Socket, last: number): Promise<void> {
  let received = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, chunk]);
    while (received.length >= 6) {
      if (received.readUInt32BE(2) === last) return;
      received = received.subarray(6);
    }
  }
}

/** An event as a Beat writes it to Kafka. */
export function recordOf({ id, event }: Labeled): Buffer {
  const head = { '@timestamp': new Date().toISOString(), '@metadata': { beat: 'filebeat', type: '_doc' } };
  return Buffer.from(JSON.stringify({ ...head, ...event, labels: { sample: id } }));
}

/** A flow as a NetFlow 5 exporter sends it, from the fields that Logstash's codec makes of it. */
export function netflow5(flow: Readonly<Record<string, unknown>>, sentMs: number): Buffer {
  const packet = Buffer.alloc(24 + 48);
  const number = (name: string): number => Number(flow[name] ?? 0);
  const address = (name: string, at: number): void => {
    for (const [index, part] of String(flow[name]).split('.').entries()) packet[at + index] = Number(part);
  };
  const uptimeMs = 3_600_000;
  const sinceStart = (name: string): number => uptimeMs - (sentMs - Date.parse(String(flow[name])));
  packet.writeUInt16BE(5, 0);
  packet.writeUInt16BE(1, 2);
  packet.writeUInt32BE(uptimeMs, 4);
  packet.writeUInt32BE(Math.floor(sentMs / 1000), 8);
  packet.writeUInt32BE((sentMs % 1000) * 1_000_000, 12);
  packet.writeUInt32BE(number('flow_seq_num'), 16);
  address('ipv4_src_addr', 24);
  address('ipv4_dst_addr', 28);
  address('ipv4_next_hop', 32);
  packet.writeUInt16BE(number('input_snmp'), 36);
  packet.writeUInt16BE(number('output_snmp'), 38);
  packet.writeUInt32BE(number('in_pkts'), 40);
  packet.writeUInt32BE(number('in_bytes'), 44);
  packet.writeUInt32BE(sinceStart('first_switched'), 48);
  packet.writeUInt32BE(sinceStart('last_switched'), 52);
  packet.writeUInt16BE(number('l4_src_port'), 56);
  packet.writeUInt16BE(number('l4_dst_port'), 58);
  packet[61] = number('tcp_flags');
  packet[62] = number('protocol');
  packet[68] = number('src_mask');
  packet[69] = number('dst_mask');
  return packet;
}
