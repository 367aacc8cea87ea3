import fc from 'fast-check';
import { epochMs, timeOf, WallClock } from '../../src/normalize/time.js';

const UTC = new WallClock('UTC');

describe('timeOf', () => {
  it('reads ISO 8601 as Date does, to the microsecond', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0100-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(timeOf(date.toISOString(), UTC)).toBe(date.getTime());
          expect(timeOf(date.toISOString().replace('Z', '+00:00'), UTC)).toBe(date.getTime());
        },
      ),
    );
    expect(timeOf('2018-03-24T17:15:20.865716Z', UTC)).toBe(1521911720865.716);
    expect(timeOf('2018-03-24T17:15:20.865716999Z', UTC)).toBe(1521911720865.716);
    expect(timeOf('2021-06-06T15:59:46.457984+0200', UTC)).toBe(
      Date.UTC(2021, 5, 6, 13, 59, 46, 457) + 0.984,
    );
    expect(timeOf('2019-06-14T13:01:15.412-05', UTC)).toBe(Date.UTC(2019, 5, 14, 18, 1, 15, 412));
    expect(timeOf('2019-06-14 13:01', UTC)).toBe(Date.UTC(2019, 5, 14, 13, 1));
  });

  it('tells seconds, milliseconds, microseconds and nanoseconds apart', () => {
    for (const value of [1700000000.25, 1700000000250, 1700000000250000, 1700000000250000000]) {
      expect(timeOf(value, UTC)).toBe(1700000000250);
      expect(timeOf(String(value), UTC)).toBe(1700000000250);
    }
    // A floating number falls short of the millisecond that it stands for.
    expect(Math.floor(1081650213.603 * 1000)).toBe(1081650213602);
    expect(Math.floor(epochMs(1081650213.603))).toBe(1081650213603);
  });

  it.each([
    undefined,
    null,
    '',
    'yesterday',
    {},
    [],
    true,
    '0001-01-01T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-32T00:00:00Z',
    '2024-01-01T25:00:00Z',
    '2024-01-01T00:61:00Z',
    '2024-01-01T00:00:00 Z',
    '2024-01-01T00:00:00+99:00',
    '2024-01-01',
    '5/7/2017 8:42',
    '2024/01-01 00:00:00',
  ])('does not take %p for a time', (value) => {
    expect(timeOf(value, UTC)).toBeNaN();
  });
});

describe('WallClock', () => {
  it('knows summer time, on both sides of its edges', () => {
    const berlin = new WallClock('Europe/Berlin');
    const utc = (wall: string): string => new Date(timeOf(wall, berlin)).toISOString().slice(0, 16);
    expect(utc('2024-01-15T12:00')).toBe('2024-01-15T11:00');
    expect(utc('2024-07-15T12:00')).toBe('2024-07-15T10:00');
    expect(utc('2024-03-31T01:30')).toBe('2024-03-31T00:30');
    expect(utc('2024-03-31T03:30')).toBe('2024-03-31T01:30');
    expect(utc('2024-10-27T01:30')).toBe('2024-10-26T23:30');
    expect(utc('2024-10-27T04:30')).toBe('2024-10-27T03:30');
  });

  it('does not touch times that name their zone', () => {
    expect(timeOf('2024-07-15T12:00:00Z', new WallClock('Asia/Tokyo'))).toBe(Date.UTC(2024, 6, 15, 12));
  });
});
