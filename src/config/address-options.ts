/**
 * Options that are addresses, in which people write users and passwords.
 */
import { z } from 'zod';
import { AppError } from '../domain/error.js';
import { addressText, parseHttpAddress, parseHttpAddresses } from '../domain/http-address.js';
import type { Secret } from '../domain/secret.js';

/** How several addresses are written. */
const SEVERAL = ', or several in one text, as "https://a.example:9200,https://b.example:9200"';

/** Address of one server. */
export const serverAddress = z.string().superRefine((text, context) => {
  refuseWith(context, () => parseHttpAddress(text));
});

/** Address of a cluster, or of several nodes with commas between them. */
export const nodeAddresses = z.string().superRefine((text, context) => {
  refuseWith(context, () => parseHttpAddresses(text), SEVERAL);
});

/** @param more what would be right besides, behind the words of any mistake */
function refuseWith(context: z.RefinementCtx, read: () => unknown, more = ''): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.addIssue({ code: 'custom', message: `${error.message}${more}` });
  }
}

/** Options of something that is reached at an address. */
export interface AddressedOptions {
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
}

/**
 * The same options with the user and password of the address as options of their own, so that the
 * address may be shown. Where a user is named beside the address, that one counts.
 * @param option names the address in a message
 * @throws AppError `invalid_option` for what is no address
 */
export function withUserApart<T extends AddressedOptions>(options: T, option?: string): T {
  if (options.url === undefined) return options;
  const addresses = parseHttpAddresses(options.url, option === undefined ? {} : { option });
  const url = addresses.map(addressText).join(',');
  const named = addresses.find(({ username }) => username !== undefined);
  if (options.username !== undefined || named === undefined) return { ...options, url };
  return { ...options, url, username: named.username, password: named.password };
}
