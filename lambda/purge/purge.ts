import type { PurgeReport } from '../../contract/report';
import { DatabaseError, OutOfPatience, RequestError, SessionPurgeError } from '../errors';
import type { PurgeRequest } from '../input/request';
import { CLOCK_REMEDY, clockTrouble, type Times } from './clocks';
import { countExpired } from './dry-run';
import { openEstimate } from './estimate';
import { tellForetold } from './foretold';
import { tellNewest } from './newest';
import { addObstacle, errorAtEnd, errorOf, isOfOneTable, triggerError } from './obstacles';
import type { OpenDatabase, SessionDatabase, SessionTable } from './port';
import { openTableReport, stopReasonOf, warn } from './report';
import { type PurgePlan, type Run, untilTimeIsUp } from './run';
import { purgeTable } from './table-purge';

/** What a purge works with. */
export interface PurgeWorld extends Pick<Run, 'clock' | 'onProgress' | 'isBusy' | 'foretell'> {
  readonly database: SessionDatabase;
}

/** Refuses a run whose clocks disagree, and warns a dry run. A run with its own cutoff depends on neither clock. */
function compareClocks(times: Times, { dryRun, cutoff }: PurgeRequest): string[] {
  const trouble = cutoff === null ? clockTrouble(times) : null;
  if (trouble === null) return [];
  if (dryRun) return [`${trouble}; a purge would be refused; ${CLOCK_REMEDY}`];
  throw new DatabaseError(`${trouble}; nothing was deleted; ${CLOCK_REMEDY}`);
}

function cutoffOf({ cutoff }: PurgeRequest, { graceSeconds }: PurgePlan, now: Date): Date {
  if (cutoff === null) return new Date(now.getTime() - graceSeconds * 1000);
  if (cutoff <= now) return cutoff;
  throw new RequestError(
    `cutoff must not lie ahead of the database's clock (${now.toISOString()}), got ${cutoff.toISOString()}; nothing was deleted`,
  );
}

/** Opens the database, and decides what counts as expired. */
async function begin(
  report: PurgeReport,
  request: PurgeRequest,
  plan: PurgePlan,
  { database, ...others }: PurgeWorld,
): Promise<{ readonly run: Run } & Pick<OpenDatabase, 'tables' | 'unfit'>> {
  const asked = others.clock.timeOfDay();
  const opened = await database.open(request.tables);
  const { engine, now, tables, unfit, warnings, roundTripMs, deleteByCount, calls } = opened;
  const answered = others.clock.timeOfDay();
  report.engine = engine;
  warn(report, warnings);
  const cutoff = cutoffOf(request, plan, now);
  report.cutoff = cutoff.toISOString();
  warn(report, compareClocks({ now, asked, answered }, request));
  tellNewest(report, opened);
  if (request.dryRun) report.estimate = openEstimate(opened);
  const run = { request, plan, ...others, cutoff, roundTripMs, deleteByCount, calls, report };
  return { run: { ...run, unknownRows: 0, countedMs: 0, obstacles: [] }, tables, unfit };
}

/**
 * The error as one of a table; `null`: it would meet the next table, too. A trigger may fail as a server does. Then the table
 * takes a delete of no row, which runs no trigger for a row. A full disk lets such a delete pass, too, so a final failure is not
 * asked about. Where a delete has lasted for too long, that was asked a moment ago.
 */
async function errorOfTable(
  error: unknown,
  table: SessionTable,
  { request }: Run,
): Promise<SessionPurgeError | null> {
  if (isOfOneTable(error)) return error;
  if (request.dryRun || !(error instanceof DatabaseError)) return null;
  if (error instanceof OutOfPatience) return null;
  if (error.failure?.kind !== 'transient' && error.failure?.kind !== 'unknown') return null;
  try {
    await table.deleteNone();
  } catch {
    return null;
  }
  return triggerError(error, table);
}

const NOT_REACHED = 'not reached: the run ended with an error before its turn';

/** Works on one table after the other. An error of one table is its problem, and any other ends the run. */
async function workOn(tables: readonly SessionTable[], run: Run): Promise<unknown> {
  const work = run.request.dryRun ? countExpired : purgeTable;
  let failure: unknown = null;
  for (const table of tables) {
    const report = openTableReport(table.name);
    run.report.tables.push(report);
    if (failure !== null) {
      report.problem = NOT_REACHED;
      continue;
    }
    try {
      report.stopReason = await untilTimeIsUp(work(table, report, run), () => 'time-budget');
    } catch (error) {
      const problem = await errorOfTable(error, table, run);
      if (problem !== null) {
        addObstacle(report, problem, run);
        continue;
      }
      failure = error;
      if (error instanceof SessionPurgeError) report.problem = error.message;
    }
  }
  if (failure === null && run.request.dryRun) failure = await tellForetold(run);
  return failure === null ? errorOf(run.obstacles) : errorAtEnd(failure, run.obstacles);
}

/**
 * Deletes the sessions that expired before the cutoff, table by table, or counts them. Writes into the opened report what
 * it does.
 *
 * The cutoff is fixed once. Sessions that expire meanwhile are left to the next run, so that every run ends. Never
 * throws: returns the error that ended the run, or what was in the way of tables although the rest was done; `null`: none.
 */
export async function purge(
  report: PurgeReport,
  request: PurgeRequest,
  plan: PurgePlan,
  world: PurgeWorld,
): Promise<unknown> {
  let failure: unknown;
  try {
    const { run, tables, unfit } = await begin(report, request, plan, world);
    for (const { name, error } of unfit) {
      const tableReport = openTableReport(name);
      report.tables.push(tableReport);
      addObstacle(tableReport, error, run);
    }
    failure = await workOn(tables, run);
  } catch (error) {
    failure = error;
  }
  report.stopReason = failure === null ? stopReasonOf(report) : 'failed';
  return failure;
}
