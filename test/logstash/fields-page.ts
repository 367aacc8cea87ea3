/** docs/logstash-fields.md: which expected ECS fields of vendors' samples a real Logstash sets, and the scripts alone. */
import { NOT_COUNTED } from './compare.js';
import { reason, type SourceResult } from './fields.js';

/** Results of the same samples, and by what they were made. */
export interface Execution {
  readonly by: string;
  readonly results: readonly SourceResult[];
}

/** The page's text; its differences are those of Logstash. */
export function page(logstash: Execution, scripts: Execution): string {
  const alone = new Map(scripts.results.map((result) => [result.source, result]));
  const rows = logstash.results.map(
    (result) =>
      `| ${result.source} | ${String(result.samples)} | ${counts(result)} | ${counts(alone.get(result.source)!)} |`,
  );
  const differences = logstash.results.flatMap(({ source, differing }) =>
    [...new Set(differing.map(({ name }) => name))].map(
      (name) =>
        `| ${source} | \`${name}\` | ${String(differing.filter((each) => each.name === name).length)} | ${reason(source, name) ?? 'not read yet'} |`,
    ),
  );
  return `# Fields of vendors' samples

Made by \`npm run test:logstash -- --page\`. Each sample was sent to a real Logstash with the pipelines of \`logstash/\`, lines by HTTP and events by the Beats protocol, and its document was read back from Elasticsearch. It is compared with the ECS document that Elastic's own integration makes of the same input.

**What executed the fields:** ${logstash.by}, all of them. The last three columns are of the Ruby scripts alone, under ${scripts.by} with stand-ins for Logstash's json, kv and date filters, as the tests run them each time; without the useragent filter its fields are not counted there.

Not counted are fields outside of ECS's own field sets, what a structured input holds already, and fields
${NOT_COUNTED.map(([why]) => `- ${why}`).join('\n')}
- that only the configuration of the upstream test names (its time zone, its host).

Times of lines without a year are compared without it, those without a zone by the hands of the clock. \`related.*\` may hold more than expected; everything else must be equal, as a set.

| source | lines | fields | equal | share | fields, scripts alone | equal | share |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## Differences

| source | field | times | why |
|---|---|---|---|
${differences.join('\n')}
`;
}

function counts({ compared, differing }: SourceResult): string {
  const equal = compared.length - differing.length;
  const share = compared.length === 0 ? '–' : `${((100 * equal) / compared.length).toFixed(1)} %`;
  return `${String(compared.length)} | ${String(equal)} | ${share}`;
}
