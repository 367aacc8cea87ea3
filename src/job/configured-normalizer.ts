/**
 * The normalizer of a configuration, the same wherever windows are made of records.
 */
import { SampleQuarantine } from '../collect/quarantine.js';
import { Normalizer, type NormalizerParts } from '../normalize/normalizer.js';
import type { NormalizeOptions } from '../normalize/options.js';

/** What of a configuration it takes. */
export interface NormalizerConfig {
  readonly normalize: NormalizeOptions;
  readonly privacy: NormalizerParts['privacy'];
}

/** @param referenceMs now, or the newest time that records can have */
export function configuredNormalizer(
  { normalize, privacy }: NormalizerConfig,
  windowLengthMs: number,
  referenceMs: number,
): Normalizer {
  return new Normalizer({
    options: normalize,
    privacy,
    windowLengthMs,
    quarantine: new SampleQuarantine(),
    referenceMs,
  });
}
