import type { Finding, PurgeReport } from '../../contract/report';
import type { Settings } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { OutOfTime } from '../errors';
import type { PurgeRequest } from '../input/request';
import type { Obstacle } from './obstacles';
import type { PaceLimits } from './pace';
import type { Batch, OpenDatabase } from './port';

/** How the purge behaves, whatever it is asked to do. */
export type PurgePlan = PaceLimits & Pick<Settings, 'graceSeconds'>;

/** How far a run has come. */
export interface Progress {
  readonly table: string;
  /** The rows that the run has deleted so far, from all tables. */
  readonly rowsDeleted: number;
  /** As in the table's report. */
  readonly oldestExpired: string | null;
}

/** A run over the tables of an open database. */
export interface Run extends Pick<OpenDatabase, 'roundTripMs' | 'deleteByCount' | 'calls'> {
  readonly request: PurgeRequest;
  readonly plan: PurgePlan;
  readonly clock: Clock;
  /** Called after each batch that deleted. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called before each batch; true: the database has too much to do for another one. */
  readonly isBusy?: () => Promise<boolean>;
  /** What a check-up by the catalogs finds of deletes; a dry run asks. */
  readonly foretell?: (engine: string) => Promise<readonly Finding[]>;
  readonly cutoff: Date;
  /** Filled in as the run goes on. */
  readonly report: PurgeReport;
  /** The most rows that the deletes with an unknown outcome may have taken. */
  unknownRows: number;
  /** How long a dry run has counted beyond the first rows of tables, in milliseconds. */
  countedMs: number;
  /** What was in the way of tables. The run goes on, and ends with them. */
  readonly obstacles: Obstacle[];
}

/** How many more rows the request's `maxRows` allows. Rows that may have been deleted count as deleted. */
export function rowsAllowed({ request, report, unknownRows }: Run): number {
  return (request.maxRows ?? Number.POSITIVE_INFINITY) - report.rowsDeleted - unknownRows;
}

/** The bounds that all batches of a run keep to. */
export function boundsOf({ cutoff, request }: Run): Pick<Batch, 'cutoff' | 'isExact'> {
  return { cutoff, isExact: request.maxRows !== null };
}

/** Whether there is time for a statement that takes as long as a batch should. */
export function hasTime({ plan, clock }: Pick<Run, 'plan' | 'clock'>): boolean {
  return workTimeLeft(clock) >= plan.targetBatchMs;
}

/** What the work comes to; `atEnd` where the end of the run's time has cut it short. */
export async function untilTimeIsUp<T>(work: Promise<T>, atEnd: () => T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutOfTime) return atEnd();
    throw error;
  }
}
