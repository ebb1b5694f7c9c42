/**
 * Preloaded into a function: its time runs CLOCK_FACTOR times as fast, and it waits for a part of the time only, 1 in
 * WAIT_FACTOR. Plain JavaScript, so that any Node.js may load it.
 */
const timers = require('node:timers/promises');

const factor = Number(process.env.CLOCK_FACTOR ?? 1);
const waitFactor = Number(process.env.WAIT_FACTOR ?? factor);
const realNow = performance.now.bind(performance);
const realTimeout = timers.setTimeout;

performance.now = () => realNow() * factor;
timers.setTimeout = (durationMs, ...rest) => realTimeout(durationMs / waitFactor, ...rest);
