/**
 * What a configuration that is valid leaves open to others.
 */
import { isLoopbackHost } from '../domain/loopback.js';
import type { Secret } from '../domain/secret.js';
import type { Config } from './schema.js';

/** Shorter keys could be found by trying. */
export const MIN_KEY = 16;

/** Each in one sentence, for whoever runs Elkhound. */
export function doubtsOf({ alert, api }: Config): string[] {
  const keys = { apiKey: api.apiKey, revealKey: api.revealKey };
  const weak = Object.entries(keys)
    .filter(([, key]) => key !== undefined && isWeak(key))
    .map(
      ([name]) =>
        `api.${name}: shorter than ${String(MIN_KEY)} characters, so that it could be found by trying`,
    );
  const plain = Object.entries(alert.channels)
    .filter(([, channel]) => sendsSecretInClear(channel))
    .map(
      ([name]) =>
        `alert.channels.${name}.url: goes to another machine over http://, its secrets in the clear`,
    );
  return [...weak, ...plain];
}

/** Whether a key is short enough to be found by trying. */
export function isWeak(key: Secret): boolean {
  return key.reveal().trim().length < MIN_KEY;
}

type Channel = Config['alert']['channels'][string];

/** Parts of a path that are as long are tokens, not names. */
const TOKEN_LENGTH = 20;

/** A signature is no secret: the key that makes it stays here. */
function sendsSecretInClear({ url, headers }: Channel): boolean {
  const { protocol, hostname, username, password, search, pathname } = new URL(url.reveal());
  if (protocol === 'https:' || isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'))) return false;
  const hasToken = pathname.split('/').some((part) => part.length >= TOKEN_LENGTH);
  return hasToken || username !== '' || password !== '' || search !== '' || Object.keys(headers).length > 0;
}
