/**
 * `event.ingested` of the logs: set by Elasticsearch itself as the last thing before it indexes, since a
 * shipper's own time says nothing of how long its queue held an event.
 */
import { z } from 'zod';
import type { Cluster } from './cluster.js';
import type { SetupStep, SkippedStep } from './setup-step.js';

/** Name of the ingest pipeline. */
export const INGEST_PIPELINE = 'elkhound-ingested';
/** What Elasticsearch's own template of `logs-*-*` leaves to the user, if it is there. */
export const LOGS_CUSTOM = 'logs@custom';
const LOGS_TEMPLATE = 'logs';
const PROCESSOR = 'set';
const MANAGED = { managed_by: 'elkhound' } as const;

const pipeline = {
  description: 'Sets event.ingested to the time at which Elasticsearch received the event',
  processors: [
    // An event whose `event` is no object is indexed without it rather than refused.
    { [PROCESSOR]: { field: 'event.ingested', value: '{{{_ingest.timestamp}}}', ignore_failure: true } },
  ],
  _meta: MANAGED,
};

/** What of the plan is done, and what is left to the user with the reason. */
export interface IngestPlan {
  readonly steps: readonly SetupStep[];
  readonly left: readonly SkippedStep[];
}

const nodesSchema = z.object({
  nodes: z.record(
    z.string(),
    z.object({ ingest: z.object({ processors: z.array(z.object({ type: z.string() })) }).optional() }),
  ),
});

/** Whether the node that answers can set a field while it ingests; small builds cannot. */
export async function hasIngest(cluster: Cluster): Promise<boolean> {
  const answer = await get(cluster, '/_nodes/_local/ingest?filter_path=nodes.*.ingest.processors');
  const parsed = nodesSchema.safeParse(answer);
  if (!parsed.success) return false;
  return Object.values(parsed.data.nodes).some(({ ingest }) =>
    ingest?.processors.some(({ type }) => type === PROCESSOR),
  );
}

const settingsSchema = z.record(z.string(), z.unknown());
const templateSchema = z.looseObject({
  template: z.looseObject({ settings: settingsSchema.optional() }).default({}),
  _meta: z.looseObject({ managed_by: z.string().optional() }).optional(),
});
type Template = z.output<typeof templateSchema>;

const componentsSchema = z.object({
  component_templates: z.array(z.object({ name: z.string(), component_template: templateSchema })),
});
const logsSchema = z.object({
  index_templates: z.array(
    z.object({ index_template: z.looseObject({ composed_of: z.array(z.string()).default([]) }) }),
  ),
});

/**
 * The pipeline, made the final one of the data streams that Elasticsearch's own template of
 * `logs-*-*` makes from now on. A component template of the user's is never changed.
 */
export async function planIngestTime(cluster: Cluster): Promise<IngestPlan> {
  const steps: SetupStep[] = [
    { method: 'PUT', path: `/_ingest/pipeline/${INGEST_PIPELINE}`, body: pipeline },
  ];
  const logs = logsSchema.safeParse(await get(cluster, `/_index_template/${LOGS_TEMPLATE}`));
  const used = logs.success && logs.data.index_templates[0]?.index_template.composed_of.includes(LOGS_CUSTOM);
  if (used !== true) {
    const reason = `the cluster has no index template "${LOGS_TEMPLATE}" that takes ${LOGS_CUSTOM} in`;
    return { steps, left: [{ step: customStep(), reason }] };
  }
  const custom = await logsCustom(cluster);
  if (custom === undefined || isOurs(custom)) return { steps: [...steps, customStep()], left: [] };
  const final = finalPipelineOf(custom);
  if (final === INGEST_PIPELINE) return { steps, left: [] };
  if (final === undefined) {
    const reason = `the component template ${LOGS_CUSTOM} is yours`;
    return { steps, left: [{ step: customStep(custom), reason }] };
  }
  const reason = `${LOGS_CUSTOM} names the final pipeline "${final}" already, which would have to call ${INGEST_PIPELINE}`;
  return { steps, left: [{ step: steps[0]!, reason }] };
}

/** The component template with our setting in it, and all else that it had. */
function customStep(custom?: Template): SetupStep {
  const template = custom?.template ?? {};
  const settings = { ...template.settings, 'index.final_pipeline': INGEST_PIPELINE };
  const body =
    custom === undefined
      ? { template: { settings }, _meta: MANAGED }
      : { ...custom, template: { ...template, settings } };
  return { method: 'PUT', path: `/_component_template/${LOGS_CUSTOM}`, body };
}

async function logsCustom(cluster: Cluster): Promise<Template | undefined> {
  const answer = await get(cluster, `/_component_template/${LOGS_CUSTOM}?flat_settings=true`);
  const parsed = componentsSchema.safeParse(answer);
  return parsed.success ? parsed.data.component_templates[0]?.component_template : undefined;
}

function isOurs({ _meta }: Template): boolean {
  return _meta?.managed_by === MANAGED.managed_by;
}

/** Names of the component templates in an answer that setup has made. */
export function ownComponentsIn(answer: unknown): string[] {
  const parsed = componentsSchema.safeParse(answer);
  if (!parsed.success) return [];
  return parsed.data.component_templates
    .filter(({ component_template: template }) => isOurs(template))
    .map(({ name }) => name);
}

function finalPipelineOf({ template }: Template): string | undefined {
  const name = template.settings?.['index.final_pipeline'];
  return typeof name === 'string' && name !== '_none' ? name : undefined;
}

function get(cluster: Cluster, path: string): Promise<unknown> {
  return cluster.ask(`look at ${path.split('?')[0]!}`, (client) =>
    client.transport.request({ method: 'GET', path }, { ignore: [400, 404, 405] }),
  );
}
