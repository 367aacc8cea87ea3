/**
 * The channels that alerts are told to.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Deliverer, type Channel } from '../alert/deliver.js';
import { WebhookSender } from '../alert/webhook.js';
import { benignCauseOf, CATALOGUE } from '../behaviors/catalogue.js';
import type { Behavior } from '../domain/anomaly.js';
import { Random } from '../domain/random.js';
import type { OwnedJob } from './ownership.js';
import type { Shared } from './shared.js';

export function delivererOf({ options, metrics }: Shared, jobs: readonly OwnedJob[]): Deliverer {
  const { config, clock, logger } = options;
  const { channels, baseUrl } = config.alert;
  const checksFor = (behavior: Behavior): readonly string[] => CATALOGUE[behavior].checks;
  const context = { checksFor, benignCauseOf, ...(baseUrl === undefined ? {} : { baseUrl }) };
  return new Deliverer({
    logs: new Map(jobs.map(({ config: { job }, store }) => [job, store.notifications])),
    channels: new Map(
      Object.entries(channels).map(([name, channel]): [string, Channel] => [
        name,
        { sender: new WebhookSender(channel, context, clock), attempts: channel.attempts },
      ]),
    ),
    clock,
    random: new Random(clock.now()),
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    onAttempt: (channel, outcome) => {
      metrics.notifications.inc({ channel, outcome });
    },
    logger,
  });
}
