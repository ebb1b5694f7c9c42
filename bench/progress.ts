/** Writes a line about the progress of the benchmark. */
export type Log = (text: string) => void;

const twoDigits = (count: number) => String(Math.floor(count)).padStart(2, '0');

/** Writes to stderr, with the time since this call. */
export function logOnStderr(): Log {
  const startedAtMs = performance.now();
  return (text) => {
    const seconds = (performance.now() - startedAtMs) / 1000;
    process.stderr.write(`${twoDigits(seconds / 60)}:${twoDigits(seconds % 60)}  ${text}\n`);
  };
}
