/**
 * What works and what does not, as named checks that their owners keep up to date.
 */

/** One named check. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** One sentence for people; empty where all is well. */
  readonly detail: string;
}

/** All checks together. */
export interface HealthReport {
  readonly ready: boolean;
  readonly checks: readonly HealthCheck[];
}

/** Remembers the last word on each check. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();

  /** @param onChange sees each word on a check */
  constructor(private readonly onChange: (check: HealthCheck) => void = () => undefined) {}

  /** The part works. */
  pass(name: string): void {
    this.set({ name, ok: true, detail: '' });
  }

  /** The part works, but not as well as it should; `detail` says what is wrong. */
  note(name: string, detail: string): void {
    this.set({ name, ok: true, detail });
  }

  /** The part does not work; `detail` says what is wrong, without secrets. */
  fail(name: string, detail: string): void {
    this.set({ name, ok: false, detail });
  }

  /** Ready once every part has reported and all of them work. */
  report(): HealthReport {
    const checks = [...this.checks.values()];
    return { ready: checks.length > 0 && checks.every(({ ok }) => ok), checks };
  }

  private set(check: HealthCheck): void {
    this.checks.set(check.name, check);
    this.onChange(check);
  }
}
