/** Appends batches to the store of a folder until it is killed; prints the number of each that is stored. */
import { ManualClock } from '../../src/domain/clock.js';
import { openEmbeddedStore } from '../../src/store/embedded/open.js';

async function write(home: string): Promise<void> {
  const store = await openEmbeddedStore({ home }, new ManualClock(0));
  const range = await store.events.range();
  for (let batch = range === undefined ? 0 : Math.ceil(range.end / 1000); ; batch++) {
    const events = Array.from({ length: 100 }, (_, number) => ({
      id: `${String(batch)}/${String(number)}`,
      source: 'a.log',
      format: 'zeek' as const,
      place: number,
      endMs: batch * 1000 + number,
      entities: [],
      record: {},
    }));
    await store.sink.append(events);
    process.stdout.write(`${String(batch)}\n`);
  }
}

void write(process.argv[2]!);
