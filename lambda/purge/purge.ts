import type { StopReason } from '../../contract/report';
import { DatabaseError, RequestError } from '../errors';
import type { PurgeRequest } from '../input/request';
import type { SessionTable } from './port';
import {
  hasTime,
  type Job,
  newRun,
  type OpenReport,
  type PurgePlan,
  type PurgeRun,
  type PurgeWorld,
  setOldest,
} from './purge-run';
import { deleteExpired } from './table-purge';

export type { Progress, PurgePlan, PurgeRun, PurgeWorld } from './purge-run';

async function countExpired(
  table: SessionTable,
  report: OpenReport,
  job: Job,
): Promise<StopReason> {
  const { cutoff } = job;
  if (!hasTime(job)) return 'time-budget';
  const { rows, capped, estimate, oldest } = await table.countExpired(cutoff);
  report.rowsExpired = rows;
  if (capped) report.rowsExpiredCapped = true;
  if (estimate !== null) report.rowsExpiredEstimate = estimate;
  setOldest(report, oldest, cutoff);
  return 'dry-run';
}

async function purgeTable(table: SessionTable, job: Job): Promise<void> {
  const report: OpenReport = {
    table: table.name,
    stopReason: 'failed',
    rowsDeleted: 0,
    rowsExpired: null,
    oldestExpired: null,
    backlogAgeSeconds: null,
  };
  job.run.tables.push(report);
  const work = job.request.dryRun ? countExpired : deleteExpired;
  report.stopReason = await work(table, report, job);
}

function cutoffOf(request: PurgeRequest, plan: PurgePlan, now: Date): Date {
  const { cutoff } = request;
  if (cutoff === null) return new Date(now.getTime() - plan.graceSeconds * 1000);
  if (cutoff <= now) return cutoff;
  throw new RequestError(
    `cutoff must not lie ahead of the database's clock (${now.toISOString()}), got ${cutoff.toISOString()}; nothing was deleted`,
  );
}

/** How far the database's clock and the function's may be apart. */
const MAX_APART_MINUTES = 10;

/** What is wrong where the database told its time neither after `asked` nor before `answered`, give or take the limit. */
function clockTrouble(now: Date, asked: Date, answered: Date): string | null {
  const nearest = now < asked ? asked : answered;
  const isBetween = asked <= now && now <= answered;
  const apartMs = isBetween ? 0 : Math.abs(now.getTime() - nearest.getTime());
  if (apartMs <= MAX_APART_MINUTES * 60_000) return null;
  return `the database's clock says ${now.toISOString()} and the function's ${nearest.toISOString()}, more than ${MAX_APART_MINUTES} minutes apart`;
}

const CLOCK_REMEDY =
  'set the one that is wrong; until then, an event with a "cutoff" of its own is not refused for it';

/** Warns a dry run of clocks that disagree, and refuses any other run that takes its cutoff from them. */
function compareClocks({ dryRun, cutoff }: PurgeRequest, now: Date, asked: Date, answered: Date) {
  const trouble = cutoff === null ? clockTrouble(now, asked, answered) : null;
  if (trouble === null) return [];
  if (dryRun) return [`${trouble}; a purge would be refused; ${CLOCK_REMEDY}`];
  throw new DatabaseError(`${trouble}; nothing was deleted; ${CLOCK_REMEDY}`);
}

/**
 * Deletes the sessions that expired before the cutoff, table by table, or counts them.
 *
 * The cutoff is fixed once: sessions that expire meanwhile wait for the next run, so the loop always ends. Never
 * throws: an error ends the run and stands in `failure`, beside what had been done by then.
 */
export async function purge(
  request: PurgeRequest,
  plan: PurgePlan,
  world: PurgeWorld,
): Promise<PurgeRun> {
  const run = newRun(request);
  try {
    const asked = world.clock.timeOfDay();
    const database = await world.database.open(request.tables);
    const { engine, now, tables, warnings, hopMs } = database;
    const cutoff = cutoffOf(request, plan, now);
    Object.assign(run, { engine, cutoff, warnings });
    run.warnings = [...warnings, ...compareClocks(request, now, asked, world.clock.timeOfDay())];
    const job = { request, plan, world, cutoff, hopMs, run };
    for (const table of tables) await purgeTable(table, job);
  } catch (failure) {
    run.failure = failure;
  }
  return run;
}
