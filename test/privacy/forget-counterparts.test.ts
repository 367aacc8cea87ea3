import { Forgotten } from '../../src/domain/forgotten.js';
import { counterpartsWithout, documentWithout } from '../../src/privacy/forget-counterparts.js';

const WHO = new Forgotten(['10.0.0.9']);
const DOCUMENT = {
  source: { address: '10.0.0.5', ip: '10.0.0.5' },
  destination: { address: '10.0.0.9', ip: '10.0.0.9' },
  related: { ip: ['10.0.0.5', '10.0.0.9'], user: [], hosts: [] },
  elkhound: {
    severity: 'high',
    counterparts: { sources: [], destinations: ['10.0.0.9', '10.0.0.7'] },
  },
};
const FORGOTTEN_DOCUMENT = {
  source: DOCUMENT.source,
  related: { ip: ['10.0.0.5'], user: [], hosts: [] },
  elkhound: { severity: 'high', counterparts: { sources: [], destinations: ['10.0.0.7'] } },
};

describe('forgetting who stands at the other end', () => {
  it('takes it out of a document, and out of the alert in a notification', () => {
    expect(documentWithout(DOCUMENT, WHO)).toEqual(FORGOTTEN_DOCUMENT);
    expect(documentWithout({ elkhound: { id: 'n', alert: DOCUMENT } }, WHO)).toEqual({
      elkhound: { id: 'n', alert: FORGOTTEN_DOCUMENT },
    });
  });

  it('leaves what does not name it as it is, the same object', () => {
    const others = new Forgotten(['10.0.0.8']);
    const notification = { elkhound: { alert: DOCUMENT } };
    expect(documentWithout(DOCUMENT, others)).toBe(DOCUMENT);
    expect(documentWithout(notification, others)).toBe(notification);
    expect(documentWithout({ window: 1 }, others)).toEqual({ window: 1 });
    expect(counterpartsWithout(undefined, WHO)).toBeUndefined();
  });
});
