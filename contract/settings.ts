/**
 * What the stack and the function have to agree on: the names of environment variables and metrics, and what
 * the settings may be. The one file of `lambda` that `lib` imports; it imports nothing itself.
 */

/** The function's environment variables; the README's table says what each one means. */
export const ENVIRONMENT = {
  clusterArn: 'SESSION_PURGE_CLUSTER_ARN',
  secretArn: 'SESSION_PURGE_SECRET_ARN',
  database: 'SESSION_PURGE_DATABASE',
  tables: 'SESSION_PURGE_TABLES',
  graceSeconds: 'SESSION_PURGE_GRACE_SECONDS',
  timeZone: 'SESSION_PURGE_TIME_ZONE',
  targetBatchMs: 'SESSION_PURGE_TARGET_BATCH_MS',
  pauseRatio: 'SESSION_PURGE_PAUSE_RATIO',
  maxBatchSize: 'SESSION_PURGE_MAX_BATCH_SIZE',
  name: 'SESSION_PURGE_NAME',
  maxCookieAgeDays: 'SESSION_PURGE_MAX_COOKIE_AGE_DAYS',
  wakeBudgetSeconds: 'SESSION_PURGE_WAKE_BUDGET_SECONDS',
  whenPaused: 'SESSION_PURGE_WHEN_PAUSED',
  maxSleepHours: 'SESSION_PURGE_MAX_SLEEP_HOURS',
  maxCpuPercent: 'SESSION_PURGE_MAX_CPU_PERCENT',
  maxAcuPercent: 'SESSION_PURGE_MAX_ACU_PERCENT',
  controlParameter: 'SESSION_PURGE_CONTROL_PARAMETER',
} as const;

/** What holds where an environment variable is not set. */
export const DEFAULTS = {
  tables: ['django_session'],
  /** Longer than any request, so that none in flight loses the session that it loaded. */
  graceSeconds: 3600,
  timeZone: 'UTC',
  targetBatchMs: 250,
  pauseRatio: 0.5,
  /** 5000 rows a statement left the application's p99 alone, 20000 did not. */
  maxBatchSize: 5000,
  /** A session that outlives its cookie's longest age by this says that the database's clock is wrong. */
  maxCookieAgeDays: 366,
  /** A paused cluster resumes in 15 s as a rule, after a day's pause in 30 s or more. */
  wakeBudgetSeconds: 120,
  whenPaused: 'wake',
  maxSleepHours: 168,
} as const;

/** The least and the greatest value of each numeric setting. */
export const LIMITS = {
  /** Ten years: beyond it is a mistake of units. */
  graceSeconds: { min: 0, max: 315_360_000, whole: true },
  /** The Data API stops a statement after 45 s; the target stays well below. */
  targetBatchMs: { min: 10, max: 20_000, whole: true },
  pauseRatio: { min: 0, max: 100, whole: false },
  maxBatchSize: { min: 1, max: 100_000, whole: true },
  /** A hundred years: as good as never. */
  maxCookieAgeDays: { min: 1, max: 36_525, whole: true },
  /** As long as an invocation may take. */
  wakeBudgetSeconds: { min: 0, max: 900, whole: true },
  /** A year. */
  maxSleepHours: { min: 1, max: 8784, whole: true },
  maxCpuPercent: { min: 1, max: 100, whole: false },
  maxAcuPercent: { min: 1, max: 100, whole: false },
} as const;

/** What is done about a cluster that paused itself: wake it, or leave it asleep until `maxSleepHours` are over. */
export const WHEN_PAUSED = ['wake', 'skip'] as const;

/** What a schema or a table may be called: nothing in it needs escaping beyond the quotes around it. */
export const IDENTIFIER = {
  pattern: /^[\p{L}_][\p{L}\p{N}_$-]*$/u,
  /** The longest identifier of PostgreSQL; MySQL takes 64 characters. */
  maxBytes: 63,
} as const;
