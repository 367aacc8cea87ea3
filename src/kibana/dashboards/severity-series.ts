/**
 * A series for each severity: as columns of their own they keep their colors, whichever of them there are.
 */
import { SEVERITIES, type Severity } from '../../domain/anomaly.js';
import { count, type Columns } from '../columns.js';

const LABELS: Readonly<Record<Severity, string>> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

/** Columns that count the documents of each severity. */
export const SEVERITY_COUNTS: Columns = Object.fromEntries(
  SEVERITIES.map((severity) => [
    severity,
    count(LABELS[severity], { where: `elkhound.severity: ${severity}` }),
  ]),
);
