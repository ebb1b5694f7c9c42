import { Annotations, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { longestGapMinutes } from '../contract/schedule';
import { ALARMS, type AlarmId, optionOf } from './alarm-kinds';
import { alarmMistakes } from './alarm-mistakes';
import { backlogWindow, givenWindow, successWindow } from './alarm-windows';
import { refuse, refuseMissing } from './prop-mistakes';
import type { SessionPurgeAlarmsProps } from './session-purge-alarm-props';

/** The longest time of a run. Where only the deployment knows it, what Lambda allows at most. */
function longestMinutes(timeout: Duration): number {
  return timeout.isUnresolved() ? 15 : timeout.toMinutes({ integral: false });
}

/** What the alarm on missing runs says. `hours`: how long there was no success. */
export function noSuccessText(database: string, hours: string): string {
  return (
    `No run of the purge of ${database} succeeded for ${hours} hours. Is it switched off by ` +
    'its control parameter? Is the rule enabled? Does the log show runs, and do they fail or find the database too ' +
    'busy? Start one by hand with the event {"dryRun":true} to see. Until this is mended, expired sessions stay; no ' +
    'live session is lost. Just deployed? The alarm ends with the first run: start one by hand with {}.'
  );
}

/** What the alarm on the backlog says. `age`: how old it may be, with its unit. */
export function backlogText(database: string, age: string): string {
  return (
    `The oldest session of ${database} that should be gone has been there for more than ${age} beyond its grace ` +
    'period. That is normal for the first runs on a neglected table. Otherwise the runs do not keep up: see if they end ' +
    'with "time-budget" or "database-busy", then run more often, give them more time, or a smaller pauseRatio.'
  );
}

type AlarmSettings = Omit<cloudwatch.AlarmProps, 'alarmName' | 'actionsEnabled'>;

/** If missing data were no alarm, a purge that never runs at all would be none either. */
const SOUNDS_AT_FIRST =
  'the alarm on missing runs sounds after the first deployment until a run succeeds, since nothing in the stack knows when it was deployed: start a run by hand with {}, or set checkOnDeploy';

/**
 * The successes of the window. Without FILL, CloudWatch would use older data in place of missing data, and the alarm
 * would sound late. A deployment within the window counts as a success: there was no run to expect before it.
 */
function successesSince(deployedAt: string | undefined): string {
  const successes = 'FILL(successes, 0)';
  return deployedAt === undefined
    ? successes
    : `IF(EPOCH(successes) < ${deployedAt}, 1, ${successes})`;
}

/**
 * The alarms on a purge: a run failed, none succeeded, the backlog is old, an event was given up, a drain failed.
 *
 * If CloudWatch cannot watch one of them, synthesis warns of it.
 *
 * @throws Error that names all props that cannot work
 *
 * @example
 * new SessionPurgeAlarms(this, 'Alarms', { purge, topic, maxBacklogAge: Duration.days(7) });
 */
export class SessionPurgeAlarms extends Construct {
  /** The alarms, by the ends of their names: `FailedRun`, `NoSuccess`, `Backlog`, `DeadLetters`, `DrainFailed`. */
  readonly alarms: { [id: string]: cloudwatch.Alarm } = {};

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SessionPurgeAlarmsProps,
  ) {
    super(scope, id);
    refuseMissing(this.node.path, props);
    refuse(this.node.path, alarmMistakes(this, props));
    const gapMinutes = longestGapMinutes(props.purge._settled.schedule.expressionString);
    const watch: Readonly<Record<AlarmId, () => void>> = {
      FailedRun: () => this.watchFailures(),
      NoSuccess: () => this.watchSuccesses(gapMinutes),
      Backlog: () => this.watchBacklog(gapMinutes),
      DeadLetters: () => this.watchDeadLetters(),
      DrainFailed: () => this.watchDrain(),
    };
    for (const alarm of ALARMS) if (props[optionOf(alarm)] ?? true) watch[alarm]();
  }

  private add(id: AlarmId, settings: AlarmSettings): void {
    const { namePrefix, topic } = this.props;
    const alarm = new cloudwatch.Alarm(this, id, {
      ...settings,
      ...(namePrefix !== undefined && { alarmName: `${namePrefix}-${id}` }),
    });
    if (topic !== undefined) {
      const action = new SnsAction(topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms[id] = alarm;
  }

  private warn(id: string, text: string): void {
    Annotations.of(this).addWarningV2(`cdk-django-session-purge:${id}`, text);
  }

  private watchFailures(): void {
    const { purge } = this.props;
    this.add('FailedRun', {
      alarmDescription:
        `A run of the purge of ${purge._settled.database} failed or was refused. Open the function's log ` +
        'and read the last line of level ERROR: it says what to mend. Nothing is lost: the next run goes on where ' +
        'this one ended. The alarm ends with the next run that does not fail.',
      // Not Lambda's own metric, which counts a slip in the console and a dry run that failed, and which a check-up by
      // hand would end. A run that Lambda kills cannot count itself: it becomes a dead letter.
      metric: purge.metricFailures({ period: Duration.hours(1) }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    });
  }

  private watchSuccesses(gapMinutes: number | undefined): void {
    const { purge, noSuccessWindow } = this.props;
    const { enabled, timeout, database } = purge._settled;
    if (!enabled) {
      Annotations.of(this).addInfo('no alarm on missing runs: the schedule is not in force');
      return;
    }
    const { minutes, shortfall } =
      noSuccessWindow === undefined
        ? successWindow(gapMinutes, longestMinutes(timeout))
        : givenWindow(noSuccessWindow, gapMinutes, longestMinutes(timeout), this.node.path);
    if (shortfall !== undefined) this.warn('no-success-window', shortfall);
    if (minutes === undefined) return;
    const deployedAt = purge.user?.deployedAt;
    if (deployedAt === undefined) Annotations.of(this).addInfo(SOUNDS_AT_FIRST);
    this.add('NoSuccess', {
      alarmDescription: noSuccessText(database, String(Math.round(minutes / 6) / 10)),
      metric: new cloudwatch.MathExpression({
        expression: successesSince(deployedAt),
        label: 'runs that succeeded',
        period: Duration.minutes(Math.ceil(minutes)),
        usingMetrics: { successes: purge.metricSuccesses() },
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private watchBacklog(gapMinutes: number | undefined): void {
    const { purge, maxBacklogAge = Duration.days(3) } = this.props;
    const { minutes, runs, shortfall } = backlogWindow(gapMinutes);
    if (shortfall !== undefined) this.warn('backlog-runs', shortfall);
    this.add('Backlog', {
      alarmDescription: backlogText(
        purge._settled.database,
        `${maxBacklogAge.toHours({ integral: false })} hours`,
      ),
      // The least value, so that one drained run within the period ends the alarm.
      metric: purge.metricBacklogAge({
        period: Duration.minutes(minutes),
        statistic: 'Minimum',
      }),
      threshold: maxBacklogAge.toSeconds(),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: runs,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
    });
  }

  private watchDeadLetters(): void {
    const { purge } = this.props;
    this.add('DeadLetters', {
      alarmDescription:
        `A scheduled run of the purge of ${purge._settled.database} could not be started, was killed, or failed, and was ` +
        'given up. The newest message in the dead-letter queue has the reason in its attributes; of a killed run the log ' +
        'says more. Mend that: the next run does the work of this one. The alarm ends by itself after a day without ' +
        'another such run.',
      // What arrives and not what lies there: otherwise one bad night would keep the alarm for the fortnight that the
      // queue keeps a message. An hour more than a day, so that it does not end and sound again each night.
      metric: purge.deadLetterQueue.metricNumberOfMessagesSent({
        period: Duration.hours(25),
        statistic: 'Sum',
      }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  private watchDrain(): void {
    const { purge, drain } = this.props;
    if (drain === undefined) return;
    this.add('DrainFailed', {
      alarmDescription:
        `A drain of the purge of ${purge.props.database} failed or took too long. Open its execution in the console of ` +
        'Step Functions: the cause of its end says why, what to mend, and how many rows it has deleted. Nothing is lost: ' +
        'the next drain goes on where this one ended, and so does the purge. The alarm ends by itself after a day.',
      metric: drain.metricFailed({ period: Duration.hours(24) }),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
