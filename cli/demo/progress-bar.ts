import { setTimeout as sleep } from 'node:timers/promises';
import { Format, type Options, type Params, SingleBar } from 'cli-progress';
import { countOf, formatCount, formatDuration } from '../terminal/format';

/** Time between two calls of `done`. */
const POLL_MS = 200;

function format(options: Options, { progress, value, total, startTime }: Params): string {
  const seconds = Math.max(1, Date.now() - startTime) / 1000;
  const parts = [
    Format.BarFormat(progress, options),
    `${Math.floor(progress * 100)} %`,
    `${formatCount(value)} of ${countOf(total, 'row')}`,
    `${formatCount(Math.round(value / seconds))} rows/s`,
    ...(progress >= 0.01
      ? [`${formatDuration((1000 * seconds * (total - value)) / value)} left`]
      : []),
  ];
  return `   ${parts.join('   ')}`;
}

/** Updates the bar until the signal aborts. */
async function follow(
  bar: SingleBar,
  done: () => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    bar.update(await done());
    await sleep(POLL_MS, undefined, { signal });
  }
}

/**
 * Shows a progress bar while the work is under way, and removes it at the end. `done` answers how many of the `total`
 * are done. Without a terminal, shows nothing and does not call `done`.
 */
export async function withProgressBar<T>(
  work: Promise<T>,
  stream: NodeJS.WriteStream,
  total: number,
  done: () => Promise<number>,
): Promise<T> {
  if (!stream.isTTY) return work;
  const bar = new SingleBar({
    stream,
    format,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
  });
  const ended = new AbortController();
  bar.start(total, 0);
  // The work goes on although the bar does not.
  const following = follow(bar, done, ended.signal).catch(() => {});
  try {
    return await work;
  } finally {
    ended.abort();
    bar.stop();
    await following;
  }
}
