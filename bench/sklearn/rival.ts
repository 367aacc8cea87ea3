/**
 * Starts scikit-learn 1.9.1 in a throw-away virtual environment, as a process to ask.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const REQUIREMENTS = ['scikit-learn==1.9.1', 'threadpoolctl'];
/** Outside the checkout's tracked files; `ELKHOUND_BENCH_VENV` names another. */
const VENV = process.env.ELKHOUND_BENCH_VENV ?? join('bench', 'sklearn', '.venv');

/** A running scikit-learn. */
export interface Rival {
  readonly version: string;
  /** Fits an isolation forest on a file of row-major float32. @returns seconds of CPU */
  fit(file: string, width: number, trees: number, sample: number, seed: number): Promise<number>;
  /** Scores a file with the forest fitted last, higher is stranger. @returns seconds of CPU */
  score(file: string, width: number, out?: string): Promise<number>;
  close(): void;
}

/** Installs the rival if it is not there, and starts it. */
export async function startRival(): Promise<Rival> {
  const python = join(VENV, 'bin', 'python');
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', VENV], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...REQUIREMENTS], { stdio: 'inherit' });
  }
  // A kernel name that an environment sets for old OpenBLAS builds would slow a current one.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...env } = process.env;
  const child = spawn(python, [join('bench', 'sklearn', 'rival.py')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown>> => {
    const answer = await answers.next();
    if (answer.done === true) throw new Error('scikit-learn ended early');
    return JSON.parse(answer.value) as Record<string, unknown>;
  };
  const ask = async (command: object): Promise<number> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return Number((await read()).seconds);
  };
  const { version } = await read();
  return {
    version: String(version),
    fit: (file, width, trees, sample, seed) => ask({ do: 'fit', file, width, trees, sample, seed }),
    score: (file, width, out) => ask({ do: 'score', file, width, out }),
    close: () => {
      child.stdin.end();
    },
  };
}
