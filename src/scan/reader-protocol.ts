/**
 * What a thread that reads files and the thread that looks at their windows say to each other.
 */
import type { Input } from '../collect/file-reader.js';
import type { CollectOptions } from '../collect/options.js';
import type { SourceCoverage } from '../domain/coverage.js';
import type { ErrorCode } from '../domain/error.js';
import type { TableParts } from '../domain/events.js';
import type { Window } from '../domain/window.js';
import type { NormalizeOptions } from '../normalize/options.js';
import type { PrivacyOptions } from '../normalize/privacy-options.js';
import type { Unread } from './understanding.js';

/** What a reader is started with. */
export interface ReaderInput {
  readonly inputs: readonly Input[];
  readonly collect: CollectOptions;
  readonly normalize: NormalizeOptions;
  /** The key as text: a secret does not go from one thread to another. */
  readonly privacy: Omit<PrivacyOptions, 'key'> & { readonly key?: string };
  readonly windowLengthMs: number;
  readonly nowMs: number;
}

/** Which pass. */
export type Pass = 'toLearn' | 'toDetect';

/** What a reader is asked for: a pass; and that a number of events was taken. */
export type ReaderRequest = { readonly pass: Pass } | { readonly taken: number };

/** A window's events on their way. */
export interface SentWindow {
  readonly window: Window;
  readonly site: string;
  readonly events: TableParts;
  readonly coverage: readonly SourceCoverage[];
}

/** What a reader says: a window; records read since it last said so; the end of a pass, with what could not be read; an error that ends it. */
export type ReaderAnswer =
  | { readonly window: SentWindow }
  | { readonly records: number }
  | { readonly coverage: readonly SourceCoverage[]; readonly unread: readonly Unread[] }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };
