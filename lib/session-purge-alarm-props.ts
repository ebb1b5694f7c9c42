import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { SessionPurge } from './session-purge';
import type { SessionPurgeDrain } from './session-purge-drain';

/** Which alarms there are, and when they sound. */
export interface SessionPurgeAlarmOptions {
  /**
   * A routine run failed or was refused: one of the schedule, or `{}` by hand.
   *
   * @default true
   */
  readonly failedRun?: boolean;

  /**
   * No run succeeded for `noSuccessWindow`, because runs failed, did not start, or the purge was switched off.
   *
   * @default true - false if the schedule is not in force, or if its runs are too far apart for CloudWatch
   */
  readonly noSuccess?: boolean;

  /**
   * How long there may be no success before the alarm sounds; whole minutes, at most 7 days.
   *
   * @default - two periods of the schedule and the time that a run may take
   */
  readonly noSuccessWindow?: Duration;

  /**
   * After two runs in a row, the oldest expired session has been overdue for longer than `maxBacklogAge`.
   *
   * @default true
   */
  readonly backlog?: boolean;

  /**
   * How old the backlog may be, not counting the grace period; whole seconds, at most ten years.
   *
   * @default Duration.days(3)
   */
  readonly maxBacklogAge?: Duration;

  /**
   * Within the last day a scheduled run could not be started, was killed, or failed, and so became a dead letter.
   *
   * @default true
   */
  readonly deadLetters?: boolean;

  /**
   * Within the last day a drain failed or took too long. One that somebody stopped is no failure.
   *
   * @default true - false if there is no drain
   */
  readonly drainFailed?: boolean;

  /**
   * What the alarms' names begin with. No other alarm in the account and region may have the same name;
   * at most 243 characters.
   *
   * @default - CloudFormation chooses the names
   */
  readonly namePrefix?: string;
}

/** Properties of `SessionPurgeAlarms`. */
export interface SessionPurgeAlarmsProps extends SessionPurgeAlarmOptions {
  /** The purge to watch. */
  readonly purge: SessionPurge;

  /**
   * The drain to watch.
   *
   * @default - there is no alarm on a drain
   */
  readonly drain?: SessionPurgeDrain;

  /**
   * Gets a message when an alarm sounds, and when it ends. It must be in the region of the alarms.
   *
   * Without one you may give each of the `alarms` an action of your own.
   *
   * @default - nobody gets a message; the console shows the alarms
   */
  readonly topic?: ITopic;
}
