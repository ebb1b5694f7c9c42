import type { StopReason, TableReport } from '../../contract/report';
import { workTimeLeft } from '../clock';
import { isBlocked } from './in-vain';
import { NO_INFLOW } from './inflow';
import { leapOver, passParted } from './leaving';
import { NONE } from './left-behind';
import { NOT_LOOKED } from './look';
import { addObstacle, leftError } from './obstacles';
import { firstPace, type Pace } from './pace';
import { isOver } from './parted';
import type { SessionTable } from './port';
import { setOldest } from './report';
import { firstRoute } from './route';
import { hasTime, type Run, rowsAllowed, untilTimeIsUp } from './run';
import { takeBatch } from './taking';
import { finish, stopped, type Walked } from './walk-end';
import { choose, look, lookOnTheWay, openBalance, type Walking } from './walking';
import { watch } from './watching';

/** Why there is no further batch; `null`: there is one. */
async function whyStop(pace: Pace, limit: number, run: Run): Promise<StopReason | null> {
  if (limit <= 0) return 'row-limit';
  if (await run.isBusy?.()) return 'database-busy';
  const { plan, report, clock } = run;
  // A batch that aims at the target may miss it by as much again.
  const leastMs = pace.roundTripMs + 2 * plan.targetBatchMs;
  const batchMs = Math.max(report.slowestBatchMs, pace.expectedMs, leastMs);
  return workTimeLeft(clock) >= pace.pauseMs + batchMs ? null : 'time-budget';
}

/** Whether a look before the end of the table finds nothing left. It is taken where the walk does not show what is. */
async function isNoneLeft(walking: Walking, stop: StopReason): Promise<boolean> {
  const { report, run, route } = walking;
  const isUnknown = stop === 'row-limit' || route.mayHavePassed;
  return isUnknown && report.rowsDeleted > 0 && hasTime(run) && (await look(walking)) === null;
}

async function walk(walking: Walking): Promise<Walked> {
  const { table, report, run } = walking;
  for (;;) {
    report.walkReason = walking.route.reason;
    const most = Math.min(walking.pace.batchSize, rowsAllowed(run));
    const stop = await whyStop(walking.pace, most, run);
    if (stop !== null) {
      const isNone = await isNoneLeft(walking, stop);
      return isNone ? { stopReason: stop, left: NONE } : stopped(walking, stop);
    }

    await choose(walking);
    if (walking.pace.pauseMs > 0) await run.clock.sleep(walking.pace.pauseMs);
    const before = { from: walking.route.from, deleted: report.rowsDeleted };
    const reached = await takeBatch(walking, most);
    let isAtEnd = reached === 'end';

    if (reached === 'obstacle' && walking.provedAfter === null) {
      await table.deleteNone();
      walking.provedAfter = 'obstacle';
    }
    const { parting } = walking.route;
    if (parting !== null) await openBalance(walking);
    if (parting !== null && isOver(parting)) {
      isAtEnd = (await passParted(walking)) === null;
      if (!isAtEnd && isBlocked(walking.route)) isAtEnd = (await leapOver(walking)) === null;
    }
    const walked = isAtEnd ? await finish(walking) : await watch(walking, before);
    if (walked !== null) return walked;
    await lookOnTheWay(walking);
  }
}

/** Purges one table until it is drained or has to stop; returns why it stopped. */
export async function purgeTable(
  table: SessionTable,
  report: TableReport,
  run: Run,
): Promise<StopReason> {
  if (table.isIndexed) {
    const hasExpired = table.oldest !== null && table.oldest < run.cutoff;
    setOldest(report, hasExpired ? table.oldest : null, run.cutoff);
    if (!hasExpired) return 'drained';
  }
  report.walk = 'index';
  const walking: Walking = {
    table,
    report,
    run,
    looked: NOT_LOOKED,
    inflow: NO_INFLOW,
    balance: null,
    provedAfter: null,
    takesLossForRefusal: false,
    route: firstRoute(table.start, run.cutoff.getTime()),
    pace: firstPace(run.plan, run.roundTripMs),
  };
  const atEndOfTime = () => stopped(walking, 'time-budget');
  const { stopReason, left } = await untilTimeIsUp(walk(walking), atEndOfTime);
  if (left.stays > 0) report.rowsSteppedOver = left.stays;
  if (left.untried > 0) report.rowsNotTried = left.untried;
  if (left.stays + left.untried === 0) return stopReason;
  addObstacle(report, leftError(table, left, stopReason), run);
  return 'failed';
}
