import { ManualClock } from '../../src/domain/clock.js';
import { AppError } from '../../src/domain/error.js';
import { createLogger } from '../../src/observe/logger.js';
import { Outage } from '../../src/service/outage.js';

const away = new AppError('timeout', 'no answer in time', { retryable: true });
const refused = new AppError('store_rejected', 'the index is blocked');

describe('an outage', () => {
  function told(play: (outage: Outage, clock: ManualClock) => void): string[] {
    const lines: string[] = [];
    const clock = new ManualClock(0);
    const destination = {
      write: (line: string) => void lines.push((JSON.parse(line) as { message: string }).message),
    };
    const logger = createLogger('info', destination);
    play(new Outage({ job: 'j', waiting: () => 3, clock, logger }), clock);
    return lines;
  }
  const LOST = 'does not work; tried again until it does';

  it('is told once however many parts fail of it, and once when all of them work', () => {
    const lines = told((outage, clock) => {
      outage.note('lease', away);
      outage.note('windows', away);
      outage.note('lease', away);
      clock.set(12_000);
      outage.clear('lease');
      outage.clear('windows');
    });
    expect(lines).toEqual([LOST, 'works again after 12 s; 3 windows wait']);
  });

  it('is told again where it comes to fail in a way that asks for something else', () => {
    const lines = told((outage) => {
      outage.note('windows', away);
      outage.note('windows', refused);
    });
    expect(lines).toEqual([LOST, LOST]);
  });

  it('is not told anew by what waited through it and fails after its end', () => {
    const lines = told((outage, clock) => {
      const begunAfter = outage.ended;
      outage.note('lease', away);
      clock.set(5_000);
      outage.clear('lease');
      outage.note('windows', away, begunAfter);
      outage.clear('windows');
    });
    expect(lines).toEqual([LOST, 'works again after 5 s; 3 windows wait']);
  });

  it('is told anew where what began after its end fails', () => {
    const lines = told((outage) => {
      outage.note('lease', away);
      outage.clear('lease');
      outage.note('windows', away, outage.ended);
    });
    expect(lines).toEqual([LOST, 'works again after 0 s; 3 windows wait', LOST]);
  });
});
