import { isClusterArn, isParameter, isSecretArn } from './arn';
import { isTimeZone, matching } from './rule';
import type { SettingTable } from './setting-kinds';
import type { TableName } from './table-name';

/**
 * What the function reads from its environment. All other forms of a setting are made from this table; only the
 * construct's documented prop is written by hand.
 */
export const SETTINGS = {
  clusterArn: {
    kind: 'text',
    meaning: 'the Aurora cluster; its Data API must be on',
    fallback: undefined,
    rule: isClusterArn,
  },
  secretArn: {
    kind: 'text',
    meaning: "the secret with the database user's name and password",
    fallback: undefined,
    rule: isSecretArn,
  },
  database: {
    kind: 'text',
    meaning: 'the database in the cluster',
    fallback: undefined,
    rule: matching(/^[^\n\r\u0085\u2028\u2029]{1,64}$/u, 'must be 1 to 64 characters'),
  },
  tables: {
    kind: 'tables',
    meaning:
      'the session tables, separated by commas: `table`, `schema.table`, or `*.table` for that table in every schema that has it; odd names in double quotes',
    fallback: ['django_session'],
  },
  /**
   * How long a session is kept after it expired. Longer than any request, so that no request loses the session that it
   * loaded. More than ten years is a mistake of units.
   */
  graceSeconds: {
    kind: 'number',
    meaning: 'how long an expired session is kept, in seconds',
    fallback: 3600,
    prop: 'gracePeriod',
    min: 0,
    max: 315_360_000,
    whole: true,
    unit: 'seconds',
    isTunable: true,
  },
  /** MySQL's column has no zone, and a guess that is hours off would delete live sessions. PostgreSQL's column has one. */
  timeZone: {
    kind: 'text',
    meaning:
      "the time zone of `expire_date` on MySQL: with Django's `USE_TZ = True` the `TIME_ZONE` of the database's entry in `DATABASES`, or `UTC` without one; else Django's `TIME_ZONE`",
    fallback: null,
    otherwise: 'required on MySQL, not used on PostgreSQL',
    rule: isTimeZone,
  },
  /** The Data API stops a statement after 45 s, so the target stays well below. */
  targetBatchMs: {
    kind: 'number',
    meaning: 'how long one DELETE should take, in milliseconds',
    fallback: 250,
    prop: 'targetBatchDuration',
    min: 10,
    max: 20_000,
    whole: true,
    unit: 'milliseconds',
    isTunable: true,
  },
  pauseRatio: {
    kind: 'number',
    meaning: "the pause after a batch, as a multiple of the batch's duration",
    fallback: 0.5,
    min: 0,
    max: 100,
    whole: false,
    isTunable: true,
  },
  /** A guard where the target would allow more: bench/RESULTS.md compares it with other sizes. */
  maxBatchSize: {
    kind: 'number',
    meaning: 'the most rows that one DELETE should take',
    fallback: 100_000,
    min: 1,
    max: 100_000,
    whole: true,
    isTunable: true,
  },
  /**
   * How long one statement waits for a paused cluster; at most as long as an invocation may take. A cluster usually
   * resumes in 15 s, after a day's pause in 30 s or more.
   */
  wakeBudgetSeconds: {
    kind: 'number',
    meaning:
      'how long a statement waits for a paused cluster, in seconds; after that the run fails and says so',
    fallback: 120,
    prop: 'wakeBudget',
    min: 0,
    max: 900,
    whole: true,
    unit: 'seconds',
  },
  whenPaused: {
    kind: 'choice',
    meaning: '`wake` a paused cluster, or `skip` the run',
    fallback: 'wake',
    choices: ['wake', 'skip'],
  },
  /** A run reads its own hourly metrics of that time, and CloudWatch drops them after 15 months. */
  maxSleepHours: {
    kind: 'number',
    meaning:
      'with `skip`: how many hours a paused cluster may go without a purge before a run wakes it',
    fallback: 168,
    prop: 'maxSleep',
    min: 1,
    max: 8784,
    whole: true,
    unit: 'hours',
  },
  maxCpuPercent: {
    kind: 'number',
    meaning: "stop while the writer's CPU is busier than this",
    fallback: null,
    otherwise: 'not looked at',
    min: 1,
    max: 100,
    whole: false,
    unit: 'percent',
    metric: 'CPUUtilization',
  },
  maxAcuPercent: {
    kind: 'number',
    meaning: 'stop while more of the Serverless v2 capacity than this is in use',
    fallback: null,
    otherwise: 'not looked at',
    min: 1,
    max: 100,
    whole: false,
    unit: 'percent',
    metric: 'ACUUtilization',
  },
  /** Name or ARN of the parameter that is read at the start of each run. The construct makes the parameter. */
  controlParameter: {
    kind: 'text',
    meaning: 'the SSM parameter that pauses or slows the purge, by its name or ARN',
    fallback: null,
    otherwise: 'none is read',
    rule: isParameter,
  },
  /** The dimension of the metrics and the `service` of the log. */
  name: {
    kind: 'text',
    meaning: "the purge's name in logs and metrics, and part of the stack's name",
    fallback: 'django-session-purge',
    otherwise: "the function's name",
    prop: 'purgeName',
    rule: matching(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits or "-"'),
  },
} as const satisfies SettingTable;

export type SettingName = keyof typeof SETTINGS;

/** What a setting holds once it is read. */
type ValueOf<S> = S extends { kind: 'tables' }
  ? readonly TableName[]
  : S extends { kind: 'choice'; choices: readonly (infer Value)[] }
    ? Value
    :
        | (S extends { kind: 'number' } ? number : string)
        | (S extends { fallback: null } ? null : never);

/** How the function was deployed. Times carry their unit in the name. */
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS)[Name]> };

/** The settings that the control parameter may replace. */
export type TunableName = {
  [Name in SettingName]: (typeof SETTINGS)[Name] extends { isTunable: true } ? Name : never;
}[SettingName];

/**
 * How to find out the time zone of `expire_date`. The command prints two settings and no other: `DATABASES` may have a
 * key `TIME_ZONE` beside the password.
 */
export const FIND_TIME_ZONE =
  'look at Django\'s settings (python manage.py diffsettings --all | grep -E "^(### )?(USE_TZ|TIME_ZONE) "): ' +
  "with USE_TZ = True set timeZone to UTC, unless the database's entry in DATABASES has a TIME_ZONE of its own: then to that; " +
  'with USE_TZ = False to TIME_ZONE';

/** Every setting with its name, in the order of the table. */
export const EACH_SETTING = Object.entries(SETTINGS) as [SettingName, SettingTable[string]][];

/** The settings that the control parameter may replace, with their names. */
export const TUNABLE_SETTINGS = EACH_SETTING.filter(
  ([, setting]) => setting.kind === 'number' && setting.isTunable,
);

/** The settings that stop a run while a metric is above them. They give the function the right to read metrics. */
export const LOAD_LIMITS = EACH_SETTING.flatMap(([name, setting]) =>
  setting.kind === 'number' && setting.metric !== undefined
    ? [{ name, prop: setting.prop ?? name, metric: setting.metric }]
    : [],
);

/** The environment variables of all settings begin with it. */
export const VARIABLE_PREFIX = 'SESSION_PURGE_';

/** The environment variable of a setting: `SESSION_PURGE_GRACE_SECONDS` for `graceSeconds`. */
export function variableOf(name: SettingName): string {
  return VARIABLE_PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();
}
