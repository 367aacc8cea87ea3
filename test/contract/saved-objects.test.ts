import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { savedObjectFiles } from '../../src/kibana/generate.js';
import { toNdjson } from '../../src/kibana/ndjson.js';
import { allSavedObjects } from '../../src/kibana/objects.js';
import { keyOf, type SavedObject } from '../../src/kibana/saved-object.js';
import { validate } from '../kibana/validator/validate.js';
import { sampleObjects } from '../kibana/sample-objects.js';

const FOLDER = join(__dirname, '..', '..', 'kibana');

function reversed(value: unknown): unknown {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('saved objects', () => {
  it('lie in the folder "kibana" as "npm run generate" writes them', () => {
    const files = savedObjectFiles();
    const present = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ndjson'),
    );
    expect(present.sort()).toEqual([...files.keys()].sort());
    for (const [path, content] of files) expect(readFileSync(join(FOLDER, path), 'utf8')).toBe(content);
  });

  it('have no problem', () => {
    for (const [path, content] of savedObjectFiles()) expect([path, validate(content)]).toEqual([path, []]);
  });

  it('are one object a line, with keys in an order that does not depend on how they were made', () => {
    const objects = sampleObjects();
    const text = toNdjson(objects);
    expect(toNdjson(objects.map((object) => reversed(object) as SavedObject))).toBe(text);
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(objects);
  });

  it('have fixed ids, which people have bookmarked', () => {
    expect(allSavedObjects().map(keyOf)).toEqual([
      'tag:elkhound',
      'index-pattern:elkhound-anomalies',
      'index-pattern:elkhound-alerts',
      'index-pattern:elkhound-windows',
      'index-pattern:elkhound-notifications',
      'index-pattern:elkhound-logs',
      'search:elkhound-newest-episodes',
      'search:elkhound-anomalies-in-words',
      'search:elkhound-raw-events',
      'search:elkhound-windows-in-order',
      'search:elkhound-deliveries',
      'dashboard:elkhound-overview',
      'dashboard:elkhound-entity',
      'dashboard:elkhound-network',
      'dashboard:elkhound-quality',
      'dashboard:elkhound-health',
    ]);
  });

  it('link to the pages where these are', () => {
    const text = toNdjson(allSavedObjects({ address: 'https://elkhound.example' }));
    expect(text).toContain('https://elkhound.example/anomalies/{{value}}');
    expect(text).toContain('https://elkhound.example/entities/user/{{value}}');
    expect(text).not.toContain('127.0.0.1');
  });
});
