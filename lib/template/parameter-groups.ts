/**
 * The parameters in the order of the console, with what it shows beside each. A setting that is not here keeps its
 * default: `name`, since the function's own name tells the purges of an account apart; `controlParameter`, since the
 * parameter costs nothing; `alarms`, since alarms without a recipient only show; `testEvents`, since the registry belongs
 * to the whole account.
 */
export const PARAMETER_GROUPS: readonly {
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
}[] = [
  {
    title: 'Your database',
    labels: {
      ClusterArn: "The Aurora cluster's ARN",
      Database: 'The database with the session table',
      Tables: 'The session tables',
      TimeZone: "The sessions' time zone, on MySQL only",
    },
  },
  {
    title: 'How the purge logs in: fill in one of the first two',
    labels: {
      AdminSecretArn: "The admin's secret, and the deployment makes the purge's user",
      SecretArn: 'Or the secret of a user that you made for the purge',
      OwnerSecretArn: "The secret of the tables' owner, seldom needed",
      KmsKeyArn: 'The customer-managed key of the secrets, if they have one',
      CheckOnDeploy: 'Check all requirements in this deployment?',
      GrantAgain: 'To grant and check anew in an update, change this',
    },
  },
  {
    title: 'What is purged, and when',
    labels: {
      GraceSeconds: 'Grace period, in seconds',
      Schedule: 'Schedule, in UTC',
      Enabled: 'Is the schedule in force?',
      Drain: 'Make a state machine for a backlog of millions?',
    },
  },
  {
    title: 'Who hears of trouble',
    labels: {
      AlarmEmail: 'E-mail address for the alarms',
      AlarmTopicArn: 'Or an SNS topic of your own',
      NoSuccessHours: 'Alarm after so many hours without a success',
      MaxBacklogDays: 'Alarm when the backlog is older, in days',
      Dashboard: 'Make a dashboard?',
    },
  },
  {
    title: 'How gently it works',
    labels: {
      TargetBatchMs: 'Duration of one DELETE, in milliseconds',
      PauseRatio: 'Pause after a DELETE, as a multiple of its duration',
      MaxBatchSize: 'The most rows of one DELETE',
      MaxCpuPercent: "Stop while the writer's CPU is above, in percent",
      MaxAcuPercent: 'Stop while the Serverless v2 capacity in use is above, in percent',
    },
  },
  {
    title: 'A cluster that pauses itself',
    labels: {
      WhenPaused: 'Wake a paused cluster?',
      WakeBudgetSeconds: 'Longest wait for it to wake, in seconds',
      MaxSleepHours: 'With "skip": longest time asleep, in hours',
    },
  },
  {
    title: 'The function',
    labels: {
      TimeoutSeconds: 'Longest time of one run, in seconds',
      MemorySize: 'Memory, in MiB',
      LogRetentionDays: 'Days for which the log is kept',
    },
  },
];

/** The names of all parameters, in the order of the console. */
export const PARAMETER_NAMES = PARAMETER_GROUPS.flatMap(({ labels }) => Object.keys(labels));
