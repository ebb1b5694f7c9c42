/** The answers of the function, as they are returned to the caller and logged: what people and tools read. */

/** In which order a table is purged: along the index on `expire_date`, or as its rows lie in storage. */
export type Walk = 'index' | 'storage';

/** Why a run, or its work on one table, ended. */
export type StopReason =
  /** Nothing that had expired before the cutoff is left, but for rows that the application held locked. */
  | 'drained'
  /** The next batch might not have fit the time left; the next run goes on. */
  | 'time-budget'
  /** The request's `maxRows` were deleted. */
  | 'row-limit'
  /** Counted, nothing deleted. */
  | 'dry-run'
  /** The database's load passed the threshold, before or during the run; the next run goes on. */
  | 'database-busy'
  /** The control parameter says so; the database was not asked. */
  | 'switched-off'
  /** The cluster had paused itself and was left asleep; the database was not asked. */
  | 'asleep'
  /** An error ended it; seen in the log only, since the invocation throws. */
  | 'failed';

/** What a dry run expects of the purge, were it to run now with the largest batches at the target duration. */
export interface PurgeEstimate {
  readonly batches: number;
  readonly dataApiCalls: number;
  readonly durationMs: number;
}

/** What became of one table. */
export interface TableReport {
  /** With its schema, as the database knows it. */
  readonly table: string;
  readonly stopReason: StopReason;
  readonly rowsDeleted: number;
  /** Expired rows that a dry run counted; `null` otherwise. */
  readonly rowsExpired: number | null;
  /** The dry run stopped counting: there are more than `rowsExpired`. */
  readonly rowsExpiredCapped?: true;
  /** The planner's estimate of the expired rows, where counting was capped. */
  readonly rowsExpiredEstimate?: number;
  /**
   * `expire_date` of the oldest session that should be gone and is not; `null`: none, or not known.
   *
   * Where the time ran out it is where the last batch ended: what is left expired no earlier.
   */
  readonly oldestExpired: string | null;
  /** The order in which the rows were taken; absent when there was nothing to take. */
  readonly walk?: Walk;
  /** Why that order, and whether it was changed. */
  readonly walkReason?: string;
  /** Rows that the database refused to delete, or was stopped over; the run ends as a failure, with all else done. */
  readonly rowsSteppedOver?: number;
  /** How long before the cutoff that session expired; 0: none is left; `null`: not known. */
  readonly backlogAgeSeconds: number | null;
}

/** One run, as returned to the caller and logged as one line. */
export interface PurgeReport {
  readonly dryRun: boolean;
  /** ISO 8601 in UTC; `null` when the run failed before the database told its time. */
  readonly cutoff: string | null;
  readonly engine: string | null;
  readonly stopReason: StopReason;
  /** In words; only where nothing was asked of the database. */
  readonly reason?: string;
  /** Rows known to be deleted. */
  readonly rowsDeleted: number;
  /** Deletes whose answer was lost: their rows are in no count. */
  readonly unknownOutcomes: number;
  /** Deletes that were answered. */
  readonly batches: number;
  readonly dataApiCalls: number;
  /** Calls that had to be repeated. */
  readonly retries: number;
  readonly slowestBatchMs: number;
  /** Time spent waiting for a paused cluster. */
  readonly wakeMs: number;
  readonly durationMs: number;
  readonly tables: readonly TableReport[];
  /** Only in a dry run. */
  readonly estimate?: PurgeEstimate;
  /** What the operator should mend although the run went on; absent when there is nothing. */
  readonly warnings?: readonly string[];
}

/** How a requirement stands; `unknown`: it could not be looked at, and the detail says why. */
export type State = 'ok' | 'warning' | 'failing' | 'unknown';

/** One requirement of the purge, and what was found of it. */
export interface Finding {
  /** What is required; for a requirement of one table, with that table in brackets. */
  readonly requirement: string;
  /** The table that the requirement is of, with its schema where it is known; `null`: it is of no table. */
  readonly table: string | null;
  readonly state: State;
  readonly detail: string;
  /** A statement or a sentence that mends it; `null`: there is nothing to mend, or nobody knows what. */
  readonly fix: string | null;
}

/** The answer to `{"check": true}`, as returned to the caller and logged as one line. */
export interface CheckReport {
  readonly check: true;
  /** The worst of the findings; what is unknown does not count. */
  readonly verdict: Exclude<State, 'unknown'>;
  readonly findings: readonly Finding[];
}

/** The verdict on these findings. */
export function verdictOf(findings: readonly Pick<Finding, 'state'>[]): CheckReport['verdict'] {
  const has = (state: State) => findings.some((finding) => finding.state === state);
  return has('failing') ? 'failing' : has('warning') ? 'warning' : 'ok';
}

/** What is asked of the way to the database, in the order in which one needs the other. */
export const OF_THE_CONNECTION = ['Data API', 'secret', 'database', 'engine version'] as const;

/** What is asked of each table, in the order of the report. */
export const OF_A_TABLE = [
  'table',
  'columns',
  'rights',
  'least privilege',
  'index on expire_date',
  'index used',
  'foreign keys',
  'triggers',
  'size',
  'backlog',
] as const;

/** One of the requirements of a table; the last is PostgreSQL's alone. */
export type TableRequirement = (typeof OF_A_TABLE)[number] | 'dead rows';
