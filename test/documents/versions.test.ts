import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { actionSchema, fromActionDocument } from '../../src/documents/actions.js';
import { alertSchema, fromAlertDocument } from '../../src/documents/alerts.js';
import { anomalySchema, fromAnomalyDocument } from '../../src/documents/anomalies.js';
import { deadLetterSchema } from '../../src/documents/deadletter.js';
import { INDICES } from '../../src/documents/indices.js';
import { fromModelDocument, modelSchema } from '../../src/documents/models.js';
import { fromNotificationDocument, notificationSchema } from '../../src/documents/notifications.js';
import { readDocument } from '../../src/documents/read-document.js';
import { stateSchema } from '../../src/documents/state.js';
import { verdictSchema } from '../../src/documents/verdicts.js';
import { fromWindowDocument, windowSchema } from '../../src/documents/windows.js';
import { ENTITY_KINDS } from '../../src/domain/matrix.js';
import { Journal } from '../../src/job/journal.js';
import { MemoryStates } from '../../src/evaluate/memory-ports.js';
import { Model } from '../../src/job/model.js';
import { parseConfig } from '../../src/config/load.js';
import { announcements, anomaliesOf, processOn, runToEnd, storeWith } from '../job/job-on-store.js';
import { describeSamples, sampleFile } from '../sample-data.js';

const FIXTURES = join(__dirname, '..', 'fixtures');

const READERS: Readonly<Record<string, (document: unknown) => unknown>> = {
  'elkhound-anomalies': reader(anomalySchema, fromAnomalyDocument),
  'elkhound-alerts': reader(alertSchema, fromAlertDocument),
  'elkhound-windows': reader(windowSchema, fromWindowDocument),
  'elkhound-state': reader(stateSchema, ({ elkhound }) => elkhound.state),
  'elkhound-models': reader(modelSchema, fromModelDocument),
  'elkhound-notifications': reader(notificationSchema, fromNotificationDocument),
  'elkhound-verdicts': reader(verdictSchema, ({ elkhound }) => elkhound),
  'elkhound-actions': reader(actionSchema, fromActionDocument),
  'elkhound-deadletter': reader(deadLetterSchema, ({ elkhound }) => elkhound),
};

function reader<S extends z.ZodType>(schema: S, from: (document: z.infer<S>) => unknown) {
  return (document: unknown): unknown => from(readDocument(schema, document, 'a fixture'));
}

function fixture(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8'));
}

/** What a later version may add, anywhere. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (value === null || typeof value !== 'object') return value;
  const parts = Object.entries(value).map(([key, part]) => [key, withMore(part)]);
  return { ...(Object.fromEntries(parts) as object), added_later: { by: ['another', 'version'] } };
}

const DOCUMENTS = readdirSync(join(FIXTURES, 'schema')).flatMap((version) =>
  readdirSync(join(FIXTURES, 'schema', version)).map((file) => [version, file.replace('.json', '')] as const),
);

describe('documents of every schema version', () => {
  it.each(INDICES.map(({ name, schemaVersion }) => [name, schemaVersion] as const))(
    'of %s are kept up to version %i',
    (name, newest) => {
      for (let version = 1; version <= newest; version++) {
        expect(existsSync(join(FIXTURES, 'schema', `v${String(version)}`, `${name}.json`))).toBe(true);
      }
    },
  );

  it.each(DOCUMENTS)('%s of %s is read by this version', (version, name) => {
    expect(READERS[name]!(fixture('schema', version, `${name}.json`))).toBeDefined();
  });

  it.each(DOCUMENTS)('%s of %s reads the same with what a later version adds', (version, name) => {
    const document = fixture('schema', version, `${name}.json`);
    expect(READERS[name]!(withMore(document))).toEqual(READERS[name]!(document));
  });
});

const { features } = parseConfig('', 'test.yml');

async function statesOf(file: string): Promise<MemoryStates> {
  const states = new MemoryStates();
  for (const [key, value] of Object.entries(fixture('state', file) as Record<string, string>)) {
    await states.putState(key, value, null);
  }
  return states;
}

function journalOn(states: MemoryStates): Journal {
  return new Journal({ job: 'default', states, features, horizonMs: 86_400_000 });
}

describe('states of every version', () => {
  it('of the journal are read', async () => {
    const journal = journalOn(await statesOf('journal-v4.json'));
    const state = await journal.open();
    expect(state!.engines.usage.entities).toBeGreaterThan(20);
    expect(state!.episodes.length).toBeGreaterThan(0);
    expect(journal.leftOffMs).toBeUndefined();
  });

  it('of one checkpoint become a journal with the same state', async () => {
    const states = await statesOf('checkpoint-v3.json');
    const journal = journalOn(states);
    const state = await journal.open();
    const current = await journalOn(await statesOf('journal-v4.json')).open();
    expect(state!.asOfMs).toBe(current!.asOfMs);
    expect(state!.engines.toText()).toBe(current!.engines.toText());
    expect(state!.episodes).toEqual(current!.episodes);
    // What was brought up to date is read as such from then on.
    const again = journalOn(states);
    expect((await again.open())!.engines.toText()).toBe(current!.engines.toText());
    expect(again.leftOffMs).toBeUndefined();
  });

  it('of older checkpoints are let go, but for where they stood', async () => {
    const states = new MemoryStates();
    await states.putState('checkpoint:default', JSON.stringify({ version: 2, asOfMs: 42 }), null);
    const journal = journalOn(states);
    expect(await journal.open()).toBeUndefined();
    expect(journal.leftOffMs).toBe(42);
  });

  it('of a newer version are refused, and say what to do', async () => {
    const states = new MemoryStates();
    await states.putState('checkpoint:default', JSON.stringify({ version: 6, asOfMs: 1 }), null);
    const refusal = {
      code: 'unsupported_schema',
      message: expect.stringMatching(/newer elkhound.*install/) as string,
    };
    await expect(journalOn(states).open()).rejects.toMatchObject(refusal);
    expect((await states.getState('checkpoint:default'))!.version).toBe(1);
  });
});

describe('models of every version', () => {
  const stored = fromModelDocument(
    readDocument(modelSchema, fixture('schema', 'v1', 'elkhound-models.json'), 'a fixture'),
  );

  it('are read, or fitted anew where their features are others', () => {
    if (Model.isObsolete(stored)) expect(() => Model.fromSnapshot(stored)).toThrow();
    else expect(ENTITY_KINDS.some((kind) => Model.fromSnapshot(stored).ensemble('default', kind))).toBe(true);
    expect(Model.isObsolete({ ...stored, version: 1 })).toBe(true);
    const others = stored.payload.replace('"features":["', '"features":["a_feature_of_old","');
    expect(Model.isObsolete({ ...stored, payload: others })).toBe(true);
  });

  it('are refused where a newer version has fitted them', () => {
    expect(() => Model.isObsolete({ ...stored, version: stored.version + 9 })).toThrow(
      /newer elkhound.*install/,
    );
  });
});

describeSamples('a job after an upgrade', () => {
  const LOG = sampleFile('flows/portscan_nmap/conn.log.gz');
  const rewritten = async (
    edit: (store: Awaited<ReturnType<typeof storeWith>>) => Promise<void>,
  ): Promise<{ before: unknown; after: unknown; told: number; windows: number }> => {
    const store = await storeWith(LOG);
    const told = announcements();
    await runToEnd(processOn(store, told.announce));
    const before = await anomaliesOf(store);
    await edit(store);
    const later = announcements();
    const next = processOn(store, later.announce);
    await runToEnd(next);
    const after = await anomaliesOf(store);
    const windows = next.records.filter(({ status }) => status === 'done').length;
    await store.destroy();
    return { before, after, told: later.seen.size, windows };
  };

  it('goes on with a model fitted anew where the stored one is of an earlier version', async () => {
    const { before, after, told, windows } = await rewritten(async ({ archive }) => {
      const edit = (document: object): object => {
        const { elkhound } = document as { elkhound: { model?: unknown } };
        const { model } = elkhound;
        if (typeof model !== 'object') return document;
        return { ...document, elkhound: { ...elkhound, model: { ...model, version: 1 } } };
      };
      const counts = await archive.rewrite(edit, false);
      expect(counts.find(({ index }) => index === 'models')!.scrubbed).toBe(1);
    });
    expect({ after, told, windows }).toEqual({ after: before, told: 0, windows: 0 });
  }, 120_000);

  it('learns anew without a word of the past where the state cannot be read', async () => {
    const { before, after, told, windows } = await rewritten(async ({ states }) => {
      const { value, version } = (await states.getState('checkpoint:default'))!;
      const { asOfMs } = JSON.parse(value) as { asOfMs: number };
      await states.putState('checkpoint:default', JSON.stringify({ version: 1, asOfMs }), version);
    });
    expect({ after, told, windows }).toEqual({ after: before, told: 0, windows: 0 });
  }, 120_000);
});
