import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  SessionPurgeAlarms,
  SessionPurgeDrain,
  type SessionPurgeProps,
  type SessionPurgeStackProps,
} from '../../lib';
import { emptyStack, purge, SECRET_ARN, stackWith } from './synthesized';

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
    [{ tables: 'x' }, 'tables must be names separated by commas, got "x"'],
    [{ gracePeriod: 3600 }, 'gracePeriod must be a Duration, got 3600'],
    [
      { schedule: 'rate(1 day)' },
      'schedule must be a Schedule like Schedule.expression(\'rate(1 day)\'), got "rate(1 day)"',
    ],
    [{ whenPaused: 'sleep' }, 'whenPaused must be "wake" or "skip", got "sleep"'],
    [{ enabled: 'no' }, 'enabled must be true or false, got "no"'],
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
