/**
 * Options that are secrets.
 */
import { z } from 'zod';
import { Secret } from '../domain/secret.js';

/** A secret text; `KEY` can also be given as `KEYFile`, the name of a file that holds it. */
export const secret = (): z.ZodType<Secret, string> =>
  z
    .string()
    .min(1)
    .transform((text) => new Secret(text));
