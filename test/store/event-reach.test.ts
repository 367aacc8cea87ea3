import { AppError } from '../../src/domain/error.js';
import { Reach } from '../../src/store/elasticsearch/event-reach.js';

describe('what cannot be reached', () => {
  const missing = new AppError('store_unavailable', 'could not read: missing shards [[logs-b][0]]');
  const lost = {
    source: 'logs-b',
    reason: 'unreachable_index',
    detail: 'a part of it has no copy on any node',
  };

  /** Answers without the lost index only. */
  async function reachWithout(): Promise<Reach> {
    const reach = new Reach();
    const asked = (): string[] => reach.of(['logs-*']);
    const question = () => (asked().includes('-logs-b') ? Promise.resolve('rest') : Promise.reject(missing));
    expect(await reach.ask(question)).toBe('rest');
    return reach;
  }

  it('is told while it is tried again, until an answer about events has come with it', async () => {
    const reach = await reachWithout();
    expect(reach.leftOut).toEqual([lost]);
    reach.tryAgain();
    expect(reach.of(['logs-*'])).toEqual(['logs-*']);
    // The mappings of a lost index are known all the same: a window that is read now lacks it still.
    await reach.ask(() => Promise.resolve('mappings'), false);
    expect(reach.leftOut).toEqual([lost]);
    await reach.ask(() => Promise.resolve('events'));
    expect(reach.leftOut).toEqual([]);
  });
});
