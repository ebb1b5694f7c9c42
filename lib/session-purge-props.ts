import type { Duration } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** What is purged, how gently, and when. The construct and the stack both have these props. */
export interface SessionPurgeOptions {
  /** The name of the database with Django's session table; 1 to 64 characters. */
  readonly database: string;

  /**
   * The session tables: `table`, `schema.table`, or `*.table` for that table in every schema that has it (django-tenants);
   * odd names in double quotes.
   *
   * A table that is missing, or that is no table of sessions, is left alone. The others are purged, and the run then fails
   * and names it.
   *
   * @default ['django_session']
   */
  readonly tables?: string[];

  /**
   * How long a session is kept after it expired; whole seconds, from 0 to ten years.
   *
   * Make it longer than your longest request. If a session is deleted while a request is using it, Django answers that
   * request with 400.
   *
   * @default Duration.hours(1)
   */
  readonly gracePeriod?: Duration;

  /**
   * The time zone of `expire_date` on MySQL, an IANA name: with Django's `USE_TZ = True` the `TIME_ZONE` of the database's entry in `DATABASES`, or `UTC` without one; else Django's `TIME_ZONE`.
   *
   * On MySQL the column holds a time without a zone. With a wrong name, live sessions are deleted hours too early, so
   * every run without a name is refused there. It has no effect on PostgreSQL.
   *
   * @default - none; on MySQL it is required
   */
  readonly timeZone?: string;

  /**
   * How long one DELETE should take; whole milliseconds, from 10 ms to 20 s.
   *
   * The batch size adapts to it. A longer duration makes the purge faster, and holds row locks for longer.
   *
   * @default Duration.millis(250)
   */
  readonly targetBatchDuration?: Duration;

  /**
   * The pause after a batch, as a multiple of the batch's duration; from 0 (none) to 100.
   *
   * @default 0.5 - leaves a third of the time to the application and to replicas
   */
  readonly pauseRatio?: number;

  /**
   * The most rows that one DELETE may take; from 1 to 100000.
   *
   * @default 100000
   */
  readonly maxBatchSize?: number;

  /**
   * How long a run waits for a cluster that paused itself; whole seconds, from 0 to 15 minutes.
   *
   * @default Duration.minutes(2)
   */
  readonly wakeBudget?: Duration;

  /**
   * What a run does if the cluster has paused itself: `wake` it, or `skip` the run. A cluster is left asleep for
   * `maxSleep` at most.
   *
   * With `skip` the function reads the cluster's load in CloudWatch, and gets the right `cloudwatch:GetMetricData`,
   * which AWS grants for all metrics only.
   *
   * @default 'wake'
   */
  readonly whenPaused?: 'wake' | 'skip';

  /**
   * How long `whenPaused: 'skip'` leaves a cluster asleep before a run wakes it; whole hours, from 1 hour to a year.
   *
   * @default Duration.days(7)
   */
  readonly maxSleep?: Duration;

  /**
   * A run stops while the writer's CPU is busier than this, and the next run goes on; in percent, from 1 to 100.
   *
   * The function gets the right `cloudwatch:GetMetricData`, as with `whenPaused: 'skip'`.
   *
   * @default - the CPU is not looked at
   */
  readonly maxCpuPercent?: number;

  /**
   * A run stops while a Serverless v2 cluster uses more of its maximum capacity than this; in percent, from 1 to 100.
   *
   * @default - the capacity is not looked at
   */
  readonly maxAcuPercent?: number;

  /**
   * Whether there is an SSM parameter that pauses or slows the purge without a deployment. The function reads it once
   * a run, and may read no other parameter.
   *
   * @default true
   */
  readonly controlParameter?: boolean;

  /**
   * The purge's name in metrics and log lines; 1 to 64 letters, digits or "-".
   *
   * The metrics of two purges with the same name are counted together. Synthesis warns of a name with two hyphens in a row,
   * since a fleet makes such names.
   *
   * @default - the function's name
   */
  readonly purgeName?: string;

  /**
   * When the purge runs, in UTC.
   *
   * A run wakes an Aurora cluster that has paused itself. If runs come more often than its idle interval, the cluster
   * never pauses.
   *
   * @default Schedule.cron({ hour: '2', minute: '17' }) - daily, off the full hour at which most other jobs start
   */
  readonly schedule?: Schedule;

  /**
   * Whether the schedule is in force. You can invoke the function by hand in either case.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The longest time that one run may take; whole seconds, from 1 to 15 minutes.
   *
   * A run ends as soon as nothing is left. If it runs out of time, it stops by itself and the next run goes on.
   *
   * @default - 15 minutes, as long as Lambda allows; the time between two runs where that is shorter
   */
  readonly timeout?: Duration;

  /**
   * The function's memory, which also sets its share of a CPU; in MiB, from 128 to 10240.
   *
   * No rows pass through the function, so more memory only shortens the cold start.
   *
   * @default 256 - enough for Node.js and the AWS SDK; twice the least that Lambda allows
   */
  readonly memorySize?: number;

  /**
   * How long the log is kept. The log is deleted with the stack. It holds counts and times, never a session.
   *
   * @default RetentionDays.THREE_MONTHS - a run writes few lines, and a backlog grows over weeks
   */
  readonly logRetention?: RetentionDays;
}

/** Properties of a `SessionPurge`. */
export interface SessionPurgeProps extends SessionPurgeOptions {
  /**
   * The Aurora cluster. Its Data API must be on: `enableDataApi`, or `dataApiEnabled` for an imported cluster.
   *
   * @default - `clusterArn` is given instead; exactly one of the two is required
   */
  readonly cluster?: IDatabaseCluster;

  /**
   * The ARN of a cluster that the app does not have as a construct. Its Data API must be on.
   *
   * @default - `cluster` is given instead; exactly one of the two is required
   */
  readonly clusterArn?: string;

  /**
   * The user name and password of the database role that may purge, in the JSON form that RDS uses.
   *
   * Import a secret with its complete ARN, and with its `encryptionKey` if it has a customer-managed KMS key. With a
   * partial ARN the function may read a secret with any six characters at its end.
   *
   * @default - the deployment makes the role and its secret, with the right of `adminSecret`
   */
  readonly secret?: ISecret;

  /**
   * The user name and password of somebody who may make users. The deployment makes the purge's database role, grants it
   * just what it needs, and removes it with the construct. The purge's own function cannot read this secret.
   *
   * @default - the cluster's own secret, if `cluster` has one and `secret` is not given
   */
  readonly adminSecret?: ISecret;

  /**
   * On PostgreSQL: the user name and password of the tables' owner, if the user of `adminSecret` cannot become the owner.
   *
   * @default - the user of `adminSecret` grants the rights
   */
  readonly ownerSecret?: ISecret;

  /**
   * Whether the deployment checks all that the purge requires, as its database role, and fails with the remedy where a
   * requirement is not met.
   *
   * Leave it off where a later migration makes the table, and grant by `grantAgain` when it is there.
   *
   * @default false
   */
  readonly checkOnDeploy?: boolean;

  /**
   * Any text without a space, such as the date. A deployment with another one than before grants the rights anew, for
   * tables that came since: those of a later migration or of new tenants. CloudFormation does nothing where the template
   * has not changed.
   *
   * @default - the deployment grants when it makes the role, and when other properties of it change
   */
  readonly grantAgain?: string;
}
