/** Tells on stderr what is under way, with the time since the start. */
export type Tell = (text: string) => void;

const twoDigits = (count: number) => String(Math.floor(count)).padStart(2, '0');

export function tellOnStderr(): Tell {
  const startedAtMs = performance.now();
  return (text) => {
    const seconds = (performance.now() - startedAtMs) / 1000;
    process.stderr.write(`${twoDigits(seconds / 60)}:${twoDigits(seconds % 60)}  ${text}\n`);
  };
}
