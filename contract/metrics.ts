/** How the function's metrics are named in CloudWatch. */

/** CloudWatch namespace of the metrics. */
export const METRIC_NAMESPACE = 'DjangoSessionPurge';

/** The metrics' only dimension; its value is the purge's name. */
export const METRIC_DIMENSION = 'service';

/**
 * CloudWatch metric names. A run sends each of them at most once.
 *
 * The first group says what a run did; every run sends it, a dry run too, but one that was refused sends none of it. The
 * second group says how well the purge works, and only a routine run sends it: one of the schedule, or `{}` by hand, over
 * all configured tables. Whoever sends another event sees its outcome, which neither starts nor ends an alarm. Of the
 * second group, a routine run that was refused sends `Failures` alone, and a run that Lambda kills sends nothing.
 */
export const METRICS = {
  /** Count: rows known to be deleted. */
  rowsDeleted: 'RowsDeleted',
  /** Count: DELETE statements that succeeded. */
  batches: 'Batches',
  /** Milliseconds, of the whole run. */
  duration: 'Duration',
  /** Milliseconds, of the slowest batch. */
  slowestBatch: 'SlowestBatch',
  /** Count: calls that were repeated. */
  retries: 'Retries',
  /** Count: deletes whose answer was lost. */
  unknownOutcomes: 'UnknownOutcomes',
  /** Milliseconds waited for a paused cluster. */
  wakeTime: 'WakeTime',

  /** Routine runs, count: 1 if the run failed or was refused, else 0. */
  failures: 'Failures',
  /**
   * Routine runs, count: 1 if the run did its work or ran out of time, or left a paused cluster asleep; 0 if it failed,
   * was switched off, or found the database too busy for a single batch.
   */
  successes: 'Successes',
  /** Routine runs, count: 1 if the run left all tables alone: switched off, cluster left asleep, or database busy; else 0. */
  skips: 'Skips',
  /** Routine runs, count: 1 if the run ran out of time, else 0. */
  timeBudgetExhausted: 'TimeBudgetExhausted',
  /**
   * Routine runs, seconds: how long ago the oldest session should have been deleted that was not; 0 if all were. A run
   * that does not know it sends none.
   */
  backlogAge: 'BacklogAge',
} as const;
