/**
 * Documents that come after their windows were read.
 */
import { BRANCH, prepareBranch, type BranchPlace } from './branch.js';
import type { Nodes, Phase } from './verify.js';
import type { Withheld, World } from './world.js';

const HOUR_MS = 3_600_000;

/** The newest documents, and some an hour and more old. */
export async function hoursLate(world: World, phase: Phase): Promise<void> {
  const { usualEndMs: endMs } = world;
  const newest = await world.withhold(some(endMs, 1, 0, 53_000));
  const anHour = await world.withhold(some(endMs, 3, 1, 50_000));
  const hours = await world.withhold(some(endMs, 9, 5, 55_000));
  await phase();
  for (const part of [newest, anHour, hours]) await comeLate(world, part, phase);
}

/** The newest documents, and some of an hour, a day and two days ago. What is scored before begins earlier still. */
export async function daysLate(world: World, phase: Phase): Promise<void> {
  const { endMs } = world;
  const newest = await world.withhold(some(endMs, 1, 0, 53_000));
  const anHour = await world.withhold(some(endMs, 3, 1, 50_000));
  const aDay = await world.withhold(some(endMs, 27, 24, 53_000));
  const twoDays = await world.withhold(some(endMs, 52, 48, 50_000));
  await phase();
  await phase(endMs);
  for (const part of [newest, anHour, aDay, twoDays]) {
    await comeLate(world, part, () => phase(endMs));
  }
}

/** A part of the connections lies in an index of its own. */
export function inTwoIndices(world: World, phase: Phase): Promise<void> {
  return inBranch(world, phase, { index: BRANCH });
}

/** A part of the connections lies on another cluster. */
export function onTwoClusters(world: World, phase: Phase, remote?: Nodes): Promise<void> {
  return inBranch(world, phase, { index: BRANCH, url: remote!.urls[0]! });
}

async function inBranch(world: World, phase: Phase, place: BranchPlace): Promise<void> {
  const part = await world.withhold(some(world.endMs, 5 * 24, 0, 50_000));
  if (part.documents === 0) throw new Error('nothing lies in the branch, so that nothing would be shown');
  try {
    await prepareBranch(world, place);
    await part.arrive(place);
    await phase();
  } finally {
    await world.ask('DELETE', BRANCH, undefined, place.url);
    await part.arrive();
  }
}

async function comeLate(
  world: World,
  { documents, arrive }: Withheld,
  phase: () => Promise<void>,
): Promise<void> {
  if (documents === 0) throw new Error('no document is late, so that nothing would be shown');
  const before = await world.lateWindows();
  await arrive();
  await phase();
  if ((await world.lateWindows()) === before) throw new Error('no window tells of the late documents');
}

/** Documents of connections from some ports in a stretch of hours before a time. */
function some(endMs: number, fromHours: number, toHours: number, fromPort: number): object {
  const at = (hours: number): string => new Date(endMs - hours * HOUR_MS).toISOString();
  return {
    bool: {
      filter: [
        { range: { '@timestamp': { gte: at(fromHours), lt: at(toHours) } } },
        { range: { 'source.port': { gte: fromPort, lt: fromPort + 3000 } } },
      ],
    },
  };
}
