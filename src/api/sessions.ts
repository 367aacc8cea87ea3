/**
 * Sessions of people who signed in, held by this process alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.js';

/** Longest time from signing in, and from one request to the next, milliseconds. */
const LONGEST_MS = 12 * 3_600_000;
const IDLE_MS = 3_600_000;
/** Sessions at one time; the one that was used least recently makes room. */
const MAX_SESSIONS = 1000;
const ID_BYTES = 32;

interface Session {
  readonly endMs: number;
  readonly usedMs: number;
}

/**
 * Random ids that only the browser has: what is kept is their hash, so that neither a dump of the
 * memory nor the key makes a session. They end with the process.
 */
export class Sessions {
  /** By hash, in the order of their last use. */
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly clock: Clock) {}

  /** Begins a session and returns its id. */
  begin(): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const [oldest] = this.sessions.keys();
    if (this.sessions.size >= MAX_SESSIONS && oldest !== undefined) this.sessions.delete(oldest);
    const nowMs = this.clock.now();
    this.sessions.set(hashOf(id), { endMs: nowMs + LONGEST_MS, usedMs: nowMs });
    return id;
  }

  /** Whether the id is that of a session that goes on, which then is used now. */
  use(id: string): boolean {
    const hash = hashOf(id);
    const session = this.sessions.get(hash);
    if (session === undefined) return false;
    const nowMs = this.clock.now();
    this.sessions.delete(hash);
    if (nowMs >= session.endMs || nowMs >= session.usedMs + IDLE_MS) return false;
    this.sessions.set(hash, { ...session, usedMs: nowMs });
    return true;
  }

  /** Ends a session; whoever has copied its id has nothing any more. */
  end(id: string): void {
    this.sessions.delete(hashOf(id));
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64');
}
