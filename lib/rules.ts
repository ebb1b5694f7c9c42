import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IDENTIFIER, LIMITS, WHEN_PAUSED } from '../contract/settings';
import { shown } from './shown';

/** What a setting may be: `undefined` for a value that will do, else the sentence's end, `must be ..., got ...`. */
export type Rule<T> = (value: T) => string | undefined;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

function rule<T>(holds: (value: T) => boolean, demand: string): Rule<T> {
  return (value) => (holds(value) ? undefined : `${demand}, got ${shown(value)}`);
}

const pattern = (shape: RegExp, demand: string) =>
  rule((value: string) => shape.test(value), demand);

function within({ min, max, whole }: Range, unit = ''): Rule<number> {
  return rule(
    (value) =>
      typeof value === 'number' &&
      value >= min &&
      value <= max &&
      (!whole || Number.isInteger(value)),
    `must be a ${whole ? 'whole ' : ''}number${unit} from ${min} to ${max}`,
  );
}

function isIdentifier(part: string): boolean {
  return IDENTIFIER.pattern.test(part) && Buffer.byteLength(part) <= IDENTIFIER.maxBytes;
}

function isTableName(text: string): boolean {
  const [table, schema, ...more] = text.split('.').reverse();
  const inSchema = schema === undefined || schema === '*' || isIdentifier(schema);
  return more.length === 0 && inSchema && isIdentifier(table as string);
}

/** Node takes offsets like `+02:00` too, which have no daylight saving time and which Django refuses. */
function isTimeZone(name: string): boolean {
  try {
    return /^\p{L}/u.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** EventBridge wants `?` for the day of the month or the day of the week, and refuses it in both. */
function isSchedule(expression: string): boolean {
  const cron = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(expression);
  if (cron !== null) return (cron[3] === '?') !== (cron[5] === '?');
  return /^rate\((1 (minute|hour|day)|(?!1 )[1-9]\d* (minutes|hours|days))\)$/.test(expression);
}

/** The days for which CloudWatch Logs can keep a log. */
export const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number',
);

/** The least and the greatest value of each numeric setting: the function's, and those of the deployment. */
export const RANGES = {
  ...LIMITS,
  // A statement may take 45 s before the Data API stops it: less than a minute could not hold one.
  timeoutSeconds: { min: 60, max: 900, whole: true },
  memorySize: { min: 128, max: 10_240, whole: true },
  /** Ten years, as for the grace period. */
  maxBacklogDays: { min: 1, max: 3650, whole: true },
} as const;

const PLACE = String.raw`[a-z]+(?:-[a-z]+)+-\d+:\d{12}`;
const ARN = (service: string, resource: string) =>
  new RegExp(`^arn:aws[a-z-]*:${service}:${PLACE}:${resource}$`);

/** What each setting may be, under the name of its value: the construct's props and the app's context share them. */
export const RULES = {
  clusterArn: pattern(
    ARN('rds', 'cluster:[A-Za-z][A-Za-z0-9-]*'),
    'must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop"',
  ),
  secretArn: pattern(
    ARN('secretsmanager', 'secret:[A-Za-z0-9/_+=.@!-]+'),
    'must be a secret\'s ARN like "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"',
  ),
  // IAM compares keys by id: a policy on an alias allows nothing.
  kmsKeyArn: pattern(
    ARN('kms', 'key/[A-Za-z0-9-]+'),
    'must be a key\'s ARN, not an alias\'s, like "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-..."',
  ),
  purgeName: pattern(/^[A-Za-z0-9-]{1,64}$/, 'must be 1 to 64 letters, digits or "-"'),
  database: pattern(/^.{1,64}$/, 'must be 1 to 64 characters'),
  tables: rule((tables: string[]) => tables.length > 0, 'must name at least one table'),
  table: rule(
    isTableName,
    'must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", ' +
      `at most ${IDENTIFIER.maxBytes} bytes`,
  ),
  timeZone: rule(isTimeZone, "must be a time zone's IANA name like Europe/Lisbon"),
  graceSeconds: within(RANGES.graceSeconds, ' of seconds'),
  targetBatchMs: within(RANGES.targetBatchMs, ' of milliseconds'),
  pauseRatio: within(RANGES.pauseRatio),
  maxBatchSize: within(RANGES.maxBatchSize),
  maxCookieAgeDays: within(RANGES.maxCookieAgeDays, ' of days'),
  wakeBudgetSeconds: within(RANGES.wakeBudgetSeconds, ' of seconds'),
  whenPaused: rule(
    (word: string) => WHEN_PAUSED.some((known) => known === word),
    `must be ${WHEN_PAUSED.map((word) => `"${word}"`).join(' or ')}`,
  ),
  maxSleepHours: within(RANGES.maxSleepHours, ' of hours'),
  maxCpuPercent: within(RANGES.maxCpuPercent, ' of percent'),
  maxAcuPercent: within(RANGES.maxAcuPercent, ' of percent'),
  timeoutSeconds: within(RANGES.timeoutSeconds, ' of seconds'),
  memorySize: within(RANGES.memorySize, ' of MiB'),
  schedule: rule(
    isSchedule,
    'must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week',
  ),
  logRetentionDays: rule(
    (days: number) => RETENTION_DAYS.includes(days),
    `must be one of the days that CloudWatch Logs knows (${RETENTION_DAYS.join(', ')})`,
  ),
  maxBacklogDays: within(RANGES.maxBacklogDays, ' of days'),
  // SNS refuses longer ones; the rest of the address is for the confirmation that it sends to show.
  alarmEmail: pattern(/^[^\s@,;]{1,64}@[^\s@,;]{1,190}$/, 'must be one e-mail address'),
  alarmTopicArn: pattern(
    ARN('sns', '[A-Za-z0-9_-]{1,256}'),
    'must be an SNS topic\'s ARN like "arn:aws:sns:eu-west-1:123456789012:on-call"',
  ),
} as const;

/** The function's client and the Data API know one region, so the secret has to be where the cluster is. */
export function otherRegion(arn: string, clusterArn: string): string | undefined {
  if (RULES.clusterArn(clusterArn) !== undefined) return undefined;
  const [region, clusterRegion] = [arn, clusterArn].map((text) => text.split(':')[3]);
  return region === undefined || region === clusterRegion
    ? undefined
    : `must be in the cluster's region ${clusterRegion}, got ${shown(region)}`;
}
