import { Duration, Token } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DatabaseClusterBase } from 'aws-cdk-lib/aws-rds';
import { otherRegion, RULES, type Rule } from './rules';
import type { SessionPurgeProps } from './session-purge-props';
import { shown } from './shown';

function check<T>(name: string, value: T | undefined, rule: Rule<T>): string[] {
  if (value === undefined || Token.isUnresolved(value)) return [];
  const mistake = rule(value);
  return mistake === undefined ? [] : [`${name} ${mistake}`];
}

function seconds(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() ? undefined : duration?.toSeconds({ integral: false });
}

function millis(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() ? undefined : duration?.toMilliseconds({ integral: false });
}

function hours(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() ? undefined : duration?.toHours({ integral: false });
}

function days(duration: Duration | undefined): number | undefined {
  return duration?.isUnresolved() ? undefined : duration?.toDays({ integral: false });
}

function clusterMistakes({ cluster, clusterArn }: SessionPurgeProps): string[] {
  if ((cluster === undefined) === (clusterArn === undefined)) {
    const seen = cluster === undefined ? 'neither' : 'both';
    return [`exactly one of cluster and clusterArn must be given, got ${seen}`];
  }
  // CDK keeps the answer in a protected field. Imported without a word on it, the Data API counts as off there, too.
  if (!(cluster instanceof DatabaseClusterBase) || Reflect.get(cluster, 'enableDataApi') === true)
    return [];
  return [
    `cluster must have its Data API on, got ${shown(cluster.node.path)} with it off; ` +
      'set enableDataApi, or dataApiEnabled where it is imported',
  ];
}

function regionMistakes({ clusterArn, secret }: SessionPurgeProps): string[] {
  if (clusterArn === undefined || Token.isUnresolved(clusterArn)) return [];
  return check('secret', secret.secretArn, (arn) => otherRegion(arn, clusterArn));
}

function tableMistakes({ tables }: SessionPurgeProps): string[] {
  if (tables === undefined || Token.isUnresolved(tables)) return [];
  if (tables.length === 0) return check('tables', tables, RULES.tables);
  return tables.flatMap((table) => check('tables', table, RULES.table));
}

/** A sentence for each mistake; values that only the deployment knows are not judged. */
function mistakesIn(props: SessionPurgeProps): string[] {
  return [
    ...clusterMistakes(props),
    ...check('clusterArn', props.clusterArn, RULES.clusterArn),
    ...regionMistakes(props),
    ...check('database', props.database, RULES.database),
    ...tableMistakes(props),
    ...check('gracePeriod', seconds(props.gracePeriod), RULES.graceSeconds),
    ...check('timeZone', props.timeZone, RULES.timeZone),
    ...check('targetBatchDuration', millis(props.targetBatchDuration), RULES.targetBatchMs),
    ...check('pauseRatio', props.pauseRatio, RULES.pauseRatio),
    ...check('maxBatchSize', props.maxBatchSize, RULES.maxBatchSize),
    ...check('maxCookieAge', days(props.maxCookieAge), RULES.maxCookieAgeDays),
    ...check('wakeBudget', seconds(props.wakeBudget), RULES.wakeBudgetSeconds),
    ...check('whenPaused', props.whenPaused, RULES.whenPaused),
    ...check('maxSleep', hours(props.maxSleep), RULES.maxSleepHours),
    ...check('maxCpuPercent', props.maxCpuPercent, RULES.maxCpuPercent),
    ...check('maxAcuPercent', props.maxAcuPercent, RULES.maxAcuPercent),
    ...check('purgeName', props.purgeName, RULES.purgeName),
    ...check('timeout', seconds(props.timeout), RULES.timeoutSeconds),
    ...check('memorySize', props.memorySize, RULES.memorySize),
  ];
}

/** Props that can work, with the defaults of the deployment; those of the settings are the function's own. */
export interface SettledProps extends SessionPurgeProps {
  readonly clusterArn: string;
  readonly controlParameter: boolean;
  readonly schedule: Schedule;
  readonly enabled: boolean;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly logRetention: RetentionDays;
}

/** Fills in the defaults; throws an `Error` that tells all mistakes at once, under the construct's path. */
export function settle(props: SessionPurgeProps, path: string): SettledProps {
  const mistakes = mistakesIn(props);
  if (mistakes.length > 0) throw new Error(`${path}: ${mistakes.join('; ')}`);
  return {
    ...props,
    clusterArn: (props.cluster?.clusterArn ?? props.clusterArn) as string,
    controlParameter: props.controlParameter ?? true,
    schedule: props.schedule ?? Schedule.cron({ hour: '2', minute: '17' }),
    enabled: props.enabled ?? true,
    timeout: props.timeout ?? Duration.minutes(15),
    memorySize: props.memorySize ?? 256,
    logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
  };
}
