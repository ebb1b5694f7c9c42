/** How the function's metrics are named in CloudWatch. */

/** CloudWatch namespace of the metrics. */
export const METRIC_NAMESPACE = 'DjangoSessionPurge';

/** The metrics' only dimension; its value is the purge's name. */
export const METRIC_DIMENSION = 'service';

/** CloudWatch metric names; a run emits each of them once, one that is refused `Failures` alone. */
export const METRICS = {
  /** Count: rows known to be deleted. */
  rowsDeleted: 'RowsDeleted',
  /** Count: DELETE statements that were answered. */
  batches: 'Batches',
  /** Milliseconds, of the whole run. */
  duration: 'Duration',
  /** Milliseconds, of the slowest batch. */
  slowestBatch: 'SlowestBatch',
  /** Seconds since the oldest session still there should have gone; 0: none is left; left out when not known. */
  backlogAge: 'BacklogAge',
  /** Count: calls that were repeated. */
  retries: 'Retries',
  /** Count: deletes whose answer was lost. */
  unknownOutcomes: 'UnknownOutcomes',
  /** 1 when the run ended for want of time, else 0. */
  timeBudgetExhausted: 'TimeBudgetExhausted',
  /** Milliseconds waited for a paused cluster. */
  wakeTime: 'WakeTime',
  /** 1 when the run failed, else 0. */
  failures: 'Failures',
  /** 1 when the run ended as it should, else 0; a sleeping cluster left asleep counts, a purge switched off does not. */
  successes: 'Successes',
  /** 1 when the run looked at no table on purpose: switched off, cluster left asleep, or database busy; else 0. */
  skips: 'Skips',
} as const;
