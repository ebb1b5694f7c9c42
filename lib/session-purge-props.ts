import type { Duration } from 'aws-cdk-lib';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** What is purged, how gently, and when; common to the construct and to the stack. */
export interface SessionPurgeOptions {
  /** The database that holds Django's session table, by its name in the cluster; 1 to 64 characters. */
  readonly database: string;

  /**
   * The session tables: `table`, `schema.table`, or `*.table` for that table in every schema that has it
   * (django-tenants).
   *
   * A table that is missing, or that has no `expire_date`, fails the run before anything is deleted.
   *
   * @default ['django_session']
   */
  readonly tables?: string[];

  /**
   * How long a session is kept after it expired; whole seconds, from 0 to ten years.
   *
   * Keep it longer than the longest request: Django answers a request whose session vanished meanwhile with 400.
   *
   * @default Duration.hours(1)
   */
  readonly gracePeriod?: Duration;

  /**
   * Django's `TIME_ZONE`, an IANA name; for MySQL with `USE_TZ = False`, without effect on PostgreSQL.
   *
   * There the column holds local time without a zone: with a wrong name here, live sessions go hours too early.
   *
   * @default 'UTC' - right for `USE_TZ = True`, and for PostgreSQL always
   */
  readonly timeZone?: string;

  /**
   * How long one DELETE should take; whole milliseconds, from 10 ms to 20 s.
   *
   * The batch size adapts to it: longer is faster, and holds row locks longer.
   *
   * @default Duration.millis(250)
   */
  readonly targetBatchDuration?: Duration;

  /**
   * The pause after a batch, as a multiple of the batch's duration; from 0 (none) to 100.
   *
   * @default 0.5 - a third of the time is left to the application and to replicas
   */
  readonly pauseRatio?: number;

  /**
   * The most rows that one DELETE may take; from 1 to 100000.
   *
   * @default 5000
   */
  readonly maxBatchSize?: number;

  /**
   * The longest that a session of yours may live: `SESSION_COOKIE_AGE`, or the longest `set_expiry`; whole days, from
   * 1 day to 100 years.
   *
   * A session that expires later than that from now says that the database's clock is wrong: the run then fails, and
   * deletes nothing.
   *
   * @default Duration.days(366)
   */
  readonly maxCookieAge?: Duration;

  /**
   * How long a run waits for a cluster that paused itself; whole seconds, from 0 to 15 minutes.
   *
   * @default Duration.minutes(2)
   */
  readonly wakeBudget?: Duration;

  /**
   * What is done about a cluster that paused itself: `wake` it, or `skip` the run and leave it asleep, for `maxSleep`
   * at most.
   *
   * `skip` reads the cluster's load from CloudWatch first: the function gets `cloudwatch:GetMetricData`, which AWS
   * grants on everything only.
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
   * Stop the run, for the next one to go on, while the writer's CPU is busier than this; in percent, from 1 to 100.
   *
   * Needs `cloudwatch:GetMetricData` as `whenPaused: 'skip'` does.
   *
   * @default - the CPU is not looked at
   */
  readonly maxCpuPercent?: number;

  /**
   * The same for a Serverless v2 cluster's use of the capacity that it may grow to; in percent, from 1 to 100.
   *
   * @default - the capacity is not looked at
   */
  readonly maxAcuPercent?: number;

  /**
   * Whether there is an SSM parameter with which the purge is paused or slowed without a deployment. The function reads
   * it once a run, and may read no other.
   *
   * @default true
   */
  readonly controlParameter?: boolean;

  /**
   * The purge's name in metrics and log lines; 1 to 64 letters, digits or "-".
   *
   * Two purges with one name are counted as one.
   *
   * @default - the function's name
   */
  readonly purgeName?: string;

  /**
   * When the purge runs, in UTC.
   *
   * A run wakes an Aurora cluster that paused itself; a rate shorter than its idle interval never lets it pause.
   *
   * @default Schedule.cron({ hour: '2', minute: '17' }) - daily, off the full hour at which most other jobs start
   */
  readonly schedule?: Schedule;

  /**
   * Whether the schedule is in force; the function can be invoked by hand in either case.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * The longest time that one run may take; whole seconds, from 1 to 15 minutes.
   *
   * A run ends as soon as nothing is left. One that runs out of time stops by itself, and the next one goes on.
   *
   * @default Duration.minutes(15) - as long as Lambda allows, for the first run on a neglected table
   */
  readonly timeout?: Duration;

  /**
   * The function's memory, which also sets its share of a CPU; in MiB, from 128 to 10240.
   *
   * No rows pass through the function, so more of it only shortens the cold start.
   *
   * @default 256 - room for Node.js and the AWS SDK, twice Lambda's least
   */
  readonly memorySize?: number;

  /**
   * How long the log is kept. Deleting the stack deletes the log, too: it holds counts and times, never a session.
   *
   * @default RetentionDays.THREE_MONTHS - a run writes a few lines, and a backlog shows over weeks
   */
  readonly logRetention?: RetentionDays;
}

/** Properties of a `SessionPurge`. */
export interface SessionPurgeProps extends SessionPurgeOptions {
  /**
   * The Aurora cluster; its Data API has to be on (`enableDataApi`, or `dataApiEnabled` where it is imported).
   *
   * @default - `clusterArn` says which; exactly one of the two is required
   */
  readonly cluster?: IDatabaseCluster;

  /**
   * The ARN of a cluster that the app does not hold as a construct; its Data API has to be on.
   *
   * @default - `cluster` says which; exactly one of the two is required
   */
  readonly clusterArn?: string;

  /**
   * User name and password of the database role that may purge, in the form that RDS writes.
   *
   * Import one with its `encryptionKey` if it has a customer-managed KMS key, and with its complete ARN: a partial
   * one is granted with six characters left open.
   */
  readonly secret: ISecret;
}
