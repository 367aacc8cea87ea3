import { irregularText } from '../../src/domain/coverage.js';

describe('what is irregular', () => {
  it.each([
    [{ bad_duration: 12 }, '12 with a bad duration'],
    [{ bad_port: 1, bad_number: 1200 }, '1,200 with a bad number, 1 with a bad port'],
    [{ bad_address: 0, trailing_garbage: 1 }, '1 with something behind the end that is no gzip'],
    [{}, ''],
  ])('is told in words: %j', (counts, text) => {
    expect(irregularText(counts)).toBe(text);
  });
});
