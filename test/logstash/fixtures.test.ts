import { describeRuby } from './describe-ruby.js';
import { differences, readFixtures } from './fixtures.js';
import { runChain } from './ruby-chain.js';

describeRuby('the golden fixtures', (ruby) => {
  const fixtures = readFixtures();
  const outcomes = runChain(ruby, fixtures);

  it.each(fixtures.map((fixture) => [fixture.id, fixture] as const))('%s', (_, fixture) => {
    const outcome = outcomes.get(fixture.id)!;
    expect(outcome.exceptions).toEqual([]);
    expect(fixture.expected).toHaveProperty('_index');
    expect(differences(fixture, outcome)).toEqual([]);
  });
});
