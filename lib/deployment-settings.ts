import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { isKeyArn, isSecretArn, isTopicArn } from '../contract/arn';
import { matching, TRUE_OR_FALSE } from '../contract/rule';
import { isSchedule } from '../contract/schedule';
import type { Setting } from '../contract/setting-kinds';
import { SETTINGS } from '../contract/settings';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number');

/** A setting that the deployment alone has. */
export type DeploymentSetting = Setting & {
  /** Whether it is a prop of the stack, and not of the construct. */
  readonly isOfStack?: true;
};

/** What the deployment has beside the settings of the function, in the same form. */
export const DEPLOYMENT_SETTINGS = {
  adminSecretArn: {
    kind: 'text',
    meaning:
      "the secret of the cluster's admin: the deployment makes the database user and its secret",
    fallback: null,
    otherwise: '`secretArn` is given instead',
    isOfStack: true,
    rule: isSecretArn,
  },
  ownerSecretArn: {
    kind: 'text',
    meaning: "on PostgreSQL: the secret of the tables' owner, if the admin cannot become the owner",
    fallback: null,
    otherwise: 'the admin grants the rights',
    isOfStack: true,
    rule: isSecretArn,
  },
  checkOnDeploy: {
    kind: 'choice',
    meaning: 'whether a requirement of the purge that is not met fails the deployment',
    fallback: true,
    otherwise: '`true`; of the construct alone `false`',
    isOfStack: true,
    choices: TRUE_OR_FALSE,
  },
  grantAgain: {
    kind: 'text',
    meaning:
      'a text of your own, such as the date: with another one than before, the deployment grants anew, for tables that came since',
    fallback: null,
    otherwise: 'none; the present time, with `adminSecretArn` and a pattern in `tables`',
    isOfStack: true,
    rule: matching(/^[^\s\p{Z}\uFEFF]{1,100}$/u, 'must be 1 to 100 characters without a space'),
  },
  kmsKeyArn: {
    kind: 'text',
    meaning: 'the customer-managed key that encrypts the secrets, if there is one',
    fallback: null,
    otherwise: 'none',
    isOfStack: true,
    rule: isKeyArn,
  },
  controlParameter: {
    kind: 'choice',
    meaning:
      'whether there is an SSM parameter that pauses or slows the purge; the function gets its name',
    fallback: true,
    choices: TRUE_OR_FALSE,
  },
  schedule: {
    kind: 'text',
    meaning: 'when it runs: `cron(...)` or `rate(...)`, in UTC',
    fallback: 'cron(17 2 * * ? *)',
    rule: isSchedule,
  },
  enabled: {
    kind: 'choice',
    meaning: 'whether the schedule is in force',
    fallback: true,
    choices: TRUE_OR_FALSE,
  },
  /** At least a minute: the Data API lets a statement take 45 s. At most what Lambda allows. */
  timeoutSeconds: {
    kind: 'number',
    meaning:
      'the longest time that one run may take, in seconds; by default no longer than the time between two runs',
    fallback: 900,
    prop: 'timeout',
    min: 60,
    max: 900,
    whole: true,
    unit: 'seconds',
  },
  memorySize: {
    kind: 'number',
    meaning: "the function's memory in MiB",
    fallback: 256,
    min: 128,
    max: 10_240,
    whole: true,
    unit: 'MiB',
  },
  logRetentionDays: {
    kind: 'choice',
    meaning: 'for how many days the log is kept',
    fallback: 90,
    prop: 'logRetention',
    choices: RETENTION_DAYS,
    demand: `must be one of the days that CloudWatch Logs knows (${RETENTION_DAYS.join(', ')})`,
  },
  alarms: {
    kind: 'choice',
    meaning: 'whether there are alarms',
    fallback: true,
    isOfStack: true,
    choices: TRUE_OR_FALSE,
  },
  /** At most ten years, like the grace period. */
  maxBacklogDays: {
    kind: 'number',
    meaning: 'how old the backlog may get before its alarm sounds, in days',
    fallback: 3,
    prop: 'alarms.maxBacklogAge',
    isOfStack: true,
    min: 1,
    max: 3650,
    whole: true,
    unit: 'days',
  },
  /** SNS refuses longer addresses. It shows the rest of a wrong one when it asks for confirmation. */
  alarmEmail: {
    kind: 'text',
    meaning: 'who gets the alarms',
    fallback: null,
    otherwise: 'nobody',
    isOfStack: true,
    rule: matching(
      /^[^\s\p{Z}\uFEFF@,;]{1,64}@[^\s\p{Z}\uFEFF@,;]{1,190}$/u,
      'must be one e-mail address',
    ),
  },
  alarmTopicArn: {
    kind: 'text',
    meaning: 'an SNS topic of your own for the alarms',
    fallback: null,
    otherwise: 'one is created',
    isOfStack: true,
    rule: isTopicArn,
  },
  dashboard: {
    kind: 'choice',
    meaning: 'whether there is a dashboard',
    fallback: true,
    isOfStack: true,
    choices: TRUE_OR_FALSE,
  },
  drain: {
    kind: 'choice',
    meaning: 'whether there is a state machine that purges a backlog round after round, by hand',
    fallback: false,
    isOfStack: true,
    choices: TRUE_OR_FALSE,
  },
  testEvents: {
    kind: 'choice',
    meaning: 'whether the Lambda console offers ready-made events to everybody in the account',
    fallback: false,
    isOfStack: true,
    choices: [true, false, 'create-registry'],
  },
} as const satisfies Readonly<Record<string, DeploymentSetting>>;

// The function has the parameter's name, and the deployment has whether there is one.
const { controlParameter: _, name, ...ofFunction } = SETTINGS;

/** What the context may say about a purge, by its key. */
export const CONTEXT_SETTINGS = {
  name,
  ...ofFunction,
  secretArn: {
    ...ofFunction.secretArn,
    fallback: null,
    otherwise: 'the deployment makes it, with `adminSecretArn`',
  },
  ...DEPLOYMENT_SETTINGS,
} as const satisfies Readonly<Record<string, DeploymentSetting>>;
