import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  SessionPurge,
  SessionPurgeAlarms,
  SessionPurgeDashboard,
  type SessionPurgeOptions,
  SessionPurgeStack,
} from '../../lib';
import { readFleet } from '../../lib/fleet-file';
import { addFleet } from '../../lib/fleet-stack';
import { readPurges } from '../../lib/purge-context';
import { importSecret } from '../../lib/purge-secret';
import { CLUSTER_ARN, newApp, SECRET_ARN, TOPIC_ARN } from './synthesized';

const ID = 'SessionPurge-shop';

/** The purge as the context has it, and a purge of a fleet's file. */
const VALUES = {
  name: 'shop',
  clusterArn: CLUSTER_ARN,
  secretArn: SECRET_ARN,
  database: 'shop',
  tables: ['django_session', '*.sessions'],
  graceSeconds: 7200,
  timeZone: 'Europe/Lisbon',
  pauseRatio: 2,
  whenPaused: 'skip',
  maxSleepHours: 48,
  maxCpuPercent: 70,
  schedule: 'rate(1 day)',
  timeoutSeconds: 300,
  logRetentionDays: 30,
  maxBacklogDays: 5,
  alarmTopicArn: TOPIC_ARN,
  dashboard: true,
};

/** The same as props of the constructs. */
const PROPS = {
  database: 'shop',
  tables: ['django_session', '*.sessions'],
  purgeName: 'shop',
  gracePeriod: Duration.hours(2),
  timeZone: 'Europe/Lisbon',
  pauseRatio: 2,
  whenPaused: 'skip' as const,
  maxSleep: Duration.days(2),
  maxCpuPercent: 70,
  schedule: Schedule.rate(Duration.days(1)),
  timeout: Duration.minutes(5),
  logRetention: 30,
} satisfies SessionPurgeOptions;

const env = { account: '123456789012', region: 'eu-west-1' };

const templateIn = (app: App) => Template.fromStack(app.node.findChild(ID) as Stack).toJSON();

function byContext() {
  const app = newApp();
  for (const { stackId, props } of readPurges(VALUES)) new SessionPurgeStack(app, stackId, props);
  return templateIn(app);
}

function byFleet() {
  const { alarmTopicArn, ...purge } = VALUES;
  const app = newApp();
  addFleet(app, readFleet({ purges: [purge], alarmTopicArn }, 'fleet.json'));
  return templateIn(app);
}

function byStack() {
  const app = newApp();
  new SessionPurgeStack(app, ID, {
    ...PROPS,
    clusterArn: CLUSTER_ARN,
    secretArn: SECRET_ARN,
    alarms: { maxBacklogAge: Duration.days(5) },
    alarmTopicArn: TOPIC_ARN,
  });
  return templateIn(app);
}

function byConstructs() {
  const app = newApp();
  const stack = new Stack(app, ID, { env });
  const purge = new SessionPurge(stack, 'SessionPurge', {
    ...PROPS,
    clusterArn: CLUSTER_ARN,
    secret: importSecret(stack, 'Secret', SECRET_ARN),
    checkOnDeploy: true,
  });
  const alarms = new SessionPurgeAlarms(stack, 'Alarms', {
    purge,
    maxBacklogAge: Duration.days(5),
    namePrefix: ID,
    topic: Topic.fromTopicArn(stack, 'AlarmTopic', TOPIC_ARN),
  });
  new SessionPurgeDashboard(stack, 'Dashboard', { purge, alarms });
  return templateIn(app);
}

describe('the same purge', () => {
  const expected = byContext();

  it('says all that is set, so that a setting which got lost would show', () => {
    const text = JSON.stringify(expected);

    for (const seen of [
      '7200',
      'Europe/Lisbon',
      '*.sessions',
      '"48"',
      'on-call',
      '432000',
      'rate(1 day)',
    ])
      expect(text).toContain(seen);
  });

  it('has one template by the context, by a file of a fleet and by the stack in code', () => {
    expect(byFleet()).toEqual(expected);
    expect(byStack()).toEqual(expected);
  });

  it('has the same resources by the constructs, which add no outputs', () => {
    expect(byConstructs().Resources).toEqual(expected.Resources);
  });
});
