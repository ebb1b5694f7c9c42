import type { PurgeReport } from '../../contract/report';
import { openReport, openTableReport } from '../../lambda/purge/report';
import { drainDefinition } from '../../lib/drain/definition';
import {
  type Execution,
  runStateMachine,
  type StateMachineWorld,
  type TaskAnswer,
} from '../../local/state-machine';

export const PLAN = {
  partition: 'aws',
  functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:purge',
  patienceSeconds: 600,
  timeoutSeconds: 14 * 86_400,
};

/** A report with these fields. */
export const report = (given: Partial<PurgeReport>): PurgeReport => ({
  ...openReport({ dryRun: false }),
  stopReason: 'drained',
  durationMs: 60_000,
  ...given,
});

/** The report of a dry run that counted so many rows; null: it did not come to it. */
export const count = (rowsExpired: number | null, more: object = {}): PurgeReport =>
  report({
    dryRun: true,
    stopReason: 'dry-run',
    tables: [{ ...openTableReport('public.django_session'), rowsExpired, ...more }],
  });

export const thrown = (error: string): TaskAnswer => ({
  error,
  cause: JSON.stringify({ errorType: error, errorMessage: 'mend this' }),
});

/** What the function answers to the next event. */
export type Answer = PurgeReport | TaskAnswer;

/** A drain whose function answers from a list, on a clock that moves as the rounds and the waits say. */
export interface ScriptedDrain {
  readonly execution: Execution;
  /** The output; fails the test if the drain did not succeed. */
  readonly output: Readonly<Record<string, unknown>>;
  /** The cause of a failure. */
  readonly cause: Readonly<Record<string, unknown>>;
  readonly events: readonly unknown[];
  /** The seconds of each wait. */
  readonly waits: readonly number[];
  /** What was shown after each round. */
  readonly progress: readonly Readonly<Record<string, unknown>>[];
}

export const STARTED_AT = '2026-11-22T02:17:00.000Z';

/** `counts` answer the dry runs, `rounds` the others; a function answers the others without end. */
export async function drain(
  counts: readonly Answer[],
  rounds: readonly Answer[] | ((round: number) => Answer),
  {
    signal,
    plan = {},
    input = {},
  }: { signal?: AbortSignal; plan?: Partial<typeof PLAN>; input?: unknown } = {},
): Promise<ScriptedDrain> {
  let nowMs = Date.parse(STARTED_AT);
  const events: unknown[] = [];
  const waits: number[] = [];
  const progress: Record<string, unknown>[] = [];
  let counted = 0;
  let purged = 0;
  const next = (isCount: boolean): Answer => {
    if (isCount) return counts[counted++] as Answer;
    const answer = typeof rounds === 'function' ? rounds(purged) : rounds[purged];
    purged += 1;
    if (answer === undefined) throw new Error(`there is no round ${purged}`);
    return answer;
  };
  const definition = JSON.stringify(drainDefinition({ ...PLAN, ...plan }));
  const world: StateMachineWorld = {
    ...(signal && { signal }),
    async invoke(_name, payload) {
      events.push(payload);
      const answer = next((payload as { dryRun?: true }).dryRun === true);
      if ('error' in answer && 'cause' in answer) return answer;
      nowMs += (answer as PurgeReport).durationMs;
      return { result: answer };
    },
    now: () => new Date(nowMs),
    async wait(seconds) {
      waits.push(seconds);
      nowMs += seconds * 1000;
    },
    onExit: (state, output) => {
      if (state === 'Progress') progress.push(output as Record<string, unknown>);
    },
  };
  const execution = await runStateMachine(definition, world, input);
  return {
    execution,
    get output() {
      if (execution.status !== 'SUCCEEDED') throw new Error(JSON.stringify(execution));
      return execution.output as Record<string, unknown>;
    },
    get cause() {
      if (execution.status !== 'FAILED') throw new Error(JSON.stringify(execution));
      return JSON.parse(execution.cause);
    },
    events,
    waits,
    progress,
  };
}
