/**
 * A raw record in one line: who talked to whom, then what tells most, whatever wrote it.
 */

/** Longest line, longest value in it, and how much of a record is looked at. */
const MAX_LINE = 300;
const MAX_VALUE = 80;
const MAX_FIELDS = 400;
const MAX_DEPTH = 5;
/** Fields of a line after the ends of the connection. */
const SHOWN = 4;

/** Names of one thing in ECS, Zeek's logs and Suricata's. */
const SOURCE = ['source.ip', 'source.address', 'id.orig_h', 'id_orig_h', 'src_ip'];
const SOURCE_PORT = ['source.port', 'id.orig_p', 'id_orig_p', 'src_port'];
const DESTINATION = ['destination.ip', 'destination.address', 'id.resp_h', 'id_resp_h', 'dest_ip'];
const DESTINATION_PORT = ['destination.port', 'id.resp_p', 'id_resp_p', 'dest_port'];
const TRANSPORT = ['network.transport', 'proto'];
const ENDS: ReadonlySet<string> = new Set(
  [SOURCE, SOURCE_PORT, DESTINATION, DESTINATION_PORT, TRANSPORT].flat(),
);

/** Shown before all others, in this order. */
const TELLING = [
  ...['user.name', 'source.user.name', 'client', 'event.action', 'event.outcome', 'auth_success'],
  ...['rule.name', 'alert.signature', 'note', 'msg', 'name', 'zeek.weird.name'],
  ...['dns.question.name', 'query', 'dns.question.type', 'qtype_name', 'dns.rrname', 'dns.response_code'],
  ...['http.request.method', 'method', 'url.domain', 'host', 'url.original', 'uri', 'http.url'],
  ...['tls.client.server_name', 'server_name', 'tls.sni', 'zeek.connection.state', 'conn_state'],
  ...['event.duration', 'duration', 'source.bytes', 'orig_bytes', 'destination.bytes', 'resp_bytes'],
  ...['flow.bytes_toserver', 'flow.bytes_toclient', 'event_type'],
];
/** Said elsewhere in the line or on the page, or noise. */
const SKIPPED =
  /(^|\.)(ts|timestamp|@timestamp|uid|flow_id|community_id|session_id|_path|version|_write_ts|ip|address)$|^(event\.(kind|module|dataset|category|type|start|end|id|ingested|created|original)|data_stream\.|agent\.|related\.|tags$|input\.|log\.|observer\.)/;

/** `10.0.0.5:51532 → 10.0.0.9:445 tcp · conn_state REJ …`; a text is its own summary. */
export function summaryOf(record: unknown): string {
  if (typeof record === 'string') return record.slice(0, MAX_LINE);
  const fields = new Map<string, string>();
  collect(record, '', fields, 0);
  const told = TELLING.filter((name) => fields.has(name));
  const others = [...fields.keys()].filter(
    (name) => !ENDS.has(name) && !TELLING.includes(name) && !SKIPPED.test(name),
  );
  const ends = endsOf(fields);
  const rest = [...told, ...others].slice(0, SHOWN).map((name) => `${name} ${fields.get(name)!}`);
  return [...(ends === '' ? [] : [ends]), ...rest].join(' · ').slice(0, MAX_LINE);
}

function endsOf(fields: ReadonlyMap<string, string>): string {
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const end = (address: readonly string[], port: readonly string[]): string | undefined => {
    const [host, number] = [first(address), first(port)];
    return host === undefined || number === undefined ? host : `${host}:${number}`;
  };
  const ends = [end(SOURCE, SOURCE_PORT), end(DESTINATION, DESTINATION_PORT)];
  const arrow = ends.filter((text) => text !== undefined).join(' → ');
  return arrow === '' ? '' : [arrow, first(TRANSPORT)].filter((text) => text !== undefined).join(' ');
}

/** Values by dotted name; those of a list joined. */
function collect(value: unknown, name: string, into: Map<string, string>, depth: number): void {
  if (into.size >= MAX_FIELDS || depth > MAX_DEPTH || value === null || value === undefined || value === '')
    return;
  if (typeof value !== 'object') {
    into.set(name, append(into.get(name), typeof value === 'string' ? value : JSON.stringify(value)));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    const path = Array.isArray(value) ? name : name === '' ? key : `${name}.${key}`;
    collect(inner, path, into, depth + 1);
  }
}

function append(before: string | undefined, text: string): string {
  return (before === undefined ? text : `${before}, ${text}`).slice(0, MAX_VALUE);
}
