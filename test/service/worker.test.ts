import request from 'supertest';
import { Database } from '../../src/store/embedded/database.js';
import { receiver } from '../alert/receiver.js';
import { embeddedEvening } from '../security/logins.js';

describe('a run that has an end', () => {
  it('ends when all that it found is sent, also what a receiver took only at a second attempt', async () => {
    const tried = new Set<string>();
    const busy = await receiver((request, response) => {
      const id = String(request.headers['webhook-id']);
      response.statusCode = tried.has(id) ? 204 : 503;
      tried.add(id);
      response.end();
    });
    const evening = await embeddedEvening(`alert: { channels: { busy: { url: "${busy.url}" } } }`);
    const { items } = (await request(evening.service.address).get('/v1/episodes?limit=1000')).body as {
      items: readonly { readonly reason: string }[];
    };
    await evening.stop();
    await busy.close();
    const database = await Database.open(evening.config.store);
    const states = await database.rows('SELECT state FROM notifications');
    await database.close();
    const said = evening.log.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(said.filter((line) => line.startsWith('learns from'))).toHaveLength(1);
    // Each episode is told in the log, too.
    expect(items.length).toBeGreaterThan(0);
    for (const { reason } of items) expect(said.filter((line) => line.includes(reason))).not.toEqual([]);
    expect(tried.size).toBeGreaterThan(0);
    expect(states).toEqual([...tried].map(() => ['sent']));
  }, 120_000);
});
