/**
 * Options of privacy: what becomes of the names of users.
 */
import { z } from 'zod';
import { Secret } from '../domain/secret.js';

/** Shorter keys could be found by trying. */
const MIN_KEY = 16;

const key = z
  .string()
  .min(MIN_KEY, `expected at least ${String(MIN_KEY)} characters`)
  .transform((text) => new Secret(text));

/** Options of privacy; see each description. */
export const privacyOptions = z
  .strictObject({
    users: z
      .enum(['clear', 'pseudonym', 'off'])
      .default('clear')
      .describe(
        'User names: as the logs have them, as a keyed pseudonym such as "user-3f9c2a81d04e", or not used at all',
      ),
    key: key
      .optional()
      .describe('Secret that pseudonyms are made with; with another one, every user gets another pseudonym'),
  })
  .refine(({ users, key: given }) => users !== 'pseudonym' || given !== undefined, {
    path: ['key'],
    error:
      'users: pseudonym needs a secret; set privacy.key, privacy.keyFile or ELKHOUND_PRIVACY_KEY to at least 16 characters',
  })
  .prefault({});

export type PrivacyOptions = z.output<typeof privacyOptions>;
