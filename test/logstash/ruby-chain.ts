import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** A line or event to run, told apart by its id; a line may also be given as the bytes that a codec would read. */
export type Input = { readonly id: string } & (
  { readonly input: string | Record<string, unknown> } | { readonly bytes: Buffer }
);

/** What becomes of an input. */
export interface Outcome {
  /** The pipeline that took it, "fortigate" or "unrecognized". */
  readonly source: string;
  /** Nested; of a line that is no event (the header of a table) null. */
  readonly event: Record<string, unknown> | null;
  /** The data stream it ends in, or "elkhound-failures"; "dropped" where there is no event. */
  readonly index: string;
  /** Whether its own time was read; else it has that of its arrival. */
  readonly dated: boolean;
  /** Whether that time says no year. */
  readonly yearless?: boolean;
  /** Of processor time. */
  readonly seconds?: number;
  /** What the scripts raised. Logstash tags such an event and goes on. */
  readonly exceptions: readonly string[];
}

/**
 * Runs inputs through the Ruby scripts, with stand-ins for the filters between them; outcomes by their ids.
 * @param stuckMs after which the scripts are taken to be stuck; none where nothing says so
 * @throws Error where the scripts write to standard error, or are stuck
 */
export function runChain(
  ruby: readonly string[],
  inputs: readonly Input[],
  stuckMs?: number,
): Map<string, Outcome> {
  const { stdout, stderr, signal } = spawnSync(
    ruby[0]!,
    [...ruby.slice(1), join(__dirname, 'run-samples.rb'), join(__dirname, '..', '..', 'logstash', 'scripts')],
    {
      input: inputs.map(request).join('\n'),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      timeout: stuckMs,
    },
  );
  if (stderr !== '') throw new Error(stderr);
  if (signal !== null) throw new Error(`the scripts were stopped by ${signal}`);
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const { id, failed, ...outcome } = JSON.parse(line) as Outcome & { id: string; failed: boolean };
      return [id, { ...outcome, index: failed ? 'elkhound-failures' : stream(outcome.event) }];
    }),
  );
}

function request(input: Input): string {
  return JSON.stringify(
    'bytes' in input
      ? { id: input.id, base64: input.bytes.toString('base64') }
      : { id: input.id, input: input.input },
  );
}

/** Where the output's data_stream_auto_routing sends an event. */
function stream(event: Record<string, unknown> | null): string {
  if (event === null) return 'dropped';
  const { type, dataset, namespace } = (event.data_stream ?? {}) as Record<string, string | undefined>;
  return `${String(type)}-${String(dataset)}-${String(namespace)}`;
}
