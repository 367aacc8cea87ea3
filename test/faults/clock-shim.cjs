'use strict';
/**
 * Loaded before a service under test: its wall clock is off by the milliseconds that a file names, as when
 * somebody sets the time of its machine. What goes on steadily (timers, uptime) does so here too. Each time
 * that it was set is a line of another file.
 */
const { appendFileSync, readFileSync } = require('node:fs');

const LOOK_MS = 50;
const file = process.env.ELKHOUND_TEST_CLOCK;
const RealDate = Date;
const realNow = Date.now;
let offsetMs = 0;

function look() {
  const nextMs = Number(readFileSync(file, 'utf8'));
  if (nextMs !== offsetMs) appendFileSync(`${file}.set`, `${nextMs}\n`);
  offsetMs = nextMs;
}

RealDate.now = () => realNow() + offsetMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, as) => Reflect.construct(target, args.length === 0 ? [target.now()] : args, as),
});
look();
setInterval(look, LOOK_MS).unref();
