import { describeRuby } from './describe-ruby.js';
import { hostileEvents, hostileLines } from './hostile.js';
import { runChain } from './ruby-chain.js';

describeRuby('hostile, broken and oversized input', (ruby) => {
  const lines = hostileLines();
  const events = hostileEvents();
  const inputs = [...lines, ...events];

  const outcomes = runChain(ruby, inputs);

  it('is made of every source', () => {
    expect(new Set(inputs.map(({ source }) => source)).size).toBe(21);
    expect(lines.length).toBeGreaterThan(1500);
    expect(events.length).toBeGreaterThan(500);
  });

  it('ends each as a document or among the failures: as many come out as went in', () => {
    expect(outcomes.size).toBe(inputs.length);
    const ends = inputs.map(({ id }) => ({ id, index: outcomes.get(id)?.index }));
    expect(
      ends.filter(({ index }) => !/^(?:logs-[a-z0-9_.]+-default|elkhound-failures)$/.test(String(index))),
    ).toEqual([]);
  });

  it('raises no exception', () => {
    const raised = inputs.flatMap(({ id }) =>
      outcomes.get(id)!.exceptions.map((exception) => `${id}: ${exception}`),
    );
    expect(raised).toEqual([]);
  });

  it('keeps every line whole, as text, whatever it says', () => {
    const changed = lines.filter(({ id, bytes }) => {
      const original = (outcomes.get(id)!.event?.event as { original?: unknown } | undefined)?.original;
      return isUtf8(bytes) ? original !== bytes.toString() : typeof original !== 'string';
    });
    expect(changed.map(({ id }) => id)).toEqual([]);
  });

  it('takes no time: a pattern that goes through a long line again and again takes minutes', () => {
    const slow = inputs.filter(({ id }) => outcomes.get(id)!.seconds! > 3);
    expect(slow.map(({ id }) => id)).toEqual([]);
  });

  it('grows no document beyond its line', () => {
    const sizes = lines.map(({ id, bytes }) => {
      const { event } = outcomes.get(id)!;
      return { id, times: JSON.stringify({ ...event, event: undefined }).length / (bytes.length + 10_000) };
    });
    expect(sizes.filter(({ times }) => times > 3)).toEqual([]);
  });
});

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString()).equals(bytes);
}
