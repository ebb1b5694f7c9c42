import { drainDefinition } from '../../lib/drain/definition';
import { type Execution, runStateMachine } from '../../local/state-machine';
import type { DeployedFunction } from '../support/deployed-function';
import { PLAN } from './support';

/** A drain of the bundle, and what was seen of it. */
export interface RealDrain {
  readonly execution: Execution;
  /** What was shown after each round. */
  readonly progress: readonly Readonly<Record<string, unknown>>[];
}

export interface RealDrainOptions {
  /** Called before each round, from 1; the counts are no rounds. */
  readonly beforeRound?: (round: number) => unknown;
  /** Called instead of waiting. */
  readonly onWait?: (seconds: number) => unknown;
  /** Changes the definition. */
  readonly changed?: (definition: string) => string;
  readonly signal?: AbortSignal;
}

/**
 * Drains in real time, but without waiting. `deployed` gives the function of a round; that of round 0 counts.
 */
export async function realDrain(
  deployed: (round: number) => DeployedFunction,
  { beforeRound, onWait, changed = (text) => text, signal }: RealDrainOptions = {},
): Promise<RealDrain> {
  const progress: Record<string, unknown>[] = [];
  let rounds = 0;
  let waitedMs = 0;
  const execution = await runStateMachine(changed(JSON.stringify(drainDefinition(PLAN))), {
    ...(signal && { signal }),
    async invoke(_name, event) {
      const isCount = 'dryRun' in (event as object);
      if (!isCount) {
        rounds += 1;
        await beforeRound?.(rounds);
      }
      const { error, report } = await deployed(isCount ? 0 : rounds).invoke(event);
      if (error === undefined) return { result: report };
      return { error: error.errorType, cause: JSON.stringify(error) };
    },
    now: () => new Date(Date.now() + waitedMs),
    async wait(seconds) {
      waitedMs += 1000 * seconds;
      await onWait?.(seconds);
    },
    onExit: (state, output) => {
      if (state === 'Progress') progress.push(output as Record<string, unknown>);
    },
  });
  return { execution, progress };
}
