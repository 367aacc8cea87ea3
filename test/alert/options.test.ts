import { inspect } from 'node:util';
import { alertOptions, plannedChannels } from '../../src/alert/options.js';
import { parseConfig } from '../../src/config/load.js';

const URL = 'https://hooks.example.org/T0/secret-token';

describe('alertOptions', () => {
  it('needs nothing', () => {
    expect(alertOptions.parse(undefined)).toEqual({ minSeverity: 'medium', channels: {} });
  });

  it('needs only an address for a channel', () => {
    const { channels } = alertOptions.parse({ channels: { soc: { url: URL } } });
    expect(channels.soc).toMatchObject({ kind: 'webhook', headers: {}, timeout: 10_000, attempts: 5 });
    expect(channels.soc?.url.reveal()).toBe(URL);
  });

  it('needs no file for a first try', () => {
    const { alert } = parseConfig('', 'elkhound.yml', { ELKHOUND_WEBHOOK_URL: URL });
    expect(plannedChannels(alert)).toEqual([{ name: 'webhook', minSeverity: 'medium' }]);
    expect(alert.channels.webhook?.url.reveal()).toBe(URL);
  });

  it('shows no secret in the message about a mistake', () => {
    const text = [
      'alert:',
      '  channels:',
      '    soc:',
      '      url: ftp://host/secret-token',
      '      proxy: socks://u:proxy-secret@host',
      '      signingSecret: whsec_secret-key',
      '      headers: { Authorization: "Bearer header-secret\\r\\n" }',
    ].join('\n');
    const messages = (): unknown => parseConfig(text, 'elkhound.yml');
    expect(messages).toThrow(/4:\d+: alert\.channels\.soc\.url: got \[secret\]; expected an address/);
    expect(messages).toThrow(/headers\.Authorization: got \[secret\]; expected the value of an HTTP header/);
    expect(messages).toThrow(/^(?![^]*(secret-token|proxy-secret|secret-key|header-secret))/);
  });

  it('hides what is secret however it is shown', () => {
    const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const channel = {
      url: URL,
      headers: { 'X-Key': 'header-secret' },
      signingSecret,
      proxy: 'http://u:proxy-secret@proxy:3128',
    };
    const options = alertOptions.parse({ channels: { soc: channel } });
    expect(`${JSON.stringify(options)} ${inspect(options, { depth: 9 })}`).not.toMatch(
      /token|header-secret|BwcH|proxy-secret/,
    );
  });

  it("takes a channel's own threshold before the common one", () => {
    const channels = { soc: { url: URL }, pager: { url: URL, minSeverity: 'critical' } };
    expect(plannedChannels(alertOptions.parse({ minSeverity: 'low', channels }))).toEqual([
      { name: 'soc', minSeverity: 'low' },
      { name: 'pager', minSeverity: 'critical' },
    ]);
  });

  it.each<[string, object, string]>([
    ['url', { url: 'ftp://example.org' }, 'expected an address that begins with http:// or https://'],
    ...[
      'http://169.254.169.254/latest/meta-data',
      'http://0xa9fea9fe/',
      'http://2852039166/',
      'http://[::ffff:169.254.169.254]/',
      'http://[fe80::1]/',
      'http://[fd00:ec2::254]/',
      'http://0.0.0.0/',
      'http://0/',
      'http://[::]/',
    ].map((url): [string, object, string] => [
      'url',
      { url },
      'expected another address than a link-local or unspecified one',
    ]),
    ['timeout', { timeout: '2m' }, 'expected between "100ms" and "60s"'],
    ['signingSecret', { signingSecret: 'whsec_c2hvcnQ=' }, 'expected "whsec_" and 24 to 64 bytes in base64'],
    [
      'signingSecret',
      { signingSecret: Buffer.alloc(32).toString('base64') },
      'expected "whsec_" and 24 to 64 bytes in base64',
    ],
    [
      'headers',
      { headers: { 'X-Key': 'a\r\nX-Other: b' } },
      'expected the value of an HTTP header, on one line',
    ],
    ['headers', { headers: { 'X Key': 'a' } }, 'Invalid key in record'],
    ['attempts', { attempts: 11 }, 'Too big: expected number to be <=10'],
  ])('says what would be right: %s %j', (option, change, message) => {
    const result = alertOptions.safeParse({ channels: { soc: { url: URL, ...change } } });
    const issue = result.error?.issues[0];
    expect([issue?.path.slice(0, 3), issue?.message]).toEqual([['channels', 'soc', option], message]);
  });
});
