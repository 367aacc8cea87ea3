/**
 * HTTP addresses that people write into options, perhaps with a user and password.
 */
import { AppError } from './error.js';
import { Secret } from './secret.js';

/** An address, and who asks there. */
export interface HttpAddress {
  /** Without user and password, so that it may be shown. */
  readonly url: URL;
  readonly username?: string;
  readonly password?: Secret;
}

/** Which addresses are taken. */
export interface HttpAddressOptions {
  /** May go on with a query, and may have `@` in its path: webhooks do. (Default: false) */
  readonly anyPath?: boolean;
  /** The option that messages name. */
  readonly option?: string;
}

const SCHEME = /^https?:\/\//i;
const CONTROLS = /\p{Cc}/u;
/** Addresses of several nodes stand behind each other; a comma in a password begins no address. */
const BETWEEN_ADDRESSES = /,\s*(?=https?:\/\/)/i;

const ENCODE =
  'the user or password holds a character that must be percent-encoded (% as %25, / as %2F, @ as %40, # as %23, ? as %3F)';

/**
 * Reads an address.
 *
 * A password that is not percent-encoded can end the host early: `http://elastic:12/34@es:9200` is
 * the path `/34@es:9200` on port 12 of the host `elastic` to every parser. So what may be the rest
 * of a password behind the host is refused rather than sent somewhere, or shown as part of a path.
 * @throws AppError `invalid_option` that says what would be right, and nothing of the text
 */
export function parseHttpAddress(
  text: string,
  { anyPath = false, option }: HttpAddressOptions = {},
): HttpAddress {
  const refusal = (expected: string): AppError =>
    new AppError('invalid_option', option === undefined ? expected : `${option}: ${expected}`);
  if (!SCHEME.test(text.trim())) throw refusal('expected an address that begins with http:// or https://');
  // Parsers leave out tabs and line breaks, so that the password would be another one.
  if (CONTROLS.test(text)) throw refusal('expected an address without control characters');
  if (!URL.canParse(text)) {
    throw refusal(text.includes('@') ? ENCODE : 'expected an address such as https://host.example:9200');
  }
  const url = new URL(text);
  if (!anyPath && (url.hash !== '' || url.search !== '' || url.pathname.includes('@'))) {
    throw refusal(text.includes('@') ? ENCODE : 'expected an address without "?" and "#"');
  }
  const [username, password] = [url.username, url.password].map(decoded);
  if (username === undefined || password === undefined) throw refusal(ENCODE);
  url.username = '';
  url.password = '';
  if (username === '' && password === '') return { url };
  return { url, username, password: new Secret(password) };
}

/**
 * Reads addresses that stand behind each other, with commas between them.
 * @throws AppError as {@link parseHttpAddress}
 */
export function parseHttpAddresses(text: string, options: HttpAddressOptions = {}): HttpAddress[] {
  return text.split(BETWEEN_ADDRESSES).map((one) => parseHttpAddress(one, options));
}

/** An address as it is shown: without user and password, and without the slash at its end. */
export function addressText({ url }: HttpAddress): string {
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Undefined where a `%` begins no character. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
