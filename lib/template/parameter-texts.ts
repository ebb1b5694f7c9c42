/** Texts where the template does less than the CDK, or where the reader has no documentation at hand. */
export const MEANINGS: Readonly<Record<string, string>> = {
  timeoutSeconds:
    'the longest time that one run may take, in seconds; make it no longer than the time between two runs',
  logRetentionDays: 'for how many days the log is kept; 9999 is for ever',
  checkOnDeploy:
    'whether the deployment fails, with the remedy, where a requirement of the purge is not met',
  enabled: 'whether the schedule is in force; you can start the function by hand in either case',
  whenPaused: '`wake` the cluster and purge, or `skip` the run',
  adminSecretArn:
    "the secret of the cluster's admin, such as the one that RDS manages for the master user; the deployment makes the purge's database user and its secret, and the purge itself cannot read this one",
  secretArn: "the secret with the name and password of the purge's own database user",
  database: "the name of Django's database in the cluster",
  drain:
    'whether there is a state machine that you start by hand, and that purges round after round until nothing is left; it costs nothing while it does not run',
  alarmEmail: 'who gets the alarms; AWS first sends a mail with a link to confirm',
};

/** What it means to leave a parameter empty, where the setting's own words are for the CDK. */
export const EMPTY: Readonly<Record<string, string>> = {
  timeZone: 'right on PostgreSQL; refused on MySQL',
  secretArn: 'give AdminSecretArn',
  adminSecretArn: 'give SecretArn',
};
