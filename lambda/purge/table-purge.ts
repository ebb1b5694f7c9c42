import type { StopReason } from '../../contract/report';
import { workTimeLeft } from '../clock';
import { DatabaseError } from '../errors';
import { firstPace, nextPace, type Pace } from './pace';
import type { BatchOutcome, DeletedBatch, Position, SessionTable } from './port';
import {
  hasTime,
  type Job,
  type OpenReport,
  recordBatch,
  rowsAllowed,
  setOldest,
} from './purge-run';
import { obstacleError, stuckRowError } from './stuck-row';

/** One table, its report, and what the work on it needs. */
interface Work {
  readonly table: SessionTable;
  readonly report: OpenReport;
  readonly job: Job;
}

/** Where the loop over one table stands. */
interface State {
  readonly from: Position;
  readonly pace: Pace;
  /** What the batches that were not answered say of the next one's duration. */
  readonly expectedMs: number;
  readonly lostInARow: number;
  /** The walk was chosen by a sample, or will not be: the choice is made once. */
  readonly chosen: boolean;
  /** Expired rows may have been left behind on this walk. */
  readonly leftBehind: boolean;
  /** A delete of this walk was taken back or lost: its row locks may have outlived it, so that others passed over them. */
  readonly disturbed: boolean;
  /** The latest batches of one row were taken back, and no row was found that could be the reason. */
  readonly triedWithoutRow: boolean;
  /** The latest batches of the storage walk: rows deleted of rows seen. */
  readonly recent: readonly { readonly rows: number; readonly seen: number }[];
}

/** So many deletes in a row without an answer are no passing fault. */
const MAX_LOST_IN_A_ROW = 5;

/** A smaller backlog is gone before a sample pays. */
const ROWS_BEFORE_CHOICE = 1000;

/** So many rows that may not go are an obstacle of the whole table, not of a row. */
const MAX_STEPPED_OVER = 10;

/** The storage walk is left where its last batches found less than this share of their rows expired, and half is ahead. */
const MIN_YIELD = 0.05;
const YIELD_BATCHES = 20;
const MIN_AHEAD = 0.5;

function fitsTimeLeft({ pace, expectedMs }: State, { plan, world, run }: Job): boolean {
  // A batch may be twice as large as its predecessor, so two targets are the least to reckon with.
  const batchMs = Math.max(run.slowestBatchMs, expectedMs, pace.hopMs + 2 * plan.targetBatchMs);
  return workTimeLeft(world.clock) >= pace.pauseMs + batchMs;
}

/** What is left, rows that were locked included; where the time does not allow to ask, what is known stands. */
async function lookAgain({ table, report, job }: Work): Promise<void> {
  if (!hasTime(job)) return;
  const oldest = await table.oldestExpired(job.cutoff);
  if (oldest !== 'unknown') setOldest(report, oldest, job.cutoff);
}

/** Once it is known that the backlog is not small, a sample of the table decides between the walks. */
async function chooseWalk(state: State, { table, report, job }: Work): Promise<State> {
  if (state.chosen || report.rowsDeleted < ROWS_BEFORE_CHOICE) return state;
  const { reason, start } = await table.chooseWalk(job.cutoff);
  report.walkReason = reason;
  if (start === null) return { ...state, chosen: true };
  report.walk = start.walk;
  return { ...state, from: start, chosen: true, leftBehind: false };
}

function alongIndex(state: State, { table, report }: Work, why: string): State {
  report.walkReason = `${report.walkReason}; then along the index, since ${why}`;
  return { ...state, from: table.start, leftBehind: true, recent: [] };
}

function isPoor({ recent }: State): boolean {
  const sum = (of: 'rows' | 'seen') => recent.reduce((all, batch) => all + batch[of], 0);
  return recent.length === YIELD_BATCHES && sum('rows') < MIN_YIELD * sum('seen');
}

function afterDeleted(
  state: State,
  { rows, leftBehind, shareLeft }: DeletedBatch,
  from: Position,
  seen: number,
  work: Work,
): State {
  const recent = from.walk === 'storage' ? [...state.recent, { rows, seen }] : [];
  const next = {
    ...state,
    from,
    leftBehind: state.leftBehind || leftBehind,
    recent: recent.slice(-YIELD_BATCHES),
    lostInARow: 0,
    expectedMs: 0,
    triedWithoutRow: false,
  };
  return shareLeft > MIN_AHEAD && isPoor(next)
    ? alongIndex(next, work, 'few of the rows seen had expired')
    : next;
}

function afterLost(state: State, limit: number, { job: { run } }: Work): State {
  run.unknownOutcomes += 1;
  run.rowsInDoubt += limit;
  const lostInARow = state.lostInARow + 1;
  if (lostInARow < MAX_LOST_IN_A_ROW) return { ...state, lostInARow };
  throw new DatabaseError(
    `no answer to ${lostInARow} deletes in a row, the last of up to ${limit} rows; their rows are not in rowsDeleted, the next run settles the rest`,
  );
}

/** The row may have gone between the two statements, which earns one more try; after that the obstacle is no row. */
function triedWithoutRow(state: State, outcome: BatchOutcome, work: Work): State | null {
  if (!state.triedWithoutRow) return { ...state, triedWithoutRow: true };
  work.job.run.failure ??= obstacleError(work.table.name, outcome);
  return null;
}

/** The row stays, the run goes on and ends as a failure that tells of it. `null`: there is nothing to go on to. */
async function stepOver(state: State, outcome: BatchOutcome, work: Work): Promise<State | null> {
  const { table, report, job } = work;
  const step = await table.stepOver({ cutoff: job.cutoff, from: state.from, limit: 1 });
  if (step === null) return triedWithoutRow(state, outcome, work);
  report.rowsSteppedOver = (report.rowsSteppedOver ?? 0) + 1;
  job.run.failure ??= stuckRowError(table.name, step.stuck, outcome);
  if (step.next === null || report.rowsSteppedOver === MAX_STEPPED_OVER) return null;
  // The storage walk would meet the row again.
  return { ...state, from: step.next, chosen: true, triedWithoutRow: false };
}

/** After a batch that the database took back whole: a smaller one, another walk, or past the row in the way. */
async function afterStopped(
  state: State,
  outcome: BatchOutcome,
  limit: number,
  work: Work,
): Promise<State | null> {
  const next = { ...state, expectedMs: outcome.durationMs / 2, lostInARow: 0 };
  if (state.from.walk === 'index') return limit > 1 ? next : stepOver(next, outcome, work);
  if (outcome.kind === 'too-large' && limit > 1) return next;
  return alongIndex(next, work, 'some rows could not be deleted in the order of storage');
}

/** The state after a batch that was not the last; `null`: rows that may not go leave nothing more to do. */
async function nextState(
  state: State,
  outcome: BatchOutcome,
  limit: number,
  work: Work,
): Promise<State | null> {
  const { kind, durationMs } = outcome;
  const paced = kind === 'deleted' ? kind : kind === 'unknown' ? 'lost' : 'stopped';
  const pace = nextPace(state.pace, { kind: paced, limit, durationMs }, work.job.plan);
  const next = { ...state, pace, disturbed: state.disturbed || kind !== 'deleted' };
  if (kind === 'deleted')
    return afterDeleted(next, outcome, outcome.next ?? state.from, limit, work);
  if (kind === 'unknown') return afterLost(next, limit, work);
  return afterStopped(next, outcome, limit, work);
}

/** A database tells of an error before it lets go of the rows, if only by a moment. */
const LOCK_RELEASE_MS = 250;

/** The walk along the index once more, for rows that the purge itself held locked; `null`: there is nothing to go back for. */
function walkAgain(state: State, { table, report }: Work): State | null {
  const { from, disturbed, pace } = state;
  const { avoid = [] } = from;
  // Where rows cannot be told apart, those that were stepped over would be met again.
  const canAvoid = avoid.length === (report.rowsSteppedOver ?? 0);
  if (!disturbed || report.oldestExpired === null || !canAvoid) return null;
  return {
    ...state,
    from: { ...table.start, avoid },
    pace: { ...pace, pauseMs: Math.max(pace.pauseMs, LOCK_RELEASE_MS) },
    chosen: true,
    leftBehind: true,
    disturbed: false,
  };
}

/** After a walk's last batch: another walk, or why there is none. */
async function atEnd(state: State, outcome: DeletedBatch, work: Work): Promise<State | StopReason> {
  const { report, job } = work;
  if (state.leftBehind || outcome.leftBehind) await lookAgain(work);
  else setOldest(report, null, job.cutoff);
  const again = walkAgain(state, work);
  return again ?? (report.rowsSteppedOver === undefined ? 'drained' : 'failed');
}

/** Ends when nothing is left, when the next batch may not fit, at the row limit, or where it should; says which. */
export async function deleteExpired(
  table: SessionTable,
  report: OpenReport,
  job: Job,
): Promise<StopReason> {
  const { plan, world, cutoff } = job;
  const work = { table, report, job };
  const hasExpired = table.oldest !== null && table.oldest < cutoff;
  setOldest(report, hasExpired ? table.oldest : null, cutoff);
  if (!hasExpired) return 'drained';
  let state: State | null = {
    from: table.start,
    pace: firstPace(plan, job.hopMs),
    expectedMs: 0,
    lostInARow: 0,
    chosen: false,
    leftBehind: true,
    disturbed: false,
    triedWithoutRow: false,
    recent: [],
  };
  report.walk = 'index';
  report.walkReason = `fewer than ${ROWS_BEFORE_CHOICE} rows`;
  while (state !== null) {
    const limit = Math.min(state.pace.batchSize, rowsAllowed(job));
    if (limit <= 0) {
      if (report.rowsDeleted > 0) await lookAgain(work);
      return 'row-limit';
    }
    if (await world.isBusy?.()) return 'database-busy';
    if (!fitsTimeLeft(state, job)) return 'time-budget';
    state = await chooseWalk(state, work);
    if (state.pace.pauseMs > 0) await world.clock.sleep(state.pace.pauseMs);

    const outcome = await table.deleteBatch({ cutoff, from: state.from, limit });
    if (outcome.kind === 'deleted') {
      recordBatch(outcome, report, job);
      if (outcome.next === null) {
        const end = await atEnd(state, outcome, work);
        if (typeof end === 'string') return end;
        state = end;
        continue;
      }
    }
    state = await nextState(state, outcome, limit, work);
  }
  await lookAgain(work);
  return 'failed';
}
