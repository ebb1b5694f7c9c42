/** Texts where the template does less than the CDK, or where the reader has no documentation at hand. */
export const MEANINGS: Readonly<Record<string, string>> = {
  clusterArn:
    "the Aurora cluster's ARN, like arn:aws:rds:eu-west-1:123456789012:cluster:shop; its Data API must be on",
  database: "the name of Django's database in the cluster",
  adminSecretArn:
    "the ARN of the secret of the cluster's admin, such as the one that RDS manages for the master user; the deployment makes the purge's database user and its secret, and the purge itself cannot read this one",
  secretArn:
    "the ARN of the secret with the name and password of the purge's own database user, if you made it yourself",
  ownerSecretArn:
    "on PostgreSQL: the ARN of the secret of the tables' owner, if the admin cannot become the owner; the deployment tells you if so",
  kmsKeyArn: 'the ARN of the customer-managed key that encrypts these secrets',
  checkOnDeploy:
    'whether the deployment fails, with the remedy, where a requirement of the purge is not met',
  grantAgain:
    'any text without a space, such as the date; if an update changes it, the deployment grants the rights and checks again, for tables that came since; it grants nothing to a user that you made',
  graceSeconds:
    'how long a session is kept after it expired, in seconds; longer than your longest request',
  schedule:
    'when the purge runs, in UTC: cron(17 2 * * ? *) is daily at 02:17, and rate(20 minutes) is three times an hour',
  enabled: 'whether the schedule is in force; you can start the function by hand in either case',
  drain:
    'whether there is a state machine that you start by hand, and that purges round after round until nothing is left; while it does not run, you pay for its alarm alone',
  alarmEmail: 'who gets the alarms; AWS first sends a mail with a link to confirm',
  maxCpuPercent: "a run stops while the writer's CPU is busier than this, in percent",
  maxAcuPercent:
    'a run stops while more of the Serverless v2 capacity than this is in use, in percent',
  whenPaused: '`wake` the cluster and purge, or `skip` the run',
  timeoutSeconds:
    'the longest time that one run may take, in seconds; make it no longer than the time between two runs',
  logRetentionDays: 'for how many days the log is kept; 9999 is for ever',
};

/** What it means to leave a parameter empty, where that is no default of the function. */
export const EMPTY: Readonly<Record<string, string>> = {
  timeZone: 'Empty is right on PostgreSQL; on MySQL every run is refused then.',
  adminSecretArn: 'Leave it empty if you give SecretArn.',
  secretArn: 'Leave it empty if you give AdminSecretArn.',
  ownerSecretArn: 'If it is empty, the admin grants the rights.',
  grantAgain: 'You can leave it empty at first.',
  kmsKeyArn: 'Leave it empty if they have none.',
  alarmEmail: 'If it is empty, nobody hears the alarms of a topic that is made here.',
  alarmTopicArn: 'If it is empty, a topic is made.',
  maxCpuPercent: 'If it is empty, the CPU is not looked at.',
  maxAcuPercent: 'If it is empty, the capacity is not looked at.',
};
