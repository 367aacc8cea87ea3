/**
 * Who may ask at all. Without an API key the service is for this machine alone: it binds a
 * loopback address, and refuses other peers and names (a page of the internet that points its
 * own name at 127.0.0.1 would otherwise read everything through the reader's browser).
 */
import type { RequestHandler } from 'express';
import { AppError } from '../domain/error.js';
import { isLoopbackAddress, isLoopbackHost } from '../domain/loopback.js';
import { ProblemError } from './problem.js';

/**
 * Checks that a service without a key stays on this machine.
 * @throws AppError `invalid_config`
 */
export function requireKeyBeyondLoopback(host: string, hasKey: boolean): void {
  if (hasKey || isLoopbackHost(host)) return;
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
