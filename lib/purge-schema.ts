import { Duration, Token } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as v from 'valibot';
import { WHEN_PAUSED } from '../contract/settings';
import { RANGES, RETENTION_DAYS, RULES, type Rule } from './rules';
import type { SessionPurgeStackProps } from './session-purge-stack';
import { shown } from './shown';

const must = (demand: string) => (issue: v.BaseIssue<unknown>) =>
  `must be ${demand}, got ${shown(issue.input)}`;

const obeys = <T>(rule: Rule<T>) =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    const mistake = dataset.typed ? rule(dataset.value) : undefined;
    if (mistake !== undefined) addIssue({ message: mistake });
  });

/** What an editor is told of a value instead of what the command line may say in its place, where all is text. */
const inJson = <T>(jsonSchema: object) => v.metadata<T, { jsonSchema: object }>({ jsonSchema });

/** What looks like the CDK's own mark for a value of the deployment would be taken for one. */
const isPlain = v.check(
  (value: string) => !Token.isUnresolved(value),
  must('plain text without "${Token["'),
);

/** Text under a rule, and its meaning. */
export const text = (rule: Rule<string>, meaning: string) =>
  v.pipe(v.string(must('text')), isPlain, obeys(rule), v.description(meaning));

/** A number in its range; on the command line it is text, `cdk.json` has numbers of its own. */
const number = (key: keyof typeof RANGES, meaning: string) => {
  const { min, max, whole } = RANGES[key];
  const type = whole ? 'integer' : 'number';
  return v.exactOptional(
    v.pipe(
      v.union(
        [v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number))],
        (issue) => RULES[key](issue.input as number) ?? '',
      ),
      obeys(RULES[key]),
      v.description(meaning),
      inJson<number>({ type, minimum: min, maximum: max }),
    ),
  );
};

const flag = (meaning: string) =>
  v.exactOptional(
    v.pipe(
      v.union(
        [
          v.boolean(),
          v.pipe(
            v.picklist(['true', 'false']),
            v.transform((word) => word === 'true'),
          ),
        ],
        must('true or false'),
      ),
      v.description(meaning),
      inJson<boolean>({ type: 'boolean' }),
    ),
  );

const names = v.union(
  [
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((list) => list.split(',').map((name) => name.trim())),
    ),
  ],
  must('names separated by commas'),
);

const eachObeys = (rule: Rule<string>) =>
  v.rawCheck<string[]>(({ dataset, addIssue }) => {
    for (const message of dataset.typed ? dataset.value.map(rule) : []) {
      if (message !== undefined) addIssue({ message });
    }
  });

const tables = v.pipe(
  names,
  obeys(RULES.tables),
  eachObeys(RULES.table),
  v.description('The session tables: "table", "schema.table", or "*.table" for every schema'),
  inJson<string[]>({ type: 'array', items: { type: 'string' }, minItems: 1 }),
);

const whenPaused = v.pipe(
  v.picklist(WHEN_PAUSED, (issue) => RULES.whenPaused(issue.input as string) ?? ''),
  v.description('What is done about a cluster that paused itself'),
);

const logRetentionDays = v.pipe(
  v.union(
    [v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))],
    (issue) => RULES.logRetentionDays(issue.input as number) ?? '',
  ),
  obeys(RULES.logRetentionDays),
  v.description('For how many days the log is kept'),
  inJson<number>({ enum: RETENTION_DAYS }),
);

const testEvents = v.pipe(
  v.union(
    [
      v.boolean(),
      v.literal('create-registry'),
      v.pipe(
        v.picklist(['true', 'false']),
        v.transform((word) => word === 'true'),
      ),
    ],
    must('true, false or "create-registry"'),
  ),
  v.description('Whether the Lambda console offers events for the function to the whole account'),
  inJson<boolean | 'create-registry'>({ enum: [true, false, 'create-registry'] }),
);

/** What the context may say of one purge: each key, its shape, its rule and its meaning. */
export const purgeSchema = v.object(
  {
    name: v.exactOptional(text(RULES.purgeName, "The purge's name in logs, metrics and alarms")),
    clusterArn: text(RULES.clusterArn, 'The Aurora cluster; its Data API has to be on'),
    secretArn: text(RULES.secretArn, 'The secret with user name and password of the purging role'),
    kmsKeyArn: v.exactOptional(
      text(RULES.kmsKeyArn, 'The customer-managed key that encrypts the secret'),
    ),
    database: text(RULES.database, 'The database in the cluster'),
    tables: v.exactOptional(tables),
    graceSeconds: number('graceSeconds', 'How long an expired session is kept'),
    timeZone: v.exactOptional(
      text(RULES.timeZone, "Django's TIME_ZONE, on MySQL with USE_TZ = False only"),
    ),
    targetBatchMs: number('targetBatchMs', 'How long one DELETE should take'),
    pauseRatio: number('pauseRatio', 'The pause after a batch, as a multiple of its duration'),
    maxBatchSize: number('maxBatchSize', 'The most rows that one DELETE may take'),
    maxCookieAgeDays: number('maxCookieAgeDays', 'The longest that a session may live'),
    wakeBudgetSeconds: number('wakeBudgetSeconds', 'How long to wait for a paused cluster'),
    whenPaused: v.exactOptional(whenPaused),
    maxSleepHours: number('maxSleepHours', 'How long "skip" leaves a cluster asleep'),
    maxCpuPercent: number('maxCpuPercent', "Stop while the writer's CPU is busier than this"),
    maxAcuPercent: number('maxAcuPercent', 'Stop while more of the capacity than this is in use'),
    controlParameter: flag('Whether an SSM parameter pauses and slows the purge'),
    schedule: v.exactOptional(
      text(RULES.schedule, 'When it runs: "cron(...)" or "rate(...)", UTC'),
    ),
    enabled: flag('Whether the schedule is in force'),
    timeoutSeconds: number('timeoutSeconds', 'The longest time that one run may take'),
    memorySize: number('memorySize', "The function's memory in MiB"),
    logRetentionDays: v.exactOptional(logRetentionDays),
    alarms: flag('Whether there are alarms'),
    maxBacklogDays: number('maxBacklogDays', 'How old a backlog may get before its alarm sounds'),
    alarmEmail: v.exactOptional(text(RULES.alarmEmail, 'Who gets the alarms')),
    alarmTopicArn: v.exactOptional(text(RULES.alarmTopicArn, 'An SNS topic for the alarms')),
    dashboard: flag('Whether there is a dashboard'),
    testEvents: v.exactOptional(testEvents),
  },
  'is not set',
);

/** One purge as the context describes it, every value within its rule. */
export type PurgeContext = v.InferOutput<typeof purgeSchema>;

const durations = (
  given: Readonly<Record<string, [number | undefined, (n: number) => Duration]>>,
) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([prop, [amount, unit]]) =>
      amount === undefined ? [] : [[prop, unit(amount)]],
    ),
  );

/** The same in the stack's terms: durations instead of numbers, and the stack's own names. */
export function stackProps(context: PurgeContext): SessionPurgeStackProps {
  const { name, schedule, logRetentionDays: days, alarms, maxBacklogDays, ...rest } = context;
  const { graceSeconds, targetBatchMs, maxCookieAgeDays, wakeBudgetSeconds, ...others } = rest;
  const { maxSleepHours, timeoutSeconds, ...same } = others;
  return {
    ...same,
    ...durations({
      gracePeriod: [graceSeconds, Duration.seconds],
      targetBatchDuration: [targetBatchMs, Duration.millis],
      maxCookieAge: [maxCookieAgeDays, Duration.days],
      wakeBudget: [wakeBudgetSeconds, Duration.seconds],
      maxSleep: [maxSleepHours, Duration.hours],
      timeout: [timeoutSeconds, Duration.seconds],
    }),
    ...(name !== undefined && { purgeName: name }),
    ...(schedule !== undefined && { schedule: Schedule.expression(schedule) }),
    ...(days !== undefined && { logRetention: days }),
    ...(maxBacklogDays !== undefined && {
      alarms: { maxBacklogAge: Duration.days(maxBacklogDays) },
    }),
    ...(alarms === false && { alarms }),
  };
}
