import { setTimeout as sleep } from 'node:timers/promises';
import { type Execution, runStateMachine } from '../../local/state-machine';
import { countOf, formatCount, formatDuration } from '../terminal/format';
import { heading, type Screen } from '../terminal/screen';
import { indented, listed } from '../terminal/tables';
import { DAYS, fill, leftRow } from './backlog';
import { deletedSoFar } from './deleted-so-far';
import type { DemoSetup } from './demo-setup';
import { withProgressBar } from './progress-bar';

/** Makes the definition of a drain's state machine. */
export type DrainDefinition = (plan: {
  readonly partition: string;
  readonly functionArn: string;
  readonly patienceSeconds: number;
  readonly timeoutSeconds: number;
}) => object;

/** What a drain shows after a round. */
interface Progress {
  readonly round: number;
  readonly rowsDeletedSoFar: number;
  readonly ofAbout: number | null;
  readonly percent: number | null;
  readonly rowsPerSecond: number;
  readonly doneAbout: string | null;
  readonly ended: string;
}

const PLAN = {
  partition: 'aws',
  functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:session-purge',
  patienceSeconds: 600,
  timeoutSeconds: 14 * 86_400,
};

const msUntil = (instant: string) => Math.max(0, Date.parse(instant) - Date.now());

function progressLine(progress: Progress): string {
  const { round, rowsDeletedSoFar, ofAbout, percent, rowsPerSecond, doneAbout, ended } = progress;
  const parts = [
    `round ${round}`,
    `${formatCount(rowsDeletedSoFar)} of ${ofAbout === null ? 'an unknown number' : formatCount(ofAbout)}`,
    ...(percent === null ? [] : [`${percent} %`]),
    `${formatCount(rowsPerSecond)} rows/s`,
    ...(doneAbout === null ? [] : [`${formatDuration(msUntil(doneAbout))} left`]),
    // Most rounds run out of time.
    ...(ended === 'time-budget' ? [] : [ended]),
  ];
  return `   ${parts.join('   ')}`;
}

/** Drains in this process as Step Functions would, and shows each round. */
async function drained(
  { purgeFunction, roundFunction }: DemoSetup,
  screen: Screen,
  definition: DrainDefinition,
): Promise<Execution> {
  return await runStateMachine(JSON.stringify(definition(PLAN)), {
    invoke: (_name, event) => {
      const isCount = 'dryRun' in (event as object);
      return (isCount ? purgeFunction : roundFunction).invoke(event);
    },
    now: () => new Date(),
    wait: (seconds) => sleep(1000 * seconds),
    onExit: (state, output) => {
      if (state === 'Progress') screen.line(progressLine(output as Progress));
    },
  });
}

/** Shows a drain of a neglected table, round after round. */
export async function showDrain(
  setup: DemoSetup,
  screen: Screen,
  expired: number,
  definition: DrainDefinition,
): Promise<void> {
  const { admin } = setup;
  heading(screen, `A drain of ${countOf(expired, 'expired session')}, in rounds of seconds`);
  screen.status('   filling the table ...');
  await fill(admin, expired, Math.ceil(expired / 10));
  const deleted = deletedSoFar(admin, { expired, days: DAYS });
  const draining = drained(setup, screen, definition);
  const execution = await withProgressBar(draining, screen.stream, expired, deleted);
  if (execution.status !== 'SUCCEEDED')
    throw new Error(`the drain did not come to its end: ${JSON.stringify(execution)}`);
  const { rowsDeleted, rounds, seconds } = execution.output as Record<string, number>;
  screen.line();
  screen.line(
    listed([
      ['rows deleted', `${formatCount(rowsDeleted ?? 0)}, in ${countOf(rounds ?? 0, 'round')}`],
      ['duration', formatDuration(1000 * (seconds ?? 0))],
      await leftRow(admin),
    ]),
  );
  heading(screen, 'The output of the state machine');
  screen.line(indented(JSON.stringify(execution.output, null, 2)));
}
