/**
 * What ECS fields may be called in logs that are not ECS, from the names and values of their fields.
 */
import { isIP } from 'node:net';
import type { SampleValues } from './sample-values.js';

/** Names in the logs by ECS name. */
export type Names = Readonly<Partial<Record<string, string>>>;

interface Kind {
  /** Ends of names without separators and in small letters, the surest first. */
  readonly called: readonly string[];
  readonly holds: (value: unknown) => boolean;
}

const isAddress = (value: unknown): boolean => typeof value === 'string' && isIP(value) !== 0;
const isCount = (value: unknown): boolean => value !== '' && Number(value) >= 0;
const isPort = (value: unknown): boolean =>
  value !== '' && Number.isInteger(Number(value)) && Number(value) >= 0 && Number(value) <= 65_535;
const isName = (value: unknown): boolean => typeof value === 'string' && value !== '' && isIP(value) === 0;
const isTransport = (value: unknown): boolean => /^(tcp|udp|icmp\S*|\d{1,3})$/i.test(String(value));
const isState = (value: unknown): boolean => /^(S[0-3F]|SH|SHR|REJ|RST\w+|RSTR|OTH)$/.test(String(value));

/**
 * Of Wazuh, FortiGate, Palo Alto, Zeek as it is, Suricata, NetFlow and IPFIX, Check Point, Windows, CEF and
 * tables of home.
 */
const KINDS: Readonly<Record<string, Kind>> = {
  'source.ip': kind(
    'srcip sourceip srcaddr srcaddress sourceaddress sourceaddr idorigh origh sourceipv4address sourceipv6address ipsrc clientip clientaddr clientaddress remoteip remoteaddr ipaddress saddr src',
    isAddress,
  ),
  'destination.ip': kind(
    'dstip destip destinationip dstaddr dstaddress destaddr destaddress destinationaddress destinationaddr idresph resph destinationipv4address destinationipv6address ipdst serverip serveraddr serveraddress daddr dst dest',
    isAddress,
  ),
  'source.port': kind(
    'srcport sourceport idorigp origp sourcetransportport l4srcport clientport sport spt',
    isPort,
  ),
  'destination.port': kind(
    'dstport destport destinationport idrespp respp destinationtransportport l4dstport serverport dport dpt',
    isPort,
  ),
  'source.bytes': kind(
    'origipbytes sentbyte sentbytes bytessent srcbytes sourcebytes bytestoserver clientipbytes clientbytes origbytes bytesout',
    isCount,
  ),
  'destination.bytes': kind(
    'respipbytes rcvdbyte rcvdbytes bytesreceived receivedbytes bytesrcvd dstbytes destbytes destinationbytes bytestoclient serveripbytes serverbytes respbytes bytesin',
    isCount,
  ),
  'source.packets': kind(
    'origpkts sentpkt sentpkts packetssent pktssent srcpackets srcpkts sourcepackets pktstoserver clientpackets',
    isCount,
  ),
  'destination.packets': kind(
    'resppkts rcvdpkt rcvdpkts packetsreceived pktsreceived dstpackets dstpkts destinationpackets pktstoclient serverpackets',
    isCount,
  ),
  'network.bytes': kind('totalbytes bytestotal networkbytes flowbytes bytes octets indeltacount', isCount),
  'network.transport': kind('l4proto ipprotocol transport protocolidentifier proto protocol', isTransport),
  'zeek.connection.state': kind('connstate connectionstate', isState),
  'user.name': kind(
    'targetusername dstuser srcuser username accountname useraccount loginname account user',
    isName,
  ),
  'dns.question.name': kind('dnsquery queryname qname rrname dnsquestion query', isName),
  'rule.name': kind('signaturename alertsignature rulename alertname signature', isName),
  'event.dataset': kind('eventdataset dataset logtype sourcetype', isName),
  'observer.name': kind('observername devname devicename sensorname', isName),
};

function kind(called: string, holds: Kind['holds']): Kind {
  return { called: called.split(' '), holds };
}

/** Of a field's values, so many must be what the field is for. */
const FITTING = 0.8;
/** A field that at least that share of the documents has is there already. */
const PRESENT = 0.5;
const TIMES = ['timestamp', 'eventtime', 'time', 'ts', 'datetime', 'date'];

/** What may be meant by which name; what is there under its ECS name, or is not found, is absent. */
export function guessNames(values: SampleValues): Names {
  const names: Record<string, string> = {};
  const time = timeOf(values);
  if (time !== undefined) names['@timestamp'] = time;
  // A field under its ECS name is what it says, and no other.
  const taken = new Set(Object.keys(KINDS));
  for (const [field, { called, holds }] of Object.entries(KINDS)) {
    if (isPresent(field, values)) continue;
    // Bytes of both ways are of use where nothing is known of one.
    if (
      field === 'network.bytes' &&
      (names['source.bytes'] !== undefined || isPresent('source.bytes', values))
    )
      continue;
    const found = bestOf(called, holds, values, taken);
    if (found === undefined) continue;
    names[field] = found;
    taken.add(found);
  }
  return names;
}

/** Whether what was found says who did something. */
export function isAboutNetwork(names: Names): boolean {
  return ['source.ip', 'destination.ip', 'user.name'].some((field) => names[field] !== undefined);
}

/** ECS fields that matter and are neither there nor found. */
export function notFound(values: SampleValues, names: Names): string[] {
  const wanted = ['source.ip', 'destination.ip', 'destination.port', 'source.bytes', 'destination.bytes'];
  return [...wanted, 'event.outcome', 'network.transport'].filter(
    (field) => names[field] === undefined && !isPresent(field, values),
  );
}

function isPresent(field: string, { fields, documents }: SampleValues): boolean {
  return (fields.get(field)?.length ?? 0) >= PRESENT * documents;
}

function bestOf(
  called: readonly string[],
  holds: Kind['holds'],
  { fields }: SampleValues,
  taken: ReadonlySet<string>,
): string | undefined {
  const fitting = [...fields]
    .filter(([name, values]) => !taken.has(name) && isFitting(values, holds))
    .map(([name]) => ({ name, rank: rankOf(name, called) }))
    .filter(({ rank }) => rank !== -1)
    .sort((a, b) => a.rank - b.rank || a.name.length - b.name.length);
  return fitting[0]?.name;
}

function isFitting(values: readonly unknown[], holds: Kind['holds']): boolean {
  return values.filter(holds).length >= FITTING * values.length;
}

/** Place of the surest end that a name has; -1 for none. Short ends have to be the whole last part. */
function rankOf(name: string, called: readonly string[]): number {
  const parts = name.toLowerCase().split('.');
  const bare = parts.join('').replaceAll(/[^a-z0-9]/g, '');
  const last = parts.at(-1)!.replaceAll(/[^a-z0-9]/g, '');
  return called.findIndex((end) => (end.length < 6 ? last === end || bare === end : bare.endsWith(end)));
}

function timeOf(values: SampleValues): string | undefined {
  if (isPresent('@timestamp', values)) return undefined;
  const dates = [...values.dates].filter((name) => values.fields.has(name));
  return TIMES.map((time) => dates.find((name) => rankOf(name, [time]) === 0)).find(
    (name) => name !== undefined,
  );
}
