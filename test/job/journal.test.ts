import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/load.js';
import type { EpisodeState } from '../../src/decide/episodes.js';
import { Journal } from '../../src/job/journal.js';
import { MemoryStates } from '../../src/evaluate/memory-ports.js';
import { SiteEngines } from '../../src/job/sites.js';
import { windowOf, type TestEvent } from '../features/event-builder.js';
import { episode } from '../alert/episode.js';

const { features } = parseConfig('', 'test.yml');
const LENGTH_MS = 300_000;
const FIRST_MS = 5_000_000 * LENGTH_MS;

function journalOn(states: MemoryStates, maxChars: number): Journal {
  return new Journal({ job: 'default', states, features, horizonMs: 86_400_000, maxChars });
}

/** Episodes that are open after a window: their number, and which of them have just changed. */
interface Step {
  readonly open: readonly number[];
  readonly changed: readonly number[];
  readonly commits: boolean;
}

/** The open episodes window after window; what does not change stays the same object. */
function statesOf(steps: readonly Step[]): EpisodeState[] {
  let before: EpisodeState = [];
  return steps.map(({ open, changed }, k) => {
    const known = new Map(before.map((one) => [one.episode.id, one]));
    before = [...new Set(open)].map((n) => {
      const id = `e${String(n)}`;
      const old = known.get(id);
      return old && !changed.includes(n)
        ? old
        : { episode: episode({ id, windows: k + 1 }), slow: n % 2 === 0 };
    });
    return before;
  });
}

const byId = (episodes: EpisodeState): EpisodeState =>
  [...episodes].sort((a, b) => (a.episode.id < b.episode.id ? -1 : 1));

async function written(steps: readonly Step[], maxChars: number): Promise<MemoryStates> {
  const states = new MemoryStates();
  const journal = journalOn(states, maxChars);
  const engines = new SiteEngines(features, false);
  await journal.begin('m', { asOfMs: FIRST_MS, engines, episodes: [] }, 300_000);
  const after = statesOf(steps);
  for (const [k, { commits }] of steps.entries()) {
    const found = engines.compute(windowOf(eventsOf(k), 5_000_000 + k));
    const { window } = found.events;
    const advances = [engines.advanceOf(found)];
    engines.advance(found);
    journal.record({ window, advances, episodes: after[k]! });
    const isLast = k === steps.length - 1;
    if (commits || isLast || journal.isFull) {
      await journal.commit('m', { asOfMs: window.end, engines, episodes: after[k]! });
    }
  }
  return states;
}

const eventsOf = (k: number): TestEvent[] =>
  Array.from({ length: 5 }, (_, i) => ({
    source: `10.0.${String(k)}.${String(i)}`,
    destination: '10.0.0.1',
    port: 80,
  }));

const step = fc.record({
  open: fc.array(fc.nat(8), { maxLength: 9 }),
  changed: fc.array(fc.nat(8), { maxLength: 4 }),
  commits: fc.boolean(),
});

describe('Journal', () => {
  it('gives the state before each window, however small the texts are that it is cut into', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(500, 4000, 50_000),
        async (steps, maxChars) => {
          const states = await written(steps, maxChars);
          const after = statesOf(steps);
          const journal = journalOn(states, maxChars);
          const state = await journal.open();
          expect(byId(state!.episodes)).toEqual(byId(after.at(-1)!));
          expect(state!.engines.usage.entities).toBe((await last(states)).entities);
          const past = journal.past();
          for (const [k, episodes] of after.entries()) {
            const end = FIRST_MS + (k + 1) * LENGTH_MS;
            if (end < journal.firstMs) continue;
            const then = await past.before(end);
            expect(then!.asOfMs).toBe(end);
            expect(byId(then!.episodes)).toEqual(byId(episodes));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('writes no text beyond its bound where a window opens thousands of episodes', async () => {
    const open = Array.from({ length: 3000 }, (_, n) => n);
    const steps = [
      { open, changed: [], commits: true },
      ...Array(3).fill({ open, changed: [1], commits: true }),
    ];
    const states = await written(steps as Step[], 200_000);
    const sizes = await segmentSizes(states);
    const episodeSize = JSON.stringify(episode()).length;
    expect(Math.max(...sizes)).toBeLessThan(200_000 + 2 * episodeSize);
    // All of them once, and then only what changes.
    const all = sizes.reduce((sum, size) => sum + size, 0);
    expect(all).toBeGreaterThan(3000 * episodeSize);
    expect(all).toBeLessThan(3000 * episodeSize * 1.3);
    expect((await journalOn(states, 200_000).open())!.episodes).toHaveLength(3000);
  });
});

async function last(states: MemoryStates): Promise<{ entities: number }> {
  return (await journalOn(states, 1e9).open())!.engines.usage;
}

/** Lengths of the texts that segments hold. */
async function segmentSizes(states: MemoryStates): Promise<number[]> {
  const head = JSON.parse((await states.getState('checkpoint:default'))!.value) as {
    segments: { start: number; part?: number }[];
  };
  return Promise.all(
    head.segments.map(async ({ start, part }) => {
      const key = `journal:default:${String(start)}${part === undefined ? '' : `:${String(part)}`}`;
      const { value } = (await states.getState(key))!;
      return gunzipSync(Buffer.from(value, 'base64')).length;
    }),
  );
}
