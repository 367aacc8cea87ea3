/**
 * ECS documents of logins: of `auth.log`, by Filebeat's `system` module or Elkhound's Logstash pipelines; of
 * Windows; of any other product.
 */
import { EventKind, Flag, Outcome, Transport } from '../domain/events.js';
import { Witness } from './auth/message.js';
import { isSshd } from './auth/pam.js';
import type { Draft } from './draft.js';
import type { EcsRecord } from './ecs-fields.js';
import { isFailedLogin, isMachine } from './kerberos.js';
import { numberOf } from './values.js';

const AUTH_LOG = 'system.auth';
const SSH_PORT = 22;
const MAX_FAILURES = 65_535;

/** What `system.auth.ssh.event` says of an attempt. */
const SSH_EVENTS: ReadonlyMap<string, number> = new Map([
  ['Failed', Witness.attempt],
  ['PAM', Witness.module],
  ['Invalid', Witness.name],
  ['Denied', Witness.name],
  ['Closed', Witness.end],
  ['Exceeded', Witness.end],
]);

/** Whether a document tells of a login, or of a privilege that somebody took. */
export function isLogin(document: EcsRecord): boolean {
  return (
    document.has('event.category', 'authentication') ||
    (document.get('event.dataset') === AUTH_LOG && document.get('system.auth.sudo.command') !== undefined)
  );
}

/** Reads a document that {@link isLogin}; its ends, user and outcome are read already. */
export function readLogin(document: EcsRecord, draft: Draft): void {
  const dataset = document.text('event.dataset');
  draft.kind = dataset.endsWith('ssh') ? EventKind.ssh : EventKind.auth;
  if (draft.destination === '') readHost(document, draft);
  draft.addDetail(document.get('event.action'));
  // Of several equal lines Filebeat tells which is which.
  draft.addDetail(document.get('log.offset'));
  if (dataset === AUTH_LOG) readAuthLog(document, draft);
  else if (draft.outcome === Outcome.failure) readRefusal(document, draft);
}

/**
 * The host that a document was written on. It may have many addresses, the first of which is as likely that
 * of a bridge that hundreds of hosts have; its name is what its own log file calls it.
 */
function readHost(document: EcsRecord, draft: Draft): void {
  const name = document.text('host.name') || document.text('host.hostname') || document.text('host.id');
  draft.destination = name || document.text('host.ip');
  if (draft.destination !== '') draft.flags |= Flag.destinationOwn;
}

/** As the reader of `auth.log` has it, so that a login means the same whichever way it came. */
function readAuthLog(document: EcsRecord, draft: Draft): void {
  const program = document.text('process.name');
  const service = document.text('system.auth.pam.service') || program;
  draft.process = document.text('process.pid');
  draft.service ||= isSshd(service) ? 'ssh' : service;
  if (draft.service === 'ssh') {
    if (draft.destinationPort === -1) draft.destinationPort = SSH_PORT;
    draft.transport ||= Transport.tcp;
  }
  draft.addDetail(`${program} ${draft.process} ${document.text('system.auth.ssh.event')}`);
  draft.witness = witnessOf(document, draft);
  if (draft.witness === Witness.none || draft.witness === Witness.passed)
    readSuccess(document, draft, program);
  else fail(draft, numberOf(document.get('system.auth.attempts')));
}

function witnessOf(document: EcsRecord, { outcome, service }: Draft): number {
  const told = SSH_EVENTS.get(document.text('system.auth.ssh.event'));
  if (told !== undefined) return told;
  const module = document.text('system.auth.pam.module');
  if (module !== '' && outcome === Outcome.success) return Witness.passed;
  if (outcome !== Outcome.failure || (module !== '' && service === 'ssh')) return Witness.none;
  if (module === '') return Witness.attempt;
  return module === 'pam_unix' ? Witness.module : Witness.backend;
}

function readSuccess(document: EcsRecord, draft: Draft, program: string): void {
  const isPam = document.get('system.auth.pam.module') !== undefined;
  const isPrivilege =
    program === 'sudo' ? document.get('system.auth.sudo.command') !== undefined : /^su(?:-l)?$/.test(program);
  if (isPrivilege && !isPam) {
    draft.flags |= Flag.privilege;
    draft.outcome = Outcome.unknown;
  } else if (isPam || draft.outcome !== Outcome.success) {
    draft.kind = EventKind.other;
    draft.outcome = Outcome.unknown;
  }
}

function fail(draft: Draft, attempts: number): void {
  draft.outcome = Outcome.failure;
  draft.authFailures = attempts > 1 ? Math.min(attempts, MAX_FAILURES) : 1;
}

/** Tickets of Kerberos, by Windows' event codes: for a user (true: for a service). */
const TICKETS: ReadonlyMap<string, boolean> = new Map([
  ['4768', false],
  ['4769', true],
  ['4770', true],
  ['4771', false],
]);
/** Logins of Windows by other ways. */
const LOGONS: ReadonlySet<string> = new Set(['4625', '4776']);

/** A refusal that is none of a name or password is an exchange like any other. */
function readRefusal(document: EcsRecord, draft: Draft): void {
  if (isFailure(document, draft.user)) {
    fail(draft, 1);
    return;
  }
  draft.kind = EventKind.other;
  draft.outcome = Outcome.unknown;
}

function isFailure(document: EcsRecord, user: string): boolean {
  const request = document.text('zeek.kerberos.request_type');
  if (request !== '') {
    const error = document.text('zeek.kerberos.error_msg') || document.text('zeek.kerberos.error.msg');
    return isFailedLogin(error, request === 'TGS', user);
  }
  const code = document.text('event.code');
  const isTicket = TICKETS.get(code);
  if (isTicket === undefined) return !(LOGONS.has(code) && isMachine(user));
  return isFailedLogin(document.text('winlog.event_data.Status').toLowerCase(), isTicket, user);
}
