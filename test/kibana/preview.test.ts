import { count, FORMATS, metric, overTime, terms } from '../../src/kibana/columns.js';
import { SEVERITY_STEPS } from '../../src/kibana/colors.js';
import { dataViews } from '../../src/kibana/data-views.js';
import type { DataViewAttributes } from '../../src/kibana/saved-object.js';
import { Writer } from './preview/format.js';
import { markdownHtml } from './preview/markdown.js';
import { linearAxis, logAxis, paletteColor, textOn, timeLabels } from './preview/scale.js';
import { MISSING } from './query/aggregations.js';
import { OTHER } from './query/rows.js';

const views = dataViews('http://127.0.0.1:4600');
const view = (id: string): DataViewAttributes => views.find((each) => each.id === id)!.attributes;
const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 10, 24, 12);

describe('a value of a preview', () => {
  it('is written by the format of its column', () => {
    const written = (format: keyof typeof FORMATS, value: number): string =>
      new Writer(metric('sum', 'x', 'X', { format }), view('elkhound-logs')).text(value);
    expect([written('whole', 1234.5), written('bytes', 1_572_864), written('percent', 0.123)]).toEqual([
      '1,235',
      '1.5MB',
      '12.3%',
    ]);
  });

  it('is written by the format of its field where the column has none', () => {
    const largest = new Writer(metric('max', 'event.severity', 'Worst'), view('elkhound-anomalies'));
    expect([largest.text(99), largest.text(50), largest.text(null)]).toEqual(['critical', '50', '–']);
    const took = new Writer(metric('median', 'elkhound.took_ms', 'Half'), view('elkhound-windows'));
    expect([took.text(90_000), took.text(0.2)]).toEqual(['1.5 min', '0.2 ms']);
    expect(new Writer(count('Anomalies'), view('elkhound-anomalies')).text(99)).toBe('99');
    expect(new Writer(undefined, view('elkhound-logs'), 'source.bytes').text(2048)).toBe('2KB');
  });

  it('is a time, or one of the values that Kibana adds', () => {
    const time = new Writer(overTime(), view('elkhound-logs'));
    expect([time.text(NOON_MS), time.text(NOON_MS - 12 * HOUR_MS)]).toEqual([
      '2026-11-24 12:00',
      '2026-11-24',
    ]);
    const host = new Writer(terms('host.name', 'Host', { size: 3 }), view('elkhound-logs'));
    expect([host.text(OTHER), host.text(MISSING)]).toEqual(['Other', '(missing value)']);
  });

  it('is text, whatever the logs hold', () => {
    const name = new Writer(terms('user.name', 'User', { size: 3 }), view('elkhound-anomalies'));
    const cell = name.cell('"><script>alert(1)</script>').text;
    expect(cell).toContain('&lt;script&gt;');
    expect(cell).not.toContain('<script>');
    expect(cell).toMatch(/^<a href="[^"]+">/);
  });
});

describe('axes and colors of a preview', () => {
  it('end at a round number', () => {
    expect(linearAxis(87).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(linearAxis(87).at(50)).toBe(0.5);
    expect(linearAxis(0).ticks.at(-1)).toBe(1);
    expect(logAxis(30, 5_000).ticks).toEqual([10, 100, 1_000, 10_000]);
    expect(logAxis(10, 1_000).at(100)).toBe(0.5);
  });

  it('name a day once', () => {
    const times = [22, 23, 24, 25].map((hours) => NOON_MS + (hours - 12) * HOUR_MS);
    expect(timeLabels(times, 4)).toEqual(['11-24 22:00', '23:00', '11-25', '01:00']);
    expect(timeLabels(times, 2)).toEqual(['11-24 22:00', undefined, '11-25', undefined]);
  });

  it('are those of the palette, with text that can be read', () => {
    const [low, critical] = [paletteColor(SEVERITY_STEPS, 21)!, paletteColor(SEVERITY_STEPS, 99)!];
    expect(paletteColor(SEVERITY_STEPS, -1)).toBeUndefined();
    expect([textOn(low), textOn(critical)]).toEqual(['#1d2a3e', '#ffffff']);
  });
});

describe('Markdown of a preview', () => {
  const drawn = (text: string): string =>
    markdownHtml(text, (address) => `${address}.html`)
      .map((each) => each.text.replace(/\s+/g, ' '))
      .join('');

  it('has words in bold, links, headings and lists', () => {
    expect(drawn('a **b** [c](d) e')).toBe('<p>a <b>b</b> <a href="d.html">c</a> e</p>');
    expect(drawn('## Title\n\n- one\n- two')).toMatch(
      /^<h3>Title<\/h3><ul> <li>one<\/li><li>two<\/li> <\/ul>$/,
    );
  });

  it('is text otherwise', () => {
    expect(drawn('<b>')).toBe('<p>&lt;b&gt;</p>');
  });
});
