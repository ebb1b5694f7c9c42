import type { StopReason } from '../../contract/report';
import { DatabaseError, RequestError } from '../errors';
import type { PurgeRequest } from '../input/request';
import type { OpenDatabase, SessionTable } from './port';
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

const DAY_MS = 86_400_000;

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

/** Sessions that expire further ahead than any cookie lives: the database's clock may be behind, or they are odd. */
function clockTrouble({ now, tables }: OpenDatabase, plan: PurgePlan): string | null {
  const latest = now.getTime() + plan.maxCookieAgeDays * DAY_MS;
  const odd = tables.find(({ newest }) => newest !== null && newest.getTime() > latest);
  if (odd === undefined) return null;
  return `the database's clock says ${now.toISOString()}, but ${odd.name} has a session that expires at ${odd.newest?.toISOString()}, more than ${plan.maxCookieAgeDays} days ahead`;
}

/** With a cutoff of its own a run does not depend on the database's clock. */
function checkClock(database: OpenDatabase, request: PurgeRequest, plan: PurgePlan): string[] {
  const trouble = request.cutoff === null ? clockTrouble(database, plan) : null;
  if (trouble === null) return [];
  const remedy =
    'check that clock; if it is right, raise SESSION_PURGE_MAX_COOKIE_AGE_DAYS (maxCookieAge of the construct), or name a cutoff in the event';
  if (request.dryRun) return [`${trouble}; a purge would be refused; ${remedy}`];
  throw new DatabaseError(`${trouble}; nothing was deleted; ${remedy}`);
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
    const database = await world.database.open(request.tables);
    const { engine, now, tables, warnings, hopMs } = database;
    const cutoff = cutoffOf(request, plan, now);
    Object.assign(run, { engine, cutoff, warnings });
    run.warnings = [...warnings, ...checkClock(database, request, plan)];
    const job = { request, plan, world, cutoff, hopMs, run };
    for (const table of tables) await purgeTable(table, job);
  } catch (failure) {
    run.failure = failure;
  }
  return run;
}
