/**
 * What setup sends, one request at a time.
 */

/** One request, as `curl` would send it. */
export interface SetupStep {
  readonly method: 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** The rest works without it: a role that somebody else may have to make. */
  readonly optional?: true;
  /** The index that it makes; done as well when that is there. */
  readonly creates?: string;
}

/** A step that was not done, and why. */
export interface SkippedStep {
  readonly step: SetupStep;
  readonly reason: string;
}
