/** How the function's metrics are named in CloudWatch. */

/** CloudWatch namespace of the metrics. */
export const METRIC_NAMESPACE = 'DjangoSessionPurge';

/** The metrics' only dimension; its value is the purge's name. */
export const METRIC_DIMENSION = 'service';

/** CloudWatch metric names. A run emits each of them once. A run that is refused emits `Failures` only. */
export const METRICS = {
  /** Count: rows known to be deleted. */
  rowsDeleted: 'RowsDeleted',
  /** Count: DELETE statements that succeeded. */
  batches: 'Batches',
  /** Milliseconds, of the whole run. */
  duration: 'Duration',
  /** Milliseconds, of the slowest batch. */
  slowestBatch: 'SlowestBatch',
  /** Seconds since the oldest expired session should have been deleted; 0: none is left; left out if not known. */
  backlogAge: 'BacklogAge',
  /** Count: calls that were repeated. */
  retries: 'Retries',
  /** Count: deletes whose answer was lost. */
  unknownOutcomes: 'UnknownOutcomes',
  /** 1 if the run ran out of time, else 0. */
  timeBudgetExhausted: 'TimeBudgetExhausted',
  /** Milliseconds waited for a paused cluster. */
  wakeTime: 'WakeTime',
  /** 1 if the run failed, else 0. */
  failures: 'Failures',
  /** 1 if the run succeeded, else 0. Leaving a paused cluster asleep is a success; being switched off is not. */
  successes: 'Successes',
  /** 1 if the run skipped the purge on purpose: switched off, cluster left asleep, or database busy; else 0. */
  skips: 'Skips',
} as const;
