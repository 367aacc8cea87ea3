/**
 * Who may ask at all. Without an API key the service is for this machine alone: it binds a
 * loopback address, and refuses other peers and names (a page of the internet that points its
 * own name at 127.0.0.1 would otherwise read everything through the reader's browser).
 */
import type { RequestHandler } from 'express';
import { isWeak, MIN_KEY } from '../config/doubts.js';
import type { ApiOptions } from '../config/schema.js';
import { AppError } from '../domain/error.js';
import { isLoopbackAddress, isLoopbackHost } from '../domain/loopback.js';
import { ProblemError } from './problem.js';

/**
 * Checks that a service without a key stays on this machine.
 * @throws AppError `invalid_config`
 */
export function requireKeyBeyondLoopback({ host, apiKey, revealKey }: ApiOptions): void {
  if (isLoopbackHost(host)) return;
  for (const [name, key] of Object.entries({ apiKey, revealKey })) {
    if (key === undefined || !isWeak(key)) continue;
    throw new AppError(
      'invalid_config',
      `api.${name}: expected at least ${String(MIN_KEY)} characters, since ${JSON.stringify(host)} can be reached from other machines; "openssl rand -hex 32" makes one`,
    );
  }
  if (apiKey !== undefined) return;
  throw new AppError(
    'invalid_config',
    `api.host: ${JSON.stringify(host)} can be reached from other machines, which needs a key; set api.apiKey, or use 127.0.0.1`,
  );
}

/** Host name of a `Host` header, without port and brackets. */
function hostNameOf(header: string): string {
  return header
    .replace(/:\d{1,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

/**
 * Refuses what a page of another site makes a browser send, but for a link that somebody follows:
 * such a page could otherwise use up what this address may ask, and lock its user out.
 */
export function refuseOtherSites(): RequestHandler {
  return (request, _response, next) => {
    const site = request.get('Sec-Fetch-Site') ?? 'none';
    const isLink =
      request.method === 'GET' &&
      request.get('Sec-Fetch-Mode') === 'navigate' &&
      request.get('Sec-Fetch-Dest') === 'document';
    if (site !== 'same-origin' && site !== 'none' && !isLink) {
      throw new ProblemError('forbidden', 'this was asked for by a page of another site');
    }
    next();
  };
}

/** Refuses peers and `Host` names that are not this machine. */
export function loopbackOnly(): RequestHandler {
  return (request, _response, next) => {
    if (!isLoopbackAddress(request.socket.remoteAddress ?? '')) {
      throw new ProblemError('forbidden', 'only this machine may ask: set api.apiKey to allow others');
    }
    if (!isLoopbackHost(hostNameOf(request.headers.host ?? ''))) {
      throw new ProblemError(
        'forbidden',
        'Host: expected localhost or 127.0.0.1; set api.apiKey to use another name',
      );
    }
    next();
  };
}
