import fc from 'fast-check';
import { z } from 'zod';
import { alertSchema, fromAlertDocument, toAlertDocument } from '../../src/documents/alerts.js';
import { anomalySchema, fromAnomalyDocument, toAnomalyDocument } from '../../src/documents/anomalies.js';
import { fromModelDocument, modelSchema, toModelDocument } from '../../src/documents/models.js';
import {
  fromNotificationDocument,
  notificationSchema,
  toNotificationDocument,
} from '../../src/documents/notifications.js';
import { readDocument } from '../../src/documents/read-document.js';
import { fromWindowDocument, toWindowDocument, windowSchema } from '../../src/documents/windows.js';
import {
  anomaliesOf,
  changesOf,
  notificationRecordsOf,
  snapshotsOf,
  windowRecordsOf,
} from '../contract/arbitraries.js';

/** What a store gives back for a document. */
function stored<S extends z.ZodType>(schema: S, document: object): z.infer<S> {
  return readDocument(schema, JSON.parse(JSON.stringify(document)), 'test');
}

describe('documents', () => {
  it('keep an anomaly whole', () => {
    fc.assert(
      fc.property(anomaliesOf('job'), fc.option(fc.integer({ min: 0, max: 99 })), (anomaly, previous) => {
        const revised =
          previous === null ? anomaly : { ...anomaly, revision: 2, previousScore: previous / 100 };
        expect(fromAnomalyDocument(stored(anomalySchema, toAnomalyDocument(revised)))).toEqual(revised);
      }),
    );
  });

  it('keep the episode of an alert whole', () => {
    fc.assert(
      fc.property(changesOf('job'), (change) => {
        expect(fromAlertDocument(stored(alertSchema, toAlertDocument(change, 1)))).toEqual(change);
      }),
    );
  });

  it('keep a window record whole', () => {
    fc.assert(
      fc.property(windowRecordsOf('job'), (record) => {
        expect(fromWindowDocument(stored(windowSchema, toWindowDocument(record)))).toEqual(record);
      }),
    );
  });

  it('keep a model snapshot whole', () => {
    fc.assert(
      fc.property(snapshotsOf('job'), (snapshot) => {
        expect(fromModelDocument(stored(modelSchema, toModelDocument(snapshot)))).toEqual(snapshot);
      }),
    );
  });

  it('keep a notification whole', () => {
    fc.assert(
      fc.property(notificationRecordsOf('job'), (record) => {
        const document = stored(notificationSchema, toNotificationDocument(record));
        expect(fromNotificationDocument(document)).toEqual(record);
      }),
    );
  });

  it('are refused where they are of another kind', () => {
    expect(() => stored(anomalySchema, { event: { kind: 'event' } })).toThrow(
      expect.objectContaining({ code: 'unsupported_schema' }) as Error,
    );
  });
});
