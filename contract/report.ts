/** What the function returns to its caller and logs. */

/** The order in which a table is purged: that of the index on `expire_date`, or that of its rows in storage. */
export type Walk = 'index' | 'storage';

/** Why a run, or the purge of one table, ended, and what that means. */
export const STOP_REASONS = {
  drained:
    'every session that expired before the cutoff is deleted, except rows that others had locked or just added',
  'time-budget': 'there might not have been time for another batch; the next run goes on',
  'row-limit': 'as many rows were deleted as the event allows',
  'dry-run': 'the expired rows were counted, and none was deleted',
  'database-busy':
    'the load was above its limit, before the run or during it; the next run goes on',
  'switched-off': 'the control parameter says so; nothing was sent to the database',
  asleep: 'the cluster had paused itself and was left asleep; nothing was sent to the database',
  failed: 'it could not be done, or not wholly; the error says why',
} as const satisfies Readonly<Record<string, string>>;

export type StopReason = keyof typeof STOP_REASONS;

/** At least and at most. */
export interface Bounds {
  least: number;
  most: number;
}

/**
 * What a purge would take now, if nothing is in its way. The dry run has counted rows, and how much longer a delete takes is
 * known only as a range.
 */
export interface PurgeEstimate {
  readonly batches: Bounds;
  readonly dataApiCalls: Bounds;
  shortestMs: number;
  longestMs: number;
}

/** The result for one table. */
export interface TableReport {
  /** With its schema, as the database knows it. */
  readonly table: string;
  stopReason: StopReason;
  rowsDeleted: number;
  /** The expired rows that a dry run counted; `null` in other runs. */
  rowsExpired: number | null;
  /** The dry run stopped counting at `rowsExpired`; there are more. */
  rowsExpiredCapped?: true;
  /** The planner's estimate of the expired rows, if the dry run stopped counting. */
  rowsExpiredEstimate?: number;
  /**
   * The `expire_date` of the oldest session that should be deleted and is not; `null` if there is none, or if it is not
   * known.
   *
   * If time ran out, it is where the last batch ended: no session that is left expired earlier.
   */
  oldestExpired: string | null;
  /** The order in which rows were deleted; absent if there were none to delete. */
  walk?: Walk;
  /** Why in that order, and whether the order changed. */
  walkReason?: string;
  /** How many expired rows the database did not let go, each of them tried; `problem` says since when and why. */
  rowsSteppedOver?: number;
  /**
   * How many expired rows were not tried, because they lie between rows that did not go; `problem` says so. The next run
   * tries others of them.
   */
  rowsNotTried?: number;
  /** What kept the table from being purged, or purged wholly, and the remedy; absent if nothing did. */
  problem?: string;
  /**
   * How long before the cutoff the session of `oldestExpired` expired; 0 if none is left to delete, `null` if it is not
   * known.
   */
  backlogAgeSeconds: number | null;
}

/** What the tables have come to that a report leaves out. */
export interface TablesLeftOut {
  readonly count: number;
  /** How many of them ended for which reason. */
  readonly stopReasons: Readonly<Partial<Record<StopReason, number>>>;
  readonly rowsDeleted: number;
  /** The expired rows that a dry run counted in them; `null` in other runs. */
  readonly rowsExpired: number | null;
}

/** One run, as returned to the caller and logged as one line. The function fills it in while it runs. */
export interface PurgeReport {
  readonly dryRun: boolean;
  /** ISO 8601 in UTC; `null` if the run failed before it knew the database's time. */
  cutoff: string | null;
  engine: string | null;
  stopReason: StopReason;
  /** Why the run did not start and sent no statement, in words; absent if it started. */
  reason?: string;
  /** The error that a run failed with, where the event asked for its report; otherwise the error is thrown. */
  readonly error?: string;
  /** On MySQL: how far ahead the newest session expires, read in `timeZone`; absent if there is none. */
  newestExpiresInSeconds?: number;
  /** Rows that are known to be deleted. */
  rowsDeleted: number;
  /** Deletes without an answer. Their rows are in no count, since they may be deleted or not. */
  unknownOutcomes: number;
  /** Deletes with an answer. */
  batches: number;
  dataApiCalls: number;
  /** Calls that were repeated. */
  retries: number;
  slowestBatchMs: number;
  /** Time spent waiting for a paused cluster. */
  wakeMs: number;
  durationMs: number;
  /** Only in a dry run. */
  estimate?: PurgeEstimate;
  /** What the operator should mend, although the run went on; absent if there is nothing. */
  warnings?: readonly string[];
  /** Absent if `tables` has them all. Otherwise `tables` has the tables that have the most to tell, in that order. */
  readonly tablesLeftOut?: TablesLeftOut;
  /** Those with a `problem` come first, once the run has ended. */
  readonly tables: TableReport[];
}

/** The state of a requirement; `unknown`: it could not be checked, and the detail says why. */
export type State = 'ok' | 'warning' | 'failing' | 'unknown';

/** One requirement of a purge, and whether it is met. */
export interface Finding {
  /** The requirement, followed by its table in brackets if it is one of a table. */
  readonly requirement: string;
  /** That table, with its schema if that is known; `null` if the requirement is of no table. */
  readonly table: string | null;
  readonly state: State;
  readonly detail: string;
  /** A statement or a sentence that mends it; `null` if there is nothing to mend, or no remedy is known. */
  readonly fix: string | null;
}

/** The requirement of a finding that stands for the same one of many tables. */
export function ofManyTables(requirement: string, tables: number): string {
  return `${requirement} (${tables} ${tables === 1 ? 'table' : 'tables'})`;
}

/** The requirement of a finding without the table that follows it in brackets. */
export function kindOf({ requirement, table }: Finding): string {
  return requirement.replace(` (${table})`, '');
}

/** Whether a finding stands for many tables. */
export function isOfManyTables({ requirement, table }: Finding): boolean {
  return table === null && / \(\d+ tables?\)$/.test(requirement);
}

/** The answer to `{"check": true}`, as returned to the caller and logged as one line. */
export interface CheckReport {
  readonly check: true;
  /** The worst state of the findings; `unknown` does not count. */
  readonly verdict: Exclude<State, 'unknown'>;
  readonly findings: readonly Finding[];
}

/** The verdict on these findings. */
export function verdictOf(findings: readonly Pick<Finding, 'state'>[]): CheckReport['verdict'] {
  const has = (state: State) => findings.some((finding) => finding.state === state);
  return has('failing') ? 'failing' : has('warning') ? 'warning' : 'ok';
}

/** The requirements of the way to the database, each of which needs the ones before it. */
export const OF_THE_CONNECTION = ['Data API', 'secret', 'database', 'engine version'] as const;

/** The requirements on the server and the settings of the connection, in the order of the report. */
export const OF_THE_SERVER = ['writes', 'timeouts', 'planner settings'] as const;

export type ServerRequirement = (typeof OF_THE_SERVER)[number];

/** The requirements of each table, in the order of the report. */
export const OF_A_TABLE = [
  'table',
  'columns',
  'rights',
  'least privilege',
  'locks',
  'index on expire_date',
  'index used',
  'foreign keys',
  'triggers',
  'size',
  'backlog',
] as const;

/** The requirements of a table that PostgreSQL alone has. */
export const OF_A_POSTGRESQL_TABLE = [
  'row security',
  'rules',
  'children',
  'owner',
  'publications',
  'dead rows',
] as const;

export type OwnTableRequirement = (typeof OF_A_POSTGRESQL_TABLE)[number];

/** A requirement of a table. */
export type TableRequirement = (typeof OF_A_TABLE)[number] | OwnTableRequirement;
