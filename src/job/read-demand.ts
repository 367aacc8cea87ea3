/**
 * How many events a job has to read in a second of event time: those that come, and those read again.
 */

/** Events a second. */
export interface ReadRates {
  /** As they come. */
  readonly arriving: number;
  /** With what is read again for late documents. */
  readonly all: number;
}

/** What was read for one window. */
interface Reading {
  readonly spanMs: number;
  readonly events: number;
}

/** Windows by which a rate is told. */
const WINDOWS = 12;

/** Rates over the newest windows, whenever they were read: catching up makes them no higher. */
export class ReadDemand {
  private firsts: Reading[] = [];
  private again = 0;

  /** A window was read in its turn. */
  read(spanMs: number, events: number): void {
    this.firsts.push({ spanMs, events });
    if (this.firsts.length <= WINDOWS) return;
    // What was read again goes by the window as what came does.
    this.again *= (this.firsts.length - 1) / this.firsts.length;
    this.firsts.shift();
  }

  /** A window was read again. */
  readAgain(events: number): void {
    this.again += events;
  }

  /** Undefined before there are enough windows. */
  rates(): ReadRates | undefined {
    if (this.firsts.length < WINDOWS) return undefined;
    const [spanMs, events] = this.firsts.reduce(
      ([span, sum], one) => [span + one.spanMs, sum + one.events],
      [0, 0],
    );
    return { arriving: (events * 1000) / spanMs, all: ((events + this.again) * 1000) / spanMs };
  }
}
