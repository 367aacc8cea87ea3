/**
 * API keys: in a header for programs, as a signed session cookie for pages.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../domain/clock.js';
import { ProblemError } from './problem.js';

const COOKIE = 'elkhound_session';
const SESSION_MS = 12 * 3_600_000;
/** Longer values are refused before they are hashed. */
const MAX_KEY = 1024;

/** Knows one key. Neither the key nor anything it can be computed from leaves it. */
export class Authentication {
  private readonly digest: Buffer;

  constructor(
    key: string,
    private readonly clock: Clock,
  ) {
    this.digest = digestOf(key);
  }

  /** Whether it is the key; takes equally long for each wrong one. */
  isKey(candidate: string): boolean {
    return candidate.length <= MAX_KEY && timingSafeEqual(digestOf(candidate), this.digest);
  }

  /** Whether the request carries the key or a session. */
  accepts(request: Request): boolean {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.isKey(credentialOf(authorization));
    return this.isSession(cookieOf(request.headers.cookie ?? '', COOKIE));
  }

  /** Begins a session: the cookie holds its end, signed with the key, so a new key ends all sessions. */
  signIn(request: Request, response: Response): void {
    const endMs = this.clock.now() + SESSION_MS;
    response.cookie(COOKIE, `${String(endMs)}.${this.signature(endMs)}`, {
      httpOnly: true,
      sameSite: 'strict',
      secure: request.secure,
      maxAge: SESSION_MS,
      path: '/',
    });
  }

  signOut(response: Response): void {
    response.clearCookie(COOKIE, { httpOnly: true, sameSite: 'strict', path: '/' });
  }

  private isSession(cookie: string): boolean {
    const match = /^(\d{1,15})\.([0-9a-f]{64})$/.exec(cookie);
    if (match === null) return false;
    const endMs = Number(match[1]);
    const expected = Buffer.from(this.signature(endMs));
    return timingSafeEqual(Buffer.from(match[2]!), expected) && this.clock.now() < endMs;
  }

  private signature(endMs: number): string {
    return createHmac('sha256', this.digest)
      .update(`session until ${String(endMs)}`)
      .digest('hex');
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The key of `ApiKey …` or `Bearer …`. */
function credentialOf(authorization: string): string {
  return /^(?:ApiKey|Bearer) +(\S+)$/i.exec(authorization)?.[1] ?? '';
}

function cookieOf(header: string, name: string): string {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return '';
}

/** Lets requests with a key or session pass. */
export function authenticated(authentication: Authentication): RequestHandler {
  return (request, _response, next) => {
    if (!authentication.accepts(request)) {
      throw new ProblemError(
        'unauthorized',
        'send the API key as "Authorization: ApiKey …" or "Authorization: Bearer …"',
        {
          'WWW-Authenticate': 'ApiKey realm="elkhound", Bearer realm="elkhound"',
        },
      );
    }
    next();
  };
}
