/**
 * What Kibana offers only with more than the Basic license. Objects with it import, and then show an
 * error where the license is missing.
 */

/** The license that each thing needs, by the name it has in saved objects. */
const LICENSES: ReadonlyMap<string, string> = new Map([
  // Drilldowns.
  ['URL_DRILLDOWN', 'Gold'],
  // Panels of machine learning.
  ['ml_anomaly_swimlane', 'Platinum'],
  ['ml_anomaly_charts', 'Platinum'],
  ['ml_single_metric_viewer', 'Platinum'],
  // Types of saved objects.
  ['graph-workspace', 'Platinum'],
  ['ml-job', 'Platinum'],
  ['ml-trained-model', 'Platinum'],
]);

/** The license that something needs, where Basic is not enough. */
export function licenseOf(name: unknown): string | undefined {
  return typeof name === 'string' ? LICENSES.get(name) : undefined;
}
