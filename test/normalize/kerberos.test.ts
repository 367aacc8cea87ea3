import { EventKind, Outcome } from '../../src/domain/events.js';
import type { RawBatch } from '../../src/domain/raw.js';
import { eventsOf, normalize } from '../collect/logs.js';
import { describeRuby } from '../logstash/describe-ruby.js';
import { runChain } from '../logstash/ruby-chain.js';

const REFUSED = { outcome: Outcome.failure, authFailures: 1, kind: EventKind.auth };
const STEP = { outcome: Outcome.unknown, authFailures: 0, kind: EventKind.other };

function read(format: RawBatch['format'], record: object): Record<string, unknown> {
  return eventsOf(normalize([{ source: 'log', format, records: [record], places: [1] }]))[0]!;
}

function zeek(error: string, request = 'AS', client = 'bob/CORP.EXAMPLE'): object {
  return {
    ts: 1767225600.1,
    uid: 'C1',
    'id.orig_h': '10.0.0.5',
    'id.orig_p': 50112,
    'id.resp_h': '10.0.0.1',
    'id.resp_p': 88,
    request_type: request,
    client,
    service: 'krbtgt/CORP.EXAMPLE',
    success: false,
    ...(error === '' ? {} : { error_msg: error }),
  };
}

const OF_ZEEK: readonly (readonly [string, object, object])[] = [
  ['a wrong password', zeek('KDC_ERR_PREAUTH_FAILED'), REFUSED],
  ['an unknown name', zeek('KDC_ERR_C_PRINCIPAL_UNKNOWN'), REFUSED],
  ['a locked account', zeek('KDC_ERR_CLIENT_REVOKED'), REFUSED],
  ['a refusal without a reason', zeek(''), REFUSED],
  ['the question for pre-authentication', zeek('KDC_ERR_PREAUTH_REQUIRED'), STEP],
  ['a cipher that is not supported', zeek('KDC_ERR_ETYPE_NOSUPP'), STEP],
  ['a clock that differs', zeek('KRB_AP_ERR_SKEW'), STEP],
  ['options of a ticket', zeek('KDC_ERR_BADOPTION', 'TGS'), STEP],
  ['an unknown service', zeek('KDC_ERR_S_PRINCIPAL_UNKNOWN', 'TGS'), STEP],
  ['a ticket that is too old', zeek('KRB_AP_ERR_TKT_EXPIRED', 'TGS'), STEP],
  ['a machine', zeek('KDC_ERR_PREAUTH_FAILED', 'AS', 'PC1$/CORP.EXAMPLE'), STEP],
];

function windows(code: number, status: string | undefined, user = 'bob'): object {
  return {
    winlog: {
      event_id: code,
      provider_name: 'Microsoft-Windows-Security-Auditing',
      computer_name: 'dc1.corp.example',
      keywords: ['Audit Failure'],
      event_data: {
        TargetUserName: user,
        IpAddress: '::ffff:10.0.0.5',
        ...(status === undefined ? {} : { Status: status }),
      },
    },
  };
}

const OF_WINDOWS: readonly (readonly [string, object, object])[] = [
  ['4771, a wrong password', windows(4771, '0x18'), REFUSED],
  ['4768, an unknown name', windows(4768, '0x6'), REFUSED],
  ['4768, a locked account', windows(4768, '0x12'), REFUSED],
  ['4771, pre-authentication required', windows(4771, '0x19'), STEP],
  ['4768, pre-authentication required', windows(4768, '0x19'), STEP],
  ['4768, a cipher that is not supported', windows(4768, '0xE'), STEP],
  ['4769, options of a ticket', windows(4769, '0xD'), STEP],
  ['4769, an unknown service', windows(4769, '0x7'), STEP],
  ['4771, a machine', windows(4771, '0x18', 'PC1$'), STEP],
  ['4625, a refused logon', windows(4625, '0xc000006d'), REFUSED],
  ['4625, a machine', windows(4625, '0xc000006d', 'PC1$'), STEP],
  ['4776, a refused logon', windows(4776, '0xc000006a'), REFUSED],
];

describe('a refusal of Kerberos in a log of Zeek', () => {
  it.each(OF_ZEEK)('%s', (_, record, expected) => {
    expect(read('zeek', record)).toMatchObject(expected);
  });
});

describeRuby('a refusal in a document', (ruby) => {
  const inputs = [...OF_ZEEK, ...OF_WINDOWS].map(([id, record]) => ({
    id,
    input: 'winlog' in record ? (record as Record<string, unknown>) : JSON.stringify(record),
  }));
  const outcomes = runChain(ruby, inputs);

  it.each([...OF_ZEEK, ...OF_WINDOWS])('%s', (id, _, expected) => {
    const document = outcomes.get(id)!.event!;
    expect((document.event as { outcome: string }).outcome).toBe('failure');
    expect(read('ecs', { ...document, '@timestamp': '2026-01-01T00:00:00Z' })).toMatchObject(expected);
  });
});
