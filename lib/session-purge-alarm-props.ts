import type { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { SessionPurge } from './session-purge';

/** Which alarms there are, and when they sound. */
export interface SessionPurgeAlarmOptions {
  /**
   * A run ended with an error, was refused, or was killed.
   *
   * @default true
   */
  readonly failedRun?: boolean;

  /**
   * No run ended as it should for `noSuccessWindow`; a run that never began counts as one that failed, a purge that
   * was switched off as well.
   *
   * @default true - but not where the schedule is not in force, nor where its runs are too far apart for CloudWatch
   */
  readonly noSuccess?: boolean;

  /**
   * How long there may be no success; whole minutes, at most 7 days.
   *
   * @default - two periods of the schedule and the time that a run may take
   */
  readonly noSuccessWindow?: Duration;

  /**
   * The oldest session that should be gone has been there for longer than `maxBacklogAge`, after two runs in a row.
   *
   * @default true
   */
  readonly backlog?: boolean;

  /**
   * How old the backlog may be. It is counted from the cutoff: the grace period comes on top.
   *
   * @default Duration.days(3)
   */
  readonly maxBacklogAge?: Duration;

  /**
   * The dead-letter queue is not empty: an event was not delivered, or was given up.
   *
   * @default true
   */
  readonly deadLetters?: boolean;

  /**
   * What the alarms' names begin with; they have to be the only ones of their names in the account and region.
   *
   * @default - CloudFormation makes the names
   */
  readonly namePrefix?: string;
}

/** Properties of `SessionPurgeAlarms`. */
export interface SessionPurgeAlarmsProps extends SessionPurgeAlarmOptions {
  /** What is watched. */
  readonly purge: SessionPurge;

  /**
   * Who is told when an alarm sounds, and when it ends.
   *
   * @default - nobody: the alarms show in the console only
   */
  readonly topic?: ITopic;
}
