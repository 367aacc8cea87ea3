/**
 * DNS questions and answers that have a record each: together they are one question with its outcome.
 */
import type { Draft } from './draft.js';

interface Exchange {
  readonly questions: number[];
  readonly answers: number[];
}

/** The rows of one window that are halves of an exchange. */
export class Questions {
  private readonly exchanges = new Map<string, Exchange>();

  /** Adds the row of a draft that is such a half. */
  add({ half, exchange }: Draft, row: number): void {
    let found = this.exchanges.get(exchange);
    if (!found) this.exchanges.set(exchange, (found = { questions: [], answers: [] }));
    (half === 'question' ? found.questions : found.answers).push(row);
  }

  /** The questions among the rows that are kept whose answer is kept as well. */
  answered(keep: Uint8Array): number[] {
    const kept = (row: number): boolean => keep[row] !== 0;
    return [...this.exchanges.values()].flatMap(({ questions, answers }) =>
      questions.filter(kept).slice(0, answers.filter(kept).length),
    );
  }
}
