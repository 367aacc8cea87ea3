/**
 * Tells what of the inputs of a feed is not read or not understood: in the log once, and as a health check
 * for as long as it is so.
 */
import type { FollowState } from '../collect/follow.js';
import { leftOutText } from '../collect/folder.js';
import type { Health } from '../observe/health.js';
import type { Logger } from '../observe/logger.js';
import type { IngestCounts } from '../feeds/ingest.js';

const CHECK = 'inputs';
/** Things of a kind that are named; of the others there is only their number. */
const NAMED = 3;

/** Watches one feed. */
export class FeedWatch {
  private readonly sources = new Map<string, { events: number; filtered: number; quarantined: number }>();
  private told = new Set<string>();
  private leftOut = '';

  constructor(
    private readonly health: Health,
    private readonly logger: Logger,
  ) {}

  /** Takes note of what became of records. */
  ingested(source: string, { stored, duplicates, filtered, quarantined }: IngestCounts): void {
    const known = this.sources.get(source) ?? { events: 0, filtered: 0, quarantined: 0 };
    this.sources.set(source, {
      events: known.events + stored + duplicates,
      filtered: known.filtered + filtered,
      quarantined: known.quarantined + quarantined,
    });
  }

  /** Takes note of what a look found. */
  looked({ files, unreadable, empty, leftOut }: FollowState): void {
    const problems = [
      ...unreadable.values(),
      ...empty.map((name) => `there is no file to read under "${name}"`),
      ...this.notUnderstood(),
    ];
    this.tell(problems);
    this.tellLeftOut(leftOutText(leftOut));
    if (problems.length === 0) this.health.pass(CHECK);
    else if (unreadable.size >= files || this.isNothingUnderstood) this.health.fail(CHECK, joined(problems));
    else this.health.note(CHECK, joined(problems));
  }

  /** Sources of which all was refused; one of which all was left out by rule is as it should be. */
  private notUnderstood(): string[] {
    return [...this.sources]
      .filter(([, { events, filtered, quarantined }]) => events + filtered === 0 && quarantined > 0)
      .map(([source]) => `no record of "${source}" could be understood`);
  }

  private get isNothingUnderstood(): boolean {
    const read = [...this.sources.values()];
    return (
      read.every(({ events, filtered }) => events + filtered === 0) &&
      read.some(({ quarantined }) => quarantined > 0)
    );
  }

  private tell(problems: readonly string[]): void {
    for (const problem of problems) {
      if (!this.told.has(problem)) this.logger.warn(problem);
    }
    if (problems.length === 0 && this.told.size > 0) this.logger.info('all inputs are read again');
    this.told = new Set(problems);
  }

  private tellLeftOut(text: string): void {
    if (text !== '' && text !== this.leftOut) this.logger.info(`never read: ${text}`);
    this.leftOut = text;
  }
}

function joined(problems: readonly string[]): string {
  const more = problems.length - NAMED;
  return `${problems.slice(0, NAMED).join('; ')}${more > 0 ? `; and ${String(more)} more` : ''}`;
}
