import type { Target } from './engines/engine';
import type { Cost, Timing } from './entry';
import { median } from './stats';

/**
 * Begins to count what a purge costs the database. Call the result when the purge has ended: it lets the database clean
 * up.
 *
 * @param release ends what keeps the database from cleaning up; its cost counts as clean-up
 */
export function startCounting(
  target: Target,
  release: () => Promise<void>,
): (startedAtMs: number) => Promise<Cost> {
  const cpuAtStartMs = target.cpuMs();
  return async (startedAtMs) => {
    const cpuAtEndMs = target.cpuMs();
    await release();
    const settledMs = (await target.cleanUp()) - startedAtMs;
    const cpuWhenCleanMs = target.cpuMs();
    if (cpuAtStartMs === undefined || cpuAtEndMs === undefined || cpuWhenCleanMs === undefined)
      return { settledMs };
    return {
      cpuMs: cpuAtEndMs - cpuAtStartMs,
      cpuWithCleanUpMs: cpuWhenCleanMs - cpuAtStartMs,
      settledMs,
    };
  };
}

/** The median over the runs of what they cost; `undefined` where that is not known. */
export function medianCost(timing: Timing | undefined, read: keyof Cost): number | undefined {
  const values = (timing?.costs ?? []).flatMap((cost) => cost[read] ?? []);
  return values.length === 0 ? undefined : median(values);
}
