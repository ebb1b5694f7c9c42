/** `1 234 567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US').replaceAll(',', ' ');
}

/** `1 row`, `1 234 rows` */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** `312 ms`, `8.2 s`, `2 min 5 s` */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const SPANS: readonly (readonly [noun: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `90 days`, `1 hour`: in the largest unit that fits at least once. */
export function formatAge(seconds: number): string {
  const [noun, unit] = SPANS.find(([, length]) => seconds >= length) ?? ['second', 1];
  return countOf(Math.round(seconds / unit), noun);
}

/** `2020-07-12 23:00:36`, in UTC. */
export function formatInstant(instant: Date | string): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}
