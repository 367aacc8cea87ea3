/**
 * What a line tells of a login, whoever wrote it.
 */
import { Outcome } from '../../domain/events.js';

/**
 * How a record tells that an attempt failed. Programs tell of one attempt in several lines; of one
 * connection those of the least number count, and the others are echoes.
 */
export const Witness = {
  /** Tells of no attempt. */
  none: 0,
  /** Says that an attempt failed: `Failed password`, sudo's own line. */
  attempt: 1,
  /** A module of PAM says so: each line is an attempt. */
  module: 2,
  /** A module that is asked beside `pam_unix`: each line is an attempt. */
  backend: 3,
  /** The name is unknown or not allowed: once a connection, whatever was tried with it. */
  name: 4,
  /** A connection ended before anybody logged in: once a connection. */
  end: 5,
  /** A module of PAM accepted what another one before it had not. */
  passed: 6,
} as const;

/** What one line says. */
export interface LoginMessage {
  /** Who tried; the empty text where it is not said. */
  readonly user: string;
  /** Address or host name that the attempt came from; the empty text for what happens at the host itself. */
  readonly source: string;
  /** Port of the source, -1 where it is not said. */
  readonly port: number;
  /** `ssh`, `sudo`, `su`, or the service that asked PAM. */
  readonly service: string;
  /** An {@link Outcome}; unknown for an exchange that is no login. */
  readonly outcome: number;
  /** Failed attempts that the line stands for. */
  readonly failures: number;
  readonly witness: number;
  /** Whether the name is said to be unknown. */
  readonly isUnknownUser: boolean;
  /** Whether a privilege was used. */
  readonly isPrivilege: boolean;
}

/** A line that begins as one about a login does and cannot be read to its end. */
export const UNREADABLE = Symbol('a login that cannot be read');

/** What a reader of messages comes to: undefined for what is not about logins. */
export type Told = LoginMessage | typeof UNREADABLE | undefined;

const NOTHING: LoginMessage = {
  user: '',
  source: '',
  port: -1,
  service: '',
  outcome: Outcome.unknown,
  failures: 0,
  witness: Witness.none,
  isUnknownUser: false,
  isPrivilege: false,
};

/** A message of which only this is said. */
export function message(said: Partial<LoginMessage>): LoginMessage {
  return { ...NOTHING, ...said };
}

/** A failed attempt. */
export function failure(said: Partial<LoginMessage>): LoginMessage {
  return { ...NOTHING, outcome: Outcome.failure, failures: 1, witness: Witness.attempt, ...said };
}

/** Whether a text is an address or the name of a host. */
export function isHost(text: string): boolean {
  return /^[\w.:%-]{1,255}$/.test(text);
}
