// What a stranger's compiler sees of the package. It is not part of the project's own type check.
import { App, Duration, Stack } from 'aws-cdk-lib';
import type { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type PurgeMetric,
  SessionPurge,
  SessionPurgeAlarms,
  SessionPurgeDashboard,
  type SessionPurgeProps,
  SessionPurgeStack,
} from 'cdk-django-session-purge';

const stack = new Stack(new App(), 'Stack');
const props: SessionPurgeProps = {
  clusterArn: 'arn:aws:rds:eu-west-1:123456789012:cluster:shop',
  secret: Secret.fromSecretNameV2(stack, 'Secret', 'shop'),
  database: 'shop',
  schedule: Schedule.rate(Duration.hours(1)),
  whenPaused: 'skip',
};
const purge = new SessionPurge(stack, 'Purge', props);
const name: PurgeMetric = 'rowsDeleted';
export const metric: Metric = purge.metric(name);
const alarms = new SessionPurgeAlarms(stack, 'Alarms', { purge });
export const alarm: Alarm | undefined = alarms.alarms.FailedRun;
new SessionPurgeDashboard(stack, 'Dashboard', { purge, alarms });
// @ts-expect-error a choice that there is not
new SessionPurge(stack, 'Wrong', { ...props, whenPaused: 'sleep' });
// @ts-expect-error what is for the package's own code alone
purge._settled;
export const none = (id: string) =>
  new SessionPurgeStack(stack, id, {
    clusterArn: '',
    secretArn: '',
    database: 'shop',
    alarms: false,
  });
