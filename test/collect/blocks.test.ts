import fc from 'fast-check';
import { blocksOf } from '../../src/collect/blocks.js';

async function* each(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

it('cuts a stream at the same places however its chunks come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.nat({ max: 200 })),
      fc.integer({ min: 1, max: 40 }),
      async (bytes, cuts, length) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
          (a, b) => a - b,
        );
        const chunks = places.slice(1).map((to, i) => Buffer.from(bytes.slice(places[i], to)));
        const blocks: Buffer[] = [];
        for await (const block of blocksOf(each(chunks), length)) blocks.push(block);
        expect(Buffer.concat(blocks)).toEqual(Buffer.from(bytes));
        expect(blocks.slice(0, -1).every((block) => block.length === length)).toBe(true);
        expect(blocks.at(-1)?.length ?? 1).toBeGreaterThan(0);
        expect(blocks).toHaveLength(Math.ceil(bytes.length / length));
      },
    ),
  );
});
