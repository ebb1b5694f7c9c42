import type { TableReport } from '../../contract/report';
import { type Clock, workTimeLeft } from '../clock';
import type { PurgeRequest } from '../input/request';
import type { PaceLimits } from './pace';
import type { DeletedBatch, SessionDatabase } from './port';

/** How the purge behaves, whatever it is asked to do. */
export interface PurgePlan extends PaceLimits {
  readonly graceSeconds: number;
}

/** Told after each answered batch. */
export interface Progress {
  readonly table: string;
  /** Over all tables. */
  readonly rowsDeleted: number;
  readonly oldestExpired: string | null;
}

/** The collaborators of a purge. */
export interface PurgeWorld {
  readonly database: SessionDatabase;
  readonly clock: Clock;
  readonly onProgress?: (progress: Progress) => void;
  /** Asked before each batch whether the database has too much to do for more. */
  readonly isBusy?: () => Promise<boolean>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The report of a table while it is being written. */
export type OpenReport = Writable<TableReport>;

/** A run as far as it went. */
export interface PurgeRun {
  readonly dryRun: boolean;
  engine: string | null;
  cutoff: Date | null;
  rowsDeleted: number;
  unknownOutcomes: number;
  /** The most rows that the deletes without an answer may have taken. */
  rowsInDoubt: number;
  batches: number;
  slowestBatchMs: number;
  warnings: readonly string[];
  readonly tables: OpenReport[];
  /** The error that ended the run, or that it ends with although the rest was done; `null` when there is none. */
  failure: unknown;
}

/** What the work on one table needs beside the table. */
export interface Job {
  readonly request: PurgeRequest;
  readonly plan: PurgePlan;
  readonly world: PurgeWorld;
  readonly cutoff: Date;
  readonly hopMs: number;
  readonly run: PurgeRun;
}

/** A run that has not begun. */
export function newRun({ dryRun }: PurgeRequest): PurgeRun {
  return {
    dryRun,
    engine: null,
    cutoff: null,
    rowsDeleted: 0,
    unknownOutcomes: 0,
    rowsInDoubt: 0,
    batches: 0,
    slowestBatchMs: 0,
    warnings: [],
    tables: [],
    failure: null,
  };
}

/** How many rows may still go by the request's `maxRows`; those in doubt count as gone. */
export function rowsAllowed({ request, run }: Job): number {
  const { maxRows } = request;
  return (maxRows ?? Number.POSITIVE_INFINITY) - run.rowsDeleted - run.rowsInDoubt;
}

/** Whether there is time for a statement that takes as long as a batch should. */
export function hasTime({ plan, world }: Job): boolean {
  return workTimeLeft(world.clock) >= plan.targetBatchMs;
}

/** Writes down which session is the oldest that should be gone; `null`: none is left. */
export function setOldest(report: OpenReport, oldest: Date | null, cutoff: Date): void {
  report.oldestExpired = oldest?.toISOString() ?? null;
  const ageMs = oldest === null ? 0 : cutoff.getTime() - oldest.getTime();
  report.backlogAgeSeconds = Math.floor(ageMs / 1000);
}

/** Counts a batch that was answered. */
export function recordBatch(
  outcome: DeletedBatch,
  report: OpenReport,
  { run, world, cutoff }: Job,
): void {
  run.batches += 1;
  run.rowsDeleted += outcome.rows;
  run.slowestBatchMs = Math.max(run.slowestBatchMs, outcome.durationMs);
  report.rowsDeleted += outcome.rows;
  if (outcome.reached !== null) setOldest(report, outcome.reached, cutoff);
  const { table, oldestExpired } = report;
  world.onProgress?.({ table, rowsDeleted: run.rowsDeleted, oldestExpired });
}
