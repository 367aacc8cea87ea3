/**
 * One line on a terminal that says how far a longer command is.
 */
import { printable } from '../domain/printable.js';

const FIRST_AFTER_MS = 1_000;
const EVERY_MS = 200;

/** Where progress is shown; `process.stderr` fits. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows the newest text after a second, several times a second; nothing where nobody watches. */
export class Progress {
  private text = '';
  private shown = false;
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly startedMs = performance.now();

  constructor(private readonly terminal: Terminal = process.stderr) {
    if (terminal.isTTY !== true) return;
    this.timer = setInterval(() => {
      this.show();
    }, EVERY_MS).unref();
  }

  /** Says where the command is. */
  update(text: string): void {
    this.text = text;
    // A busy loop starves the timer.
    if (this.timer !== undefined && performance.now() - this.startedMs > FIRST_AFTER_MS) this.show();
  }

  /** Writes whole lines, which stay, where the line was; it comes again below them. */
  write(lines: string): void {
    this.clear();
    this.terminal.write(lines);
  }

  /** Clears the line, for good. */
  done(): void {
    clearInterval(this.timer);
    this.clear();
  }

  private clear(): void {
    if (this.shown) this.terminal.write('\r\u001b[K');
    this.shown = false;
  }

  private show(): void {
    if (this.text === '' || performance.now() - this.startedMs < FIRST_AFTER_MS) return;
    this.shown = true;
    const shown = printable(this.text).slice(0, (this.terminal.columns ?? 80) - 1);
    this.terminal.write(`\r\u001b[K${shown}`);
  }
}

/** `12,345 records`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12,345`. */
export function numberText(value: number): string {
  return value.toLocaleString('en-US');
}
