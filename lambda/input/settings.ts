import * as v from 'valibot';
import { DEFAULTS, ENVIRONMENT, LIMITS, WHEN_PAUSED } from '../../contract/settings';
import { parseTableName, type TableName } from '../../contract/table-name';
import { shown } from '../../contract/text';
import { SettingsError } from '../errors';

/** How this function was deployed; times carry their unit in the name. */
export interface Settings {
  /** The purge's name: the metrics' dimension and the log's `service`. */
  readonly name: string;
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
  readonly tables: readonly TableName[];
  readonly graceSeconds: number;
  /** IANA name of the zone in which Django writes `expire_date`, where the column itself has none. */
  readonly timeZone: string;
  readonly targetBatchMs: number;
  /** The pause after a batch, as a multiple of the batch's duration. */
  readonly pauseRatio: number;
  readonly maxBatchSize: number;
  /** A session that expires later than this says that the database's clock is wrong. */
  readonly maxCookieAgeDays: number;
  /** How long one statement waits for a paused cluster. */
  readonly wakeBudgetSeconds: number;
  readonly whenPaused: (typeof WHEN_PAUSED)[number];
  /** How long a paused cluster may go without a purge. */
  readonly maxSleepHours: number;
  /** The purge stops above it; `null`: nobody looks. */
  readonly maxCpuPercent: number | null;
  /** The purge stops above it; `null`: nobody looks. */
  readonly maxAcuPercent: number | null;
  /** Name or ARN of the parameter that is read at the start of each run; `null`: none is. */
  readonly controlParameter: string | null;
}

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The purge's name before the settings are known to be valid: its failure has to be told under it, too. */
export function purgeName(environment: Environment): string {
  return (
    environment[ENVIRONMENT.name] || environment.AWS_LAMBDA_FUNCTION_NAME || 'django-session-purge'
  );
}

const CLUSTER_ARN = /^arn:[^:\s]+:rds:[^:\s]*:[^:\s]*:cluster:[^:\s]+$/;
const SECRET_ARN = /^arn:[^:\s]+:secretsmanager:[^:\s]*:[^:\s]*:secret:[^:\s]+$/;

const PARAMETER = /^(arn:[^:\s]+:ssm:[^:\s]*:[^:\s]*:parameter\/)?[\w./-]{1,1011}$/;

const arn = (pattern: RegExp, shape: string) =>
  v.pipe(
    v.string(),
    v.regex(pattern, (issue) => `must look like ${shape}, got ${shown(issue.input)}`),
  );

type Limits = (typeof LIMITS)[keyof typeof LIMITS];

function number({ min, max, whole }: Limits) {
  const format = whole ? /^\d{1,15}$/ : /^\d{1,15}(\.\d{1,20})?$/;
  const rule = `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
  return v.pipe(
    v.string(),
    v.check(
      (text) => format.test(text) && Number(text) >= min && Number(text) <= max,
      (issue) => `${rule}, got ${shown(issue.input)}`,
    ),
    v.transform(Number),
  );
}

const decimal = (fallback: number, limits: Limits) => v.optional(number(limits), String(fallback));

const whenPaused = v.optional(
  v.picklist(
    WHEN_PAUSED,
    (issue) => `must be ${WHEN_PAUSED.join(' or ')}, got ${shown(issue.input)}`,
  ),
  DEFAULTS.whenPaused,
);

const controlParameter = v.pipe(
  v.string(),
  v.regex(
    PARAMETER,
    (issue) =>
      `must be a parameter's name like /session-purge/control or its ARN, got ${shown(issue.input)}`,
  ),
);

const tables = v.pipe(
  v.optional(v.string(), DEFAULTS.tables.join()),
  v.transform((text) => [...new Set(text.split(',').map((name) => name.trim()))]),
  v.rawTransform(({ dataset, addIssue }): TableName[] =>
    dataset.value.flatMap((text) => {
      const table = parseTableName(text);
      if (typeof table !== 'string') return [table];
      addIssue({ message: table });
      return [];
    }),
  ),
);

/** Node takes offsets like `+02:00` too, which Django refuses and which know no daylight saving. */
function isTimeZone(name: string): boolean {
  try {
    return /^\p{L}/u.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

const timeZone = v.pipe(
  v.optional(v.string(), DEFAULTS.timeZone),
  v.check(
    isTimeZone,
    (issue) => `must be a time zone's IANA name like Europe/Lisbon, got ${shown(issue.input)}`,
  ),
);

const entries = {
  [ENVIRONMENT.clusterArn]: arn(CLUSTER_ARN, 'arn:aws:rds:REGION:ACCOUNT:cluster:NAME'),
  [ENVIRONMENT.secretArn]: arn(SECRET_ARN, 'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME'),
  [ENVIRONMENT.database]: v.string(),
  [ENVIRONMENT.tables]: tables,
  [ENVIRONMENT.graceSeconds]: decimal(DEFAULTS.graceSeconds, LIMITS.graceSeconds),
  [ENVIRONMENT.timeZone]: timeZone,
  [ENVIRONMENT.targetBatchMs]: decimal(DEFAULTS.targetBatchMs, LIMITS.targetBatchMs),
  [ENVIRONMENT.pauseRatio]: decimal(DEFAULTS.pauseRatio, LIMITS.pauseRatio),
  [ENVIRONMENT.maxBatchSize]: decimal(DEFAULTS.maxBatchSize, LIMITS.maxBatchSize),
  [ENVIRONMENT.maxCookieAgeDays]: decimal(DEFAULTS.maxCookieAgeDays, LIMITS.maxCookieAgeDays),
  [ENVIRONMENT.wakeBudgetSeconds]: decimal(DEFAULTS.wakeBudgetSeconds, LIMITS.wakeBudgetSeconds),
  [ENVIRONMENT.whenPaused]: whenPaused,
  [ENVIRONMENT.maxSleepHours]: decimal(DEFAULTS.maxSleepHours, LIMITS.maxSleepHours),
  [ENVIRONMENT.maxCpuPercent]: v.optional(number(LIMITS.maxCpuPercent)),
  [ENVIRONMENT.maxAcuPercent]: v.optional(number(LIMITS.maxAcuPercent)),
  [ENVIRONMENT.controlParameter]: v.optional(controlParameter),
};

const schema = v.object(entries, 'is not set');

/** Reads the settings; throws a `SettingsError` that tells all mistakes at once. */
export function readSettings(environment: Environment): Settings {
  // Lambda's console keeps a variable whose value was cleared: empty is not set.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = v.safeParse(schema, given);
  if (!parsed.success) {
    const mistakes = parsed.issues.map((issue) => `${issue.path?.[0].key} ${issue.message}`);
    throw new SettingsError(`settings: ${mistakes.join('; ')}`);
  }
  const values = parsed.output;
  return {
    name: purgeName(environment),
    clusterArn: values[ENVIRONMENT.clusterArn],
    secretArn: values[ENVIRONMENT.secretArn],
    database: values[ENVIRONMENT.database],
    tables: values[ENVIRONMENT.tables],
    graceSeconds: values[ENVIRONMENT.graceSeconds],
    timeZone: values[ENVIRONMENT.timeZone],
    targetBatchMs: values[ENVIRONMENT.targetBatchMs],
    pauseRatio: values[ENVIRONMENT.pauseRatio],
    maxBatchSize: values[ENVIRONMENT.maxBatchSize],
    maxCookieAgeDays: values[ENVIRONMENT.maxCookieAgeDays],
    wakeBudgetSeconds: values[ENVIRONMENT.wakeBudgetSeconds],
    whenPaused: values[ENVIRONMENT.whenPaused],
    maxSleepHours: values[ENVIRONMENT.maxSleepHours],
    maxCpuPercent: values[ENVIRONMENT.maxCpuPercent] ?? null,
    maxAcuPercent: values[ENVIRONMENT.maxAcuPercent] ?? null,
    controlParameter: values[ENVIRONMENT.controlParameter] ?? null,
  };
}
