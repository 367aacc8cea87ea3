/**
 * `elkhound kibana check`: looks at files of saved objects without a Kibana.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError } from '../domain/error.js';
import { printable } from '../domain/printable.js';
import { problemText, type Problem } from '../kibana/validate/problem.js';
import { validate } from '../kibana/validate/validate.js';
import { print, printJson } from './output.js';

interface Options {
  readonly known?: readonly string[];
  readonly json?: boolean;
}

/** Adds the command. */
export function registerKibana(program: Command): void {
  program
    .command('kibana')
    .description('Works on saved objects of Kibana')
    .command('check')
    .description(
      'Validates files of saved objects, each as it is imported alone; exit code 1 where something is wrong',
    )
    .argument('<file...>', 'files that Kibana would import (NDJSON)')
    .option('--known <type:id>', 'an object that is in the space already; may be given often', knownOf)
    .option('--json', 'print one JSON object a line, one per problem')
    .action(checkFiles);
}

function knownOf(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[^:]+:./.test(text)) return [...before, text];
  throw new AppError('invalid_option', `--known: got "${text}"; expected such as index-pattern:logs-*`);
}

function checkFiles(files: readonly string[], options: Options): void {
  const found = files.flatMap((file) => {
    const problems = validate(read(file), options);
    return problems.map((problem) => ({ file, problem }));
  });
  const lines = found.map(({ file, problem }) =>
    options.json === true ? toJson(file, problem) : printable(problemText(file, problem)),
  );
  if (lines.length > 0) (options.json === true ? printJson : print)(lines.join('\n'));
  else if (options.json !== true) print(`${printable(files.join(', '))}: valid`);
  if (lines.length > 0) process.exitCode = 1;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('unreadable_file', `cannot read the file "${file}"; expected saved objects (NDJSON)`, {
      cause,
    });
  }
}

function toJson(file: string, { line, type, id, path, message }: Problem): string {
  return JSON.stringify({ type: 'problem', file, line, object: { type, id }, path, message });
}
