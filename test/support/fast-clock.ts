import { join } from 'node:path';

/** How many times as fast as ours the time of a function with `FAST_CLOCK` runs. */
export const CLOCK_FACTOR = 20;

const PRELOADED = `--require ${join(__dirname, 'preloaded-clock.cjs')}`;

/** The environment of a function whose waits should not be waited for. Its deadline stays as it is. */
export const FAST_CLOCK: Readonly<Record<string, string>> = {
  NODE_OPTIONS: PRELOADED,
  CLOCK_FACTOR: String(CLOCK_FACTOR),
};

/** The environment of a function that waits shortly, while its calls take as long as they do. */
export const SHORT_WAITS: Readonly<Record<string, string>> = {
  NODE_OPTIONS: PRELOADED,
  WAIT_FACTOR: String(CLOCK_FACTOR),
};
