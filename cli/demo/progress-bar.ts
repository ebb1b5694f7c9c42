import { setTimeout as sleep } from 'node:timers/promises';
import { Format, type Options, type Params, SingleBar } from 'cli-progress';
import { countOf, formatCount, formatDuration } from '../terminal/format';

/** Between two looks. */
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

/** Moves the bar until `signal` aborts. */
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
 * Shows on a terminal how far the work has come, by asking `done` now and then; the bar is gone when
 * the work ends. Elsewhere nothing is shown, and nothing asked.
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
  // A bar that stands still is no reason to end the work.
  const following = follow(bar, done, ended.signal).catch(() => {});
  try {
    return await work;
  } finally {
    ended.abort();
    bar.stop();
    await following;
  }
}
