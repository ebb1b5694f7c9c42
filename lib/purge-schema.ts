import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as v from 'valibot';
import { RULES, type Rule } from './rules';
import type { SessionPurgeStackProps } from './session-purge-stack';

const must = (demand: string) => (issue: v.BaseIssue<unknown>) =>
  `must be ${demand}, got ${JSON.stringify(issue.input)}`;

const text = v.string(must('text'));

const obeys = <T>(rule: Rule<T>) =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    const mistake = dataset.typed ? rule(dataset.value) : undefined;
    if (mistake !== undefined) addIssue({ message: mistake });
  });

/** On the command line everything is text; `cdk.json` has numbers, booleans and lists of its own. */
const number = (rule: Rule<number>) =>
  v.pipe(
    v.union(
      [v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/), v.transform(Number))],
      (issue) => rule(issue.input as number) ?? '',
    ),
    obeys(rule),
  );

const flag = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
  ],
  must('true or false'),
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

/** What the context may say of one purge: each key, its shape and its rule. */
export const purgeSchema = v.object(
  {
    name: v.exactOptional(v.pipe(text, obeys(RULES.purgeName))),
    clusterArn: v.pipe(text, obeys(RULES.clusterArn)),
    secretArn: v.pipe(text, obeys(RULES.secretArn)),
    kmsKeyArn: v.exactOptional(v.pipe(text, obeys(RULES.kmsKeyArn))),
    database: v.pipe(text, obeys(RULES.database)),
    tables: v.exactOptional(v.pipe(names, obeys(RULES.tables), eachObeys(RULES.table))),
    graceSeconds: v.exactOptional(number(RULES.graceSeconds)),
    timeZone: v.exactOptional(v.pipe(text, obeys(RULES.timeZone))),
    targetBatchMs: v.exactOptional(number(RULES.targetBatchMs)),
    pauseRatio: v.exactOptional(number(RULES.pauseRatio)),
    maxBatchSize: v.exactOptional(number(RULES.maxBatchSize)),
    schedule: v.exactOptional(v.pipe(text, obeys(RULES.schedule))),
    enabled: v.exactOptional(flag),
    timeoutSeconds: v.exactOptional(number(RULES.timeoutSeconds)),
    memorySize: v.exactOptional(number(RULES.memorySize)),
    logRetentionDays: v.exactOptional(number(RULES.logRetentionDays)),
  },
  'is not set',
);

/** One purge as the context describes it, every value within its rule. */
export type PurgeContext = v.InferOutput<typeof purgeSchema>;

/** The same in the stack's terms: durations instead of numbers, and the stack's own names. */
export function stackProps(context: PurgeContext): SessionPurgeStackProps {
  const { name, graceSeconds, targetBatchMs, timeoutSeconds, schedule, logRetentionDays, ...same } =
    context;
  return {
    ...same,
    ...(name !== undefined && { purgeName: name }),
    ...(graceSeconds !== undefined && { gracePeriod: Duration.seconds(graceSeconds) }),
    ...(targetBatchMs !== undefined && { targetBatchDuration: Duration.millis(targetBatchMs) }),
    ...(timeoutSeconds !== undefined && { timeout: Duration.seconds(timeoutSeconds) }),
    ...(schedule !== undefined && { schedule: Schedule.expression(schedule) }),
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
  };
}
