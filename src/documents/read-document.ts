/**
 * Documents come back as anything: they are checked before they are believed.
 */
import { z } from 'zod';
import { AppError } from '../domain/error.js';

/**
 * What a stored document tells.
 * @throws AppError `unsupported_schema` where another version, or another program, wrote it
 */
export function readDocument<S extends z.ZodType>(schema: S, source: unknown, index: string): z.infer<S> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  throw new AppError('unsupported_schema', `a document of ${index} is not as this version writes it${field}`);
}
