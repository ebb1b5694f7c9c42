import { CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  SessionPurge,
  SessionPurgeAlarms,
  SessionPurgeDashboard,
  SessionPurgeDrain,
  type SessionPurgeProps,
  SessionPurgeStack,
  type SessionPurgeStackProps,
  SessionPurgeTestEvents,
} from '../../lib';
import {
  emptyStack,
  KEY_ARN,
  newApp,
  purge,
  SECRET_ARN,
  stackWith,
  TOPIC_ARN,
} from './synthesized';

const HOUR = Duration.hours(1);
const ENV = { account: '123456789012', region: 'eu-west-1' };

/** What somebody gives whose language has no types, or other ones. */
const untyped = (props: Readonly<Record<string, unknown>>) => props as Partial<SessionPurgeProps>;

describe('a prop of the construct that has another kind', () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [
      { secret: SECRET_ARN },
      `secret must be an ISecret, got "${SECRET_ARN}"; Secret.fromSecretCompleteArn makes one of an ARN`,
    ],
    [
      { cluster: 'shop' },
      'cluster must be an IDatabaseCluster, got "shop"; an ARN goes into clusterArn',
    ],
    [{ tables: 'x' }, 'tables must be a list of names, got "x"'],
    [{ gracePeriod: 3600 }, 'gracePeriod must be a Duration, got 3600'],
    [
      { schedule: 'rate(1 day)' },
      'schedule must be a Schedule like Schedule.expression(\'rate(1 day)\'), got "rate(1 day)"',
    ],
    [{ whenPaused: 'sleep' }, 'whenPaused must be "wake" or "skip", got "sleep"'],
    [{ enabled: 'no' }, 'enabled must be true or false, got "no"'],
    [{ checkOnDeploy: 'no' }, 'checkOnDeploy must be true or false, got "no"'],
    [{ grantAgain: 5 }, 'grantAgain must be text, got 5'],
    [{ pauseRatio: Number.NaN }, 'pauseRatio must be a number from 0 to 100, got NaN'],
    [{ gracePeroid: HOUR }, 'gracePeroid is unknown; did you mean "gracePeriod"?'],
    [{ grace_period: HOUR }, 'grace_period is unknown; did you mean "gracePeriod"?'],
    [{ graceSeconds: 3600 }, 'graceSeconds is unknown; did you mean "gracePeriod"?'],
    [
      { database: undefined, maxBatchSize: '5', wakeBudget: '2m' },
      'database must be given; maxBatchSize must be a whole number from 1 to 100000, got "5"; wakeBudget must be a Duration, got "2m"',
    ],
  ])('%j is told under its path', (props, message) => {
    const messages: string[] = [];
    try {
      purge(emptyStack(), untyped(props));
    } catch (error) {
      messages.push((error as Error).message.replace(/^Shop\/Purge: /, ''));
    }

    // The parts may stand in another order.
    expect(messages.flatMap((text) => text.split('; ')).sort()).toEqual(message.split('; ').sort());
  });
});

it('a prop that is unlike all others is the own one of an app that hands on its props', () => {
  expect(() => purge(emptyStack(), untyped({ team: 'web', databases: ['shop'] }))).not.toThrow();
});

const MADE = {
  SessionPurgeAlarms,
  SessionPurgeDashboard,
  SessionPurgeDrain,
  SessionPurgeTestEvents,
};

describe('a prop of a construct beside the purge', () => {
  const make = (name: keyof typeof MADE, props: object | undefined, stack = emptyStack()) => {
    const made = props && { purge: purge(stack), ...props };
    return () => Reflect.construct(MADE[name], [stack, 'It', made]);
  };

  it.each<[keyof typeof MADE, object | undefined, string]>([
    ['SessionPurgeAlarms', { failedRun: 'no' }, 'failedRun must be true or false, got "no"'],
    ['SessionPurgeAlarms', { backlog: null }, 'backlog must be true or false, got null'],
    [
      'SessionPurgeAlarms',
      { noSuccessWindow: 60, drain: {}, topic: 'ops' },
      'drain must be a SessionPurgeDrain, got {}; topic must be an ITopic, got "ops"; noSuccessWindow must be a Duration, got 60',
    ],
    [
      'SessionPurgeAlarms',
      { maxBacklogAge: Duration.millis(1500) },
      'maxBacklogAge must be a whole number of seconds from 0 to 315360000, got 1.5',
    ],
    [
      'SessionPurgeAlarms',
      { maxBacklogDays: 4 },
      'maxBacklogDays is unknown; did you mean "maxBacklogAge"?',
    ],
    ['SessionPurgeAlarms', { namePrefix: '' }, 'namePrefix must be 1 to 243 characters, got ""'],
    ['SessionPurgeDrain', { purge: {} }, 'purge must be a SessionPurge, got {}'],
    ['SessionPurgeDrain', { patience: 600 }, 'patience must be a Duration, got 600'],
    ['SessionPurgeDrain', { patience: null }, 'patience must be a Duration, got null'],
    ['SessionPurgeDashboard', { purge: null }, 'purge must be a SessionPurge, got null'],
    ['SessionPurgeDashboard', { alarms: [] }, 'alarms must be a SessionPurgeAlarms, got []'],
    ['SessionPurgeTestEvents', { purge: 5 }, 'purge must be a SessionPurge, got 5'],
    [
      'SessionPurgeTestEvents',
      { createRegistry: 'no' },
      'createRegistry must be true or false, got "no"',
    ],
    ['SessionPurgeAlarms', undefined, 'props must be an object, got undefined'],
    ['SessionPurgeDashboard', undefined, 'props must be an object, got undefined'],
    ['SessionPurgeDrain', undefined, 'props must be an object, got undefined'],
    ['SessionPurgeTestEvents', undefined, 'props must be an object, got undefined'],
  ])('%s: %j is told under its path', (name, props, message) => {
    expect(make(name, props)).toThrow(new Error(`Shop/It: ${message}`));
  });

  it.each(Object.keys(MADE) as (keyof typeof MADE)[])('%s must be where the purge is', (name) => {
    const stack = emptyStack();
    const other = new Stack(stack.node.root, 'Other', { env: { ...ENV, region: 'us-east-1' } });

    expect(make(name, { purge: purge(stack) }, other)).toThrow(
      new Error('Other/It: purge must be in this stack\'s region us-east-1, got "eu-west-1"'),
    );
  });

  it('a topic must be in the region of its alarms', () => {
    const stack = emptyStack();
    const topic = Topic.fromTopicArn(stack, 'T', TOPIC_ARN.replace('eu-west-1', 'us-east-1'));

    expect(make('SessionPurgeAlarms', { topic }, stack)).toThrow(
      new Error('Shop/It: topic must be in this stack\'s region eu-west-1, got "us-east-1"'),
    );
  });
});

it.each([
  ['SessionPurge', SessionPurge],
  ['SessionPurgeStack', SessionPurgeStack],
])('%s without props is told', (name, type) => {
  for (const props of [undefined, null]) {
    expect(() => Reflect.construct(type, [emptyStack(), 'It', props])).toThrow(
      new Error(`Shop/It: props must be an object, got ${props}`),
    );
  }
  expect(name).toBe(type.name);
});

it('a purge in another account than the cluster is refused, since the Data API reaches none there', () => {
  const env = { ...ENV, account: '999999999999' };

  expect(() => purge(new Stack(newApp(), 'Shop', { env }))).toThrow(
    new Error(
      'Shop/Purge: the stack must be in the cluster\'s account 123456789012, got "999999999999"',
    ),
  );
});

describe('a duration that only the deployment knows', () => {
  const inMinutes = (stack: Stack) =>
    Duration.minutes(new CfnParameter(stack, 'Minutes', { type: 'Number' }).valueAsNumber);

  it.each([
    ['gracePeriod', 'seconds'],
    ['wakeBudget', 'seconds'],
    ['targetBatchDuration', 'milliseconds'],
    ['maxSleep', 'hours'],
  ])('is asked for in the unit of %s', (prop, unit) => {
    const stack = emptyStack();
    const given = { [prop]: inMinutes(stack), whenPaused: 'skip' };

    expect(() => purge(stack, untyped(given))).toThrow(
      new Error(
        `Shop/Purge: ${prop} must be in ${unit}, since only the deployment knows its value`,
      ),
    );
  });

  it.each(['noSuccessWindow', 'maxBacklogAge'])('is refused as %s of the alarms', (prop) => {
    const stack = emptyStack();
    const props = { purge: purge(stack), [prop]: inMinutes(stack) };

    expect(() => new SessionPurgeAlarms(stack, 'Alarms', props)).toThrow(
      new Error(`Shop/Alarms: ${prop} must be known when the app is synthesized, got a token`),
    );
  });

  it.each(['patience', 'timeout'])('is refused as %s of the drain', (prop) => {
    const stack = emptyStack();
    const props = { purge: purge(stack), [prop]: inMinutes(stack) };

    expect(() => new SessionPurgeDrain(stack, 'Drain', props)).toThrow(
      new Error(`Shop/Drain: ${prop} must be known when the app is synthesized, got a token`),
    );
  });
});

describe('a prop that only the stack has', () => {
  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ alarmEmail: 'nobody' }, 'alarmEmail must be one e-mail address, got "nobody"'],
    [
      { alarms: false, alarmEmail: 'ops@example.com' },
      'alarmEmail is set, but alarms is false; leave out one of the two',
    ],
    [{ alarmEmial: 'ops@example.com' }, 'alarmEmial is unknown; did you mean "alarmEmail"?'],
    [
      { kmsKeyArn: KEY_ARN.replace('eu-west-1', 'us-east-1') },
      'kmsKeyArn must be in the cluster\'s region eu-west-1, got "us-east-1"',
    ],
    [{ drain: Fn.ref('X') }, 'drain must be known when the app is synthesized, got a token'],
    [{ alarms: true }, 'alarms must be an object of options or false, got true'],
    [
      { testEvents: 'nonsense' },
      'testEvents must be true, false or "create-registry", got "nonsense"',
    ],
    [
      { secretArn: 'shop' },
      'secretArn must be a secret\'s ARN like "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf", got "shop"',
    ],
    [
      { kmsKeyArn: 'x', pauseRatio: -1 },
      'kmsKeyArn must be a key\'s ARN, not an alias\'s, like "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-...", got "x"; pauseRatio must be a number from 0 to 100, got -1',
    ],
  ])('%j is told under its path, with all others', (props, message) => {
    expect(() => stackWith(props as Partial<SessionPurgeStackProps>)).toThrow(
      new Error(`SessionPurge: ${message}`),
    );
  });
});

describe('what only the deployment knows', () => {
  const numberIn = (stack: Stack) => new CfnParameter(stack, 'N', { type: 'Number' }).valueAsNumber;
  const textIn = (stack: Stack) => new CfnParameter(stack, 'T').valueAsString;

  it.each<[string, (stack: Stack) => Partial<SessionPurgeProps>]>([
    ['timeout', (stack) => ({ timeout: Duration.seconds(numberIn(stack)) })],
    ['memorySize', (stack) => ({ memorySize: numberIn(stack) })],
    ['logRetention', (stack) => ({ logRetention: numberIn(stack) })],
    ['schedule', (stack) => ({ schedule: Schedule.expression(textIn(stack)) })],
    ['whenPaused', (stack) => ({ whenPaused: textIn(stack) as 'wake' })],
  ])('%s goes into the template', (_name, given) => {
    const stack = emptyStack();
    const made = purge(stack, given(stack));
    new SessionPurgeAlarms(stack, 'Alarms', { purge: made });

    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toMatch(/\{"Ref":"[NT]"\}/);
  });
});

it.each(['enabled', 'controlParameter'])(
  'a token as %s decides nothing, and is refused',
  (name) => {
    expect(() => purge(emptyStack(), untyped({ [name]: Fn.ref('X') }))).toThrow(
      new Error(`Shop/Purge: ${name} must be known when the app is synthesized, got a token`),
    );
  },
);

it('a token as whenPaused lets the function read metrics, since it may mean skip', () => {
  const stack = emptyStack();
  purge(stack, untyped({ whenPaused: Fn.ref('X') }));

  expect(JSON.stringify(Template.fromStack(stack))).toContain('cloudwatch:GetMetricData');
});

it('a token as database leaves the stack with a plain description', () => {
  const { description } = stackWith({ database: Fn.importValue('database') }).templateOptions;

  expect(description).toBe('Deletes expired Django sessions from a database on a schedule');
});

it('names at their limits go into the template', () => {
  const stack = emptyStack();
  const name = 'x'.repeat(64);
  purge(stack, { database: name, purgeName: name });
  const texts = Object.values<{ Properties: { Description?: string } }>(
    Template.fromStack(stack).toJSON().Resources,
  ).flatMap(({ Properties }) => Properties.Description ?? []);

  expect(texts.length).toBeGreaterThan(2);
  // Lambda's limit is the tightest but for a parameter's 1024.
  for (const text of texts.filter((each) => each.includes(name))) {
    expect(text.length).toBeLessThanOrEqual(256);
  }
});

it('a maxSleep that nothing asks for is warned of', () => {
  const stack = emptyStack();
  purge(stack, { maxSleep: Duration.days(2) });

  Annotations.fromStack(stack).hasWarning(
    '*',
    Match.stringLikeRegexp("maxSleep has no effect without whenPaused: 'skip'"),
  );
});
