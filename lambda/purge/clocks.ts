/** How far apart the database's clock and the function's may be. */
const MAX_APART_MINUTES = 10;

export const CLOCK_REMEDY =
  'set the clock that is wrong; an event with a "cutoff" of its own is not refused for this';

/** The database's clock, and the function's before it was asked and after it had answered. */
export interface Times {
  readonly now: Date;
  readonly asked: Date;
  readonly answered: Date;
}

/** What is wrong with the clocks; `null`: they agree. */
export function clockTrouble({ now, asked, answered }: Times): string | null {
  const own = now < asked ? asked : answered;
  const apartMs = asked <= now && now <= answered ? 0 : Math.abs(now.getTime() - own.getTime());
  if (apartMs <= MAX_APART_MINUTES * 60_000) return null;
  return `the database's clock says ${now.toISOString()} and the function's ${own.toISOString()}, more than ${MAX_APART_MINUTES} minutes apart`;
}
