/**
 * What of a raw record may be shown where user names may not: what is known to name nobody.
 */
import { isIP } from 'node:net';
import type { UserNaming } from './privacy.js';
import { accountOf } from './values.js';

/** Stands for a value that may name a user. */
const HIDDEN = '[hidden]';
/** Deeper values are hidden. */
const MAX_DEPTH = 12;
/** Shorter names would be found in every text. */
const MIN_NAME = 3;

/** Everything under a key of these names is about a user. */
const ABOUT_USERS = /(^|\.)(user|users|username|usernames|login|account|accounts|principal|owner)(\.|$)/;

/** Texts under keys of these names, in ECS, Zeek's logs and Suricata's, say nothing of a user. */
const TELLING = new RegExp(
  `(^|\\.)(${[
    ...['event\\.(kind|module|dataset|category|type|action|outcome|provider|id)', 'ecs\\.version'],
    ...['data_?stream\\.\\w+', '(question|rule|observer|host|server|weird|service)\\.name', 'rule\\.id'],
    ...['network\\.\\w+', 'transport', 'proto', 'app_?proto', 'direction', 'community_?id', 'mac', 'domain'],
    ...['(registered|top_level|sub)_?domain', '(client\\.)?server_?name', 'sni', 'ja3s?', 'ja4', 'hassh'],
    ...['cipher', 'curve', 'version', 'tls\\.version', 'response_?code', 'status(_code|_msg)?', 'method'],
    ...['http_method', 'user_agent(\\.original)?', 'http_user_agent', 'uid', 'flow_id', 'conn_?state'],
    ...['history', 'service', 'query', 'rrname', 'rrtype', 'rcode(_name)?', 'qtype_name', 'qclass_name'],
    ...['question\\.(type|class)', 'note', 'host(name)?', 'event_type', 'in_iface', 'signature', 'category'],
    ...['state', '_path', 'tunnel_parents', 'label'],
  ].join('|')})$`,
);
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?$/;

/**
 * The record with user names under their new names; texts that may name a user are hidden.
 * @param user name that the record was read to be about, empty where it names none
 */
export function privateRecord(record: unknown, user: string, userOf: UserNaming): unknown {
  const mention = user.length < MIN_NAME ? undefined : new RegExp(escaped(user), 'gi');
  const visit = (value: unknown, path: string, depth: number): unknown => {
    if (depth > MAX_DEPTH) return HIDDEN;
    if (Array.isArray(value)) return value.map((item) => visit(item, path, depth + 1));
    if (value !== null && typeof value === 'object') {
      const inner = (name: string): string => (path === '' ? name : `${path}.${name}`).toLowerCase();
      return Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, visit(part, inner(name), depth + 1)]),
      );
    }
    if (ABOUT_USERS.test(path))
      return typeof value === 'string' ? userOf(accountOf(value)) || HIDDEN : HIDDEN;
    if (typeof value !== 'string' || isIP(value) !== 0 || TIME.test(value)) return value;
    if (value === user) return userOf(user) || HIDDEN;
    if (!TELLING.test(path)) return HIDDEN;
    return mention === undefined ? value : value.replace(mention, () => userOf(user) || HIDDEN);
  };
  return visit(record, '', 0);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
