/**
 * Who asks: a program with the API key in a header, or a person with a session of the pages.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import type { Secret } from '../domain/secret.js';
import type { Account, FailedLogins } from './failed-logins.js';
import { ProblemError } from './problem.js';
import type { Sessions } from './sessions.js';

const COOKIE = 'elkhound_session';
/** Browsers take a cookie of that name only over TLS, for this host alone, and from no other port of it. */
const SECURE_COOKIE = `__Host-${COOKIE}`;
/** Longer values are refused before they are hashed. */
const MAX_KEY = 1024;

/** Knows one key. Neither the key nor anything it can be computed from leaves it. */
export class Key {
  private readonly digest: Buffer;

  constructor(
    key: Secret,
    private readonly account: Account,
    private readonly failed: FailedLogins,
  ) {
    this.digest = digestOf(key.reveal());
  }

  /** Whether it is the key; takes equally long for each wrong one. */
  is(candidate: string): boolean {
    return candidate.length <= MAX_KEY && timingSafeEqual(digestOf(candidate), this.digest);
  }

  /** As {@link Key.is}, taking note of a wrong one. @throws ProblemError `rate_limited` for too many */
  accepts(candidate: string, request: Request): boolean {
    if (this.is(candidate)) return true;
    this.failed.add(this.account, request);
    return false;
  }
}

/** Tells who asks by the API key or a session. */
export class Authentication {
  constructor(
    readonly key: Key,
    private readonly sessions: Sessions,
  ) {}

  /** How the request shows that it may be answered; undefined where it does not. */
  waysIn(request: Request): 'key' | 'session' | undefined {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.key.is(credentialOf(authorization)) ? 'key' : undefined;
    return this.sessions.use(sessionOf(request)) ? 'session' : undefined;
  }

  /** Begins a session, which a script cannot read and other sites cannot send. */
  signIn(request: Request, response: Response): void {
    this.sessions.end(sessionOf(request));
    response.cookie(cookieName(request), this.sessions.begin(), cookieOptions(request));
  }

  /** Ends the session here, and what the browser has kept of its pages there. */
  signOut(request: Request, response: Response): void {
    this.sessions.end(sessionOf(request));
    response.clearCookie(cookieName(request), cookieOptions(request));
    response.set('Clear-Site-Data', '"cache"');
  }
}

function cookieName({ secure }: Request): string {
  return secure ? SECURE_COOKIE : COOKIE;
}

function cookieOptions({ secure }: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', secure, path: '/' };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The key of `ApiKey …` or `Bearer …`. */
function credentialOf(authorization: string): string {
  return /^(?:ApiKey|Bearer) +(\S+)$/i.exec(authorization)?.[1] ?? '';
}

function sessionOf(request: Request): string {
  const name = cookieName(request);
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return '';
}

/** Lets requests with a key or session pass. What a browser gets in a session stays in no cache of it. */
export function authenticated(authentication: Authentication): RequestHandler {
  return (request, response, next) => {
    const way = authentication.waysIn(request);
    const { authorization } = request.headers;
    if (way === undefined) {
      if (authorization !== undefined) authentication.key.accepts(credentialOf(authorization), request);
      throw new ProblemError(
        'unauthorized',
        'send the API key as "Authorization: ApiKey …" or "Authorization: Bearer …"',
        {
          'WWW-Authenticate': 'ApiKey realm="elkhound", Bearer realm="elkhound"',
        },
      );
    }
    if (way === 'session') response.set('Cache-Control', 'private, no-store');
    next();
  };
}
