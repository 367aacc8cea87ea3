/**
 * Which refusals of Kerberos are failed logins. Most errors are steps of the protocol, or say something of the
 * ticket: a client is asked for pre-authentication each time that it logs in. (RFC 4120, section 7.5.9)
 */

/** Errors that refuse a name or its password, as Zeek names them. */
const REFUSALS: ReadonlySet<string> = new Set([
  'KDC_ERR_C_PRINCIPAL_UNKNOWN',
  'KDC_ERR_CLIENT_REVOKED',
  'KDC_ERR_KEY_EXPIRED',
  'KDC_ERR_PREAUTH_FAILED',
]);
/** The same as numbers, as Windows has them: 6, 18, 23, 24. */
const REFUSAL_CODES: ReadonlySet<number> = new Set([0x06, 0x12, 0x17, 0x18]);

/**
 * Whether a refused request is a failed login.
 * @param error name of the error, or its number as Windows writes it (`0x18`); empty where it is not said
 * @param isTicket whether a ticket for a service was asked for, which takes no password
 * @param user of the request; machines log in by themselves, and nobody guesses their passwords
 */
export function isFailedLogin(error: string, isTicket: boolean, user: string): boolean {
  if (isTicket || isMachine(user)) return false;
  if (error === '') return true;
  return error.startsWith('0x') ? REFUSAL_CODES.has(Number(error)) : REFUSALS.has(error);
}

/** Whether an account is that of a machine: `HOST$`, with a domain or realm or without. */
export function isMachine(user: string): boolean {
  return /\$(?:[@/]|$)/.test(user);
}
