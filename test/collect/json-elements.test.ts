import fc from 'fast-check';
import { ElementCutter } from '../../src/collect/json-elements.js';

const MAX_LENGTH = 1000;

function elementsOf(
  text: string,
  cuts: readonly number[] = [],
  maxLength = MAX_LENGTH,
): (string | undefined)[] {
  const cutter = new ElementCutter(maxLength);
  const ends = [...new Set([...cuts.map((cut) => cut % (text.length + 1)), text.length])].sort(
    (a, b) => a - b,
  );
  let from = 0;
  const elements = ends.flatMap((to) => {
    const part = text.slice(from, to);
    from = to;
    return cutter.cut(part);
  });
  return [...elements, ...cutter.end()];
}

const record = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
  // One that begins with an array could be what holds the records.
  .map((fields) => ({ first: 1, ...fields }));
const layout = fc.constantFrom<(records: readonly object[], indent: number) => string>(
  (records, indent) => JSON.stringify(records, null, indent),
  (records, indent) => JSON.stringify({ events: records }, null, indent),
  (records, indent) => JSON.stringify({ events: records, total: 3, other: [{}] }, null, indent),
  (records, indent) => records.map((one) => JSON.stringify(one, null, indent)).join('\n'),
);

describe('ElementCutter', () => {
  it('finds all elements, however they are printed and wherever the text is cut', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 8 }),
        layout,
        fc.nat(4),
        fc.array(fc.nat(5000), { maxLength: 10 }),
        (records, write, indent, cuts) => {
          const text = write(records, indent);
          // What holds an array is seen in the beginning, which comes whole.
          const elements = elementsOf(
            text,
            cuts.filter((cut) => cut % (text.length + 1) > 40),
            Infinity,
          );
          expect(elements.map((element) => JSON.parse(element!) as unknown)).toEqual(
            records.map((one) => JSON.parse(JSON.stringify(one)) as unknown),
          );
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it.each([
    [
      'a text that never ends',
      '[{"a":"x},\n{"b":1},\n{"c":2}]',
      ['{"a":"x},\n{"b":1},\n{"c":2}'.slice(0, 10), '{"b":1}', '{"c":2}'],
    ],
    [
      'a line that was never closed',
      '{"a":{"x":1\n{"b":1}\n{"c":2}\n',
      ['{"a":{"x":1\n', '{"b":1}', '{"c":2}'],
    ],
    [
      'what is no record',
      '[null, 12, "a {b}, c", {"c":2}, nonsense]',
      ['null', '12', '"a {b}, c"', '{"c":2}', 'nonsense'],
    ],
    ['a stray bracket', '{"a":1}}{"b":2}', ['{"a":1}', '}', '{"b":2}']],
    ['an end that is missing', '{"events":[{"a":1},{"b":', ['{"a":1}', '{"b":']],
    ['nothing', '{"events":[]}', []],
  ])('keeps the elements around %s', (_, text, expected) => {
    const found = elementsOf(text);
    expect(found.slice(-2)).toEqual(expected.slice(-2));
    expect(found.length).toBe(expected.length);
  });

  it('drops an element that is too long, and only that', () => {
    const long = { a: { b: 'x'.repeat(3000), c: [1, { d: 2 }] } };
    const text = JSON.stringify([{ before: 1 }, long, { after: 2 }], null, 2);
    expect(
      elementsOf(text, [500, 1200, 1800, 2400]).map((one) => one && (JSON.parse(one) as unknown)),
    ).toEqual([{ before: 1 }, undefined, { after: 2 }]);
  });
});

it('gives the hits of answers of a search that follow each other, however they come in', () => {
  const answer = '{"took":5,"hits":{"total":2,"hits":[{"_source":{"a":1}},{"_source":{"a":2}}]}}\n';
  const text = `${answer}${answer}{"took":1,"hits":{"hits":[]}}\n${answer}`;
  for (const length of [1, 7, 50, 10_000]) {
    // What decides is in the first chunk, as with files.
    const cutter = new ElementCutter(1000);
    const elements = cutter.cut(text.slice(0, 60));
    for (let at = 60; at < text.length; at += length)
      elements.push(...cutter.cut(text.slice(at, at + length)));
    const hits = ['{"_source":{"a":1}}', '{"_source":{"a":2}}'];
    expect([...elements, ...cutter.end()]).toEqual([...hits, ...hits, ...hits]);
  }
});
