/**
 * Problems of saved objects: where each is, what is wrong, and what would be right.
 */

/** Something that Kibana would refuse, lose or show as an error. */
export interface Problem {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Type and id of the object, as far as the line says them. */
  readonly type: string;
  readonly id: string;
  /** Where in the object, such as `attributes.panelsJSON[0].gridData`; JSON in a text counts as what it says. */
  readonly path: string;
  /** What is wrong, and after a semicolon what would be right. */
  readonly message: string;
}

/** One line for a person. @param file name of the file that holds the object */
export function problemText(file: string, { line, type, id, path, message }: Problem): string {
  const object = [type, id].filter((part) => part !== '').join(' ');
  return [`${file}:${String(line)}`, object, path, message].filter((part) => part !== '').join(': ');
}

/** A place in an object, where problems are reported. */
export class Place {
  constructor(
    private readonly found: (path: string, message: string) => void,
    private readonly path = '',
  ) {}

  /** The place that these steps lead to from here. */
  at(...steps: readonly (string | number)[]): Place {
    return new Place(this.found, steps.reduce<string>(joined, this.path));
  }

  /** @param message what is wrong, and after a semicolon what would be right */
  report(message: string): void {
    this.found(this.path, message);
  }
}

function joined(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${String(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
