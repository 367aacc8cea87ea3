/**
 * Documents that come after their windows were read.
 */
import type { Phase } from './verify.js';
import type { Withheld, World } from './world.js';

const HOUR_MS = 3_600_000;

/** The newest documents, and some an hour and more old. */
export async function lateDocuments(world: World, phase: Phase): Promise<void> {
  const newest = await world.withhold(some(world, 1, 0, 53_000));
  const anHour = await world.withhold(some(world, 3, 1, 50_000));
  const hours = await world.withhold(some(world, 9, 5, 55_000));
  await phase();
  await comeLate(world, [newest, anHour, hours], phase);
}

/** Documents of a day and of two days ago. What is scored before they come begins earlier still. */
export async function daysLate(world: World, phase: Phase): Promise<void> {
  const aDay = await world.withhold(some(world, 27, 24, 53_000));
  const twoDays = await world.withhold(some(world, 52, 48, 50_000));
  await phase(world.endMs - 66 * HOUR_MS);
  await phase();
  await comeLate(world, [aDay, twoDays], phase);
}

async function comeLate(world: World, parts: readonly Withheld[], phase: Phase): Promise<void> {
  for (const { documents, arrive } of parts) {
    if (documents === 0) throw new Error('no document is late, so that nothing would be shown');
    const before = await world.lateWindows();
    await arrive();
    await phase();
    if ((await world.lateWindows()) === before) throw new Error('no window tells of the late documents');
  }
}

/** Documents of connections from some ports in a stretch of time. */
function some(world: World, fromEndH: number, toEndH: number, fromPort: number): object {
  const at = (hours: number): string => new Date(world.endMs - hours * HOUR_MS).toISOString();
  return {
    bool: {
      filter: [
        { range: { '@timestamp': { gte: at(fromEndH), lt: at(toEndH) } } },
        { range: { 'source.port': { gte: fromPort, lt: fromPort + 3000 } } },
      ],
    },
  };
}
