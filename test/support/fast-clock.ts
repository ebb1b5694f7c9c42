import { join } from 'node:path';

/** How many times as fast as ours the time of a function with `FAST_CLOCK` runs. */
export const CLOCK_FACTOR = 20;

/** The environment of a function whose waits should not be waited for. Its deadline stays as it is. */
export const FAST_CLOCK: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--require ${join(__dirname, 'preloaded-clock.cjs')}`,
  CLOCK_FACTOR: String(CLOCK_FACTOR),
};
