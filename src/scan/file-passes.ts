/**
 * Windows of files, read by a thread of its own while this one looks at them.
 */
import { on } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FileCollector } from '../collect/collector.js';
import type { LeftOut } from '../collect/folder.js';
import type { OnWaiting } from '../collect/inputs.js';
import type { Config } from '../config/schema.js';
import type { SourceCoverage } from '../domain/coverage.js';
import { AppError } from '../domain/error.js';
import { EventTable, type WindowEvents } from '../domain/events.js';
import type { Pass, ReaderAnswer, ReaderInput, ReaderRequest, SentWindow } from './reader-protocol.js';
import type { WindowPasses } from './record-passes.js';
import type { Unread } from './understanding.js';

/** Threads run compiled code, also where this file is run as it is. */
const COMPILED = __filename.endsWith('.ts') ? join(__dirname, '..', '..', 'dist', 'scan') : __dirname;

/** Number of a thread that is no more. */
const ENDED = -1;

/** Who hears how far the passes are. */
export interface PassesListeners {
  /** Hears now and then how many more records were read. */
  readonly onRecords?: ((records: number) => void) | undefined;
  /** Hears of a pipe that nobody writes into. */
  readonly onWaiting?: OnWaiting | undefined;
}

/** Passes over files and standard input; to be closed. */
export class FilePasses implements WindowPasses {
  coverage: readonly SourceCoverage[] = [];
  /** Inputs that could not be read, or not to their end, in the newest pass that has ended. */
  unread: readonly Unread[] = [];

  private constructor(
    private readonly collector: FileCollector,
    private readonly reader: Worker,
    onRecords: (records: number) => void,
  ) {
    reader.on('message', (answer: ReaderAnswer) => {
      if ('records' in answer) onRecords(answer.records);
    });
  }

  /**
   * @param names files and folders; `-` is standard input
   * @throws AppError `unreadable_file` for a name that does not exist
   */
  static async open(
    names: readonly string[],
    { collect, normalize, privacy, schedule }: Config,
    nowMs: number,
    { onRecords = () => undefined, onWaiting }: PassesListeners = {},
  ): Promise<FilePasses> {
    const collector = await FileCollector.open(names, collect, onWaiting);
    const { key, users } = privacy;
    const workerData: ReaderInput = {
      inputs: collector.inputs,
      collect,
      normalize,
      privacy: key === undefined ? { users } : { users, key: key.reveal() },
      windowLengthMs: schedule.windowLength,
      nowMs,
    };
    const reader = new Worker(join(COMPILED, 'reader-thread.js'), { workerData });
    return new FilePasses(collector, reader, onRecords);
  }

  /** Names of the inputs, as coverage calls them. */
  get sources(): string[] {
    return this.collector.sources;
  }

  /** What lies in the folders and is never read. */
  get leftOut(): readonly LeftOut[] {
    return this.collector.leftOut;
  }

  toLearn(): AsyncGenerator<WindowEvents, void> {
    return this.pass('toLearn');
  }

  toDetect(): AsyncGenerator<WindowEvents, void> {
    return this.pass('toDetect');
  }

  /** Ends the thread, and removes what was kept of standard input. */
  async close(): Promise<void> {
    await this.reader.terminate();
    this.collector.close();
  }

  /** @throws AppError as the collector does */
  private async *pass(pass: Pass): AsyncGenerator<WindowEvents, void> {
    if (this.reader.threadId === ENDED) throw threadEnded();
    const answers = on(this.reader, 'message', { close: ['exit'] }) as AsyncIterable<[ReaderAnswer]>;
    this.ask({ pass });
    for await (const [answer] of answers) {
      if ('window' in answer) {
        const { events } = answer.window;
        yield received(answer.window);
        this.ask({ taken: events.rows });
      } else if ('error' in answer) {
        throw new AppError(answer.error.code, answer.error.message);
      } else if ('coverage' in answer) {
        this.coverage = answer.coverage;
        this.unread = answer.unread;
        return;
      }
    }
    throw threadEnded();
  }

  private ask(request: ReaderRequest): void {
    this.reader.postMessage(request);
  }
}

function threadEnded(): AppError {
  return new AppError('internal', 'the thread that reads files ended before it was done');
}

function received({ window, site, events, coverage }: SentWindow): WindowEvents {
  return { window, site, events: EventTable.of(events), coverage };
}
