import { CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { SessionPurgeAlarms, type SessionPurgeStackProps } from '../../lib';
import { ALARMS, optionOf } from '../../lib/alarm-kinds';
import { emptyStack, only, purge, stackWith, TOPIC_ARN } from './synthesized';

const ALARM = 'AWS::CloudWatch::Alarm';

function alarmsOf(given: Partial<SessionPurgeStackProps> = {}) {
  const found = Template.fromStack(stackWith({ drain: true, ...given })).findResources(ALARM);
  return new Map(Object.values(found).map(({ Properties }) => [Properties.AlarmName, Properties]));
}

const byName = (name: string, given: Partial<SessionPurgeStackProps> = {}) =>
  alarmsOf(given).get(`SessionPurge-${name}`);

const warningsIn = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data).replace(/ \[ack: .*/, ''));

const warningsOf = (given: Partial<SessionPurgeStackProps>) =>
  warningsIn(stackWith({ alarmEmail: 'ops@example.com', ...given }));

/** How long the alarm waits for a success, in minutes. */
const successWindow = (given: Partial<SessionPurgeStackProps>) => {
  const alarm = byName('NoSuccess', given);
  return alarm && alarm.Metrics[1].MetricStat.Period / 60;
};

describe('the alarms', () => {
  it('are called after the stack', () => {
    expect([...alarmsOf().keys()]).toEqual(ALARMS.map((name) => `SessionPurge-${name}`));
  });

  it.each(ALARMS)('tell when %s begins and when it ends', (name) => {
    const topic = [{ Ref: expect.stringMatching(/^AlarmTopic/) }];

    expect(byName(name)).toMatchObject({ AlarmActions: topic, OKActions: topic });
  });

  it.each(
    Object.entries({
      FailedRun: /Open the function's log .* it says what to mend/,
      NoSuccess: /Is it switched off by its control parameter\? Is the rule enabled/,
      Backlog: /run more often, give them more time, or a smaller pauseRatio/,
      DeadLetters: /Mend that: the next run does the work of this one/,
      DrainFailed: /the cause of its end says why, what to mend/,
    } satisfies Record<(typeof ALARMS)[number], RegExp>),
  )('say in %s what to do', (name, advice) => {
    const { AlarmDescription } = byName(name, { database: 'x'.repeat(64) });

    expect(AlarmDescription).toMatch(advice);
    expect(AlarmDescription).toContain('x'.repeat(64));
    expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
  });

  it.each(ALARMS)('can do without %s', (name) => {
    expect([...alarmsOf({ alarms: { [optionOf(name)]: false } }).keys()]).toEqual(
      ALARMS.filter((other) => other !== name).map((other) => `SessionPurge-${other}`),
    );
  });

  it('can be left out altogether, with their topic', () => {
    const template = Template.fromStack(stackWith({ alarms: false }));

    template.resourceCountIs(ALARM, 0);
    template.resourceCountIs('AWS::SNS::Topic', 0);
  });

  it('stand beside a construct, too, without a topic and without names of their own', () => {
    const stack = emptyStack();
    new SessionPurgeAlarms(stack, 'Alarms', { purge: purge(stack) });

    const alarms = Object.values(Template.fromStack(stack).findResources(ALARM));
    expect(alarms).toHaveLength(ALARMS.length - 1);
    for (const { Properties } of alarms) {
      expect(Object.keys(Properties)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/AlarmName|Actions/)]),
      );
    }
  });
});

describe('a failed drain', () => {
  it('is one that failed or took too long, and not one that somebody stopped', () => {
    const alarm = byName('DrainFailed');

    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm.Metrics[0].Expression).toBe('SUM([FILL(failed, 0), FILL(timedOut, 0)])');
    expect(
      alarm.Metrics.slice(1).map(({ MetricStat }: { MetricStat: object }) => MetricStat),
    ).toEqual(
      ['ExecutionsFailed', 'ExecutionsTimedOut'].map((MetricName) => ({
        Metric: {
          Namespace: 'AWS/States',
          MetricName,
          Dimensions: [
            {
              Name: 'StateMachineArn',
              Value: { Ref: expect.stringMatching(/^DrainStateMachine/) },
            },
          ],
        },
        Period: 86_400,
        Stat: 'Sum',
      })),
    );
  });

  it('is watched for only where there is a drain', () => {
    expect(byName('DrainFailed', { drain: false })).toBeUndefined();
  });
});

describe('a failed run', () => {
  it('is what a routine run says of itself, and lasts until the next one', () => {
    expect(byName('FailedRun', { purgeName: 'shop' })).toMatchObject({
      Namespace: 'DjangoSessionPurge',
      MetricName: 'Failures',
      Dimensions: [{ Name: 'service', Value: 'shop' }],
      Statistic: 'Sum',
      Period: 3600,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });
});

describe('missing runs', () => {
  it('sound without a success, be it for runs that fail or for no runs at all', () => {
    const alarm = byName('NoSuccess', { purgeName: 'shop' });

    expect(alarm).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
    expect(alarm.Metrics).toMatchObject([
      { Expression: 'FILL(successes, 0)', ReturnData: true },
      {
        Id: 'successes',
        ReturnData: false,
        MetricStat: {
          Stat: 'Sum',
          Metric: {
            Namespace: 'DjangoSessionPurge',
            MetricName: 'Successes',
            Dimensions: [{ Name: 'service', Value: 'shop' }],
          },
        },
      },
    ]);
  });

  it.each<[string, Partial<SessionPurgeStackProps>, number]>([
    ['a day', {}, 2 * 1440 + 15],
    ['20 minutes', { schedule: Schedule.rate(Duration.minutes(20)) }, 2 * 20 + 15],
    [
      'a minute, of a minute at most',
      { schedule: Schedule.rate(Duration.minutes(1)), timeout: Duration.minutes(1) },
      3,
    ],
    ['a weekend', { schedule: Schedule.expression('cron(0 2 ? * MON-FRI *)') }, 2 * 3 * 1440 + 15],
    ['not quite minutes', { timeout: Duration.seconds(90) }, 2 * 1440 + 2],
    ['what somebody chose', { alarms: { noSuccessWindow: Duration.days(5) } }, 5 * 1440],
    [
      'what somebody chose, where it has room for a period and a run',
      { alarms: { noSuccessWindow: Duration.minutes(1440 + 15) } },
      1440 + 15,
    ],
  ])('sound after two periods and a run: %s', (_words, given, minutes) => {
    expect(successWindow(given)).toBe(minutes);
    expect(warningsOf(given)).toEqual([]);
  });

  it.each([
    [7 * 24, { schedule: Schedule.rate(Duration.days(7)) }, 168],
    [24, {}, 24],
  ])(
    'are told to sound falsely where a window of %d hours has no room for a run',
    (hours, given, gap) => {
      const noSuccessWindow = Duration.hours(hours);

      expect(warningsOf({ ...given, alarms: { noSuccessWindow, backlog: false } })).toEqual([
        `the alarm on missing runs may sound although no run is missing: noSuccessWindow is ${hours} hours, and up to ${gap} hours lie between two runs, of which each may take 0.3 hours; let the window be longer, or the purge run more often`,
      ]);
    },
  );

  it('sound after one period where CloudWatch cannot look back two, which is told', () => {
    const given = { schedule: Schedule.rate(Duration.days(5)) };

    expect(successWindow(given)).toBe(7 * 1440);
    expect(warningsOf(given)).toContain(
      'the alarm on missing runs sounds after one period of the schedule, not two: up to 5 days lie between two runs, and a CloudWatch alarm looks back 7 days at most',
    );
  });

  it.each([
    [
      'rate(7 days)',
      'up to 7 days lie between two runs, and a CloudWatch alarm looks back 7 days at most',
    ],
    [
      'cron(0 3 29 2 ? *)',
      'up to 1461 days lie between two runs, and a CloudWatch alarm looks back 7 days at most',
    ],
    ['cron(0 2 L * ? *)', 'the schedule does not say how far apart two runs are'],
  ])(
    'are not watched where CloudWatch cannot look back one, which is told: %s',
    (expression, why) => {
      const given = { schedule: Schedule.expression(expression) };

      expect(successWindow(given)).toBeUndefined();
      expect(warningsOf(given)).toEqual([
        `there is no alarm on missing runs: ${why}; nothing tells you of a rule that is disabled or a purge that is switched off; let it run every three days or more often, since a run with nothing to delete costs the database next to nothing`,
        `the alarm on the backlog sounds after one run, not two in a row: ${why}`,
      ]);
    },
  );

  it('is not there, and a warning says so, where only the deployment knows the schedule', () => {
    const stack = emptyStack();
    const schedule = Schedule.expression(new CfnParameter(stack, 'Schedule').valueAsString);

    const { alarms } = new SessionPurgeAlarms(stack, 'Alarms', {
      purge: purge(stack, { schedule }),
    });

    expect(alarms.NoSuccess).toBeUndefined();
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('no alarm on missing runs: the schedule does not say how far apart'),
    );
  });

  it('are waited for as long as Lambda lets a run take where only the deployment knows its timeout', () => {
    const stack = emptyStack();
    const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber;
    const timeout = Duration.seconds(seconds);

    new SessionPurgeAlarms(stack, 'Alarms', { purge: purge(stack, { timeout }) });

    const alarms = Object.values(Template.fromStack(stack).findResources(ALARM));
    const [period] = alarms.flatMap(
      ({ Properties }) => Properties.Metrics?.[1].MetricStat.Period ?? [],
    );
    expect(period).toBe(60 * (2 * 1440 + 15));
  });

  it('are not watched while the schedule is off, which is told', () => {
    const stack = stackWith({ enabled: false });

    expect(byName('NoSuccess', { enabled: false })).toBeUndefined();
    Annotations.fromStack(stack).hasInfo(
      '/SessionPurge/Alarms',
      'no alarm on missing runs: the schedule is not in force',
    );
  });

  it('are told to sound until the first run where nothing knows when the purge was deployed', () => {
    const told = (given: Partial<SessionPurgeStackProps>) =>
      Annotations.fromStack(stackWith(given)).findInfo(
        '/SessionPurge/Alarms',
        Match.stringLikeRegexp(
          '^the alarm on missing runs sounds after the first deployment until',
        ),
      );

    expect(told({ checkOnDeploy: false })).toHaveLength(1);
    expect(told({ checkOnDeploy: true })).toEqual([]);
    expect(told({ alarms: { noSuccess: false } })).toEqual([]);
  });

  it.each([
    [Duration.days(8), 11520],
    [Duration.seconds(90), 1.5],
    [Duration.minutes(0), 0],
  ])('are not waited for %s: CloudWatch would not', (noSuccessWindow, minutes) => {
    expect(() => stackWith({ alarms: { noSuccessWindow } })).toThrow(
      new Error(
        `SessionPurge/Alarms: noSuccessWindow must be a whole number of minutes from 1 to 10080, got ${minutes}`,
      ),
    );
  });
});

describe('an old backlog', () => {
  it('is older than three days, the grace period taken off, after two runs in a row', () => {
    expect(byName('Backlog', { purgeName: 'shop' })).toMatchObject({
      Namespace: 'DjangoSessionPurge',
      MetricName: 'BacklogAge',
      Dimensions: [{ Name: 'service', Value: 'shop' }],
      Statistic: 'Minimum',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 3 * 86_400,
      Period: 86_400,
      EvaluationPeriods: 2,
      TreatMissingData: 'ignore',
    });
  });

  it('may be as old as somebody chose', () => {
    const given = { alarms: { maxBacklogAge: Duration.hours(36) } };

    expect(byName('Backlog', given)).toMatchObject({
      Threshold: 36 * 3600,
      AlarmDescription: expect.stringContaining('more than 36 hours'),
    });
  });

  it('counts runs in the rhythm of the schedule', () => {
    const given = { schedule: Schedule.rate(Duration.minutes(20)) };

    expect(byName('Backlog', given)).toMatchObject({ Period: 1200, EvaluationPeriods: 2 });
  });

  it('sounds after one run where two are too far apart', () => {
    const given = { schedule: Schedule.rate(Duration.days(7)) };

    expect(byName('Backlog', given)).toMatchObject({ Period: 86_400, EvaluationPeriods: 1 });
  });
});

describe('every alarm of every schedule', () => {
  it.each([1, 20, 59, 60, 61, 720, 1440, 4320, 5040, 5041, 7200, 10_065, 10_066, 43_200])(
    'looks back no further than CloudWatch does: rate(%i minutes)',
    (minutes) => {
      for (const alarm of alarmsOf({
        schedule: Schedule.rate(Duration.minutes(minutes)),
      }).values()) {
        const seconds = alarm.Period ?? alarm.Metrics[1].MetricStat.Period;

        expect(seconds % 60).toBe(0);
        expect(seconds * alarm.EvaluationPeriods).toBeLessThanOrEqual(
          seconds < 3600 ? 86_400 : 604_800,
        );
      }
    },
  );
});

describe('a dead letter', () => {
  it('sounds when it arrives, and from one night to the next, but not for as long as it lies there', () => {
    expect(byName('DeadLetters')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'NumberOfMessagesSent',
      Statistic: 'Sum',
      Period: 25 * 3600,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('alarms that nobody hears', () => {
  const UNHEARD = expect.stringMatching(
    /^nobody hears the alarms: give alarmEmail or alarmTopicArn/,
  );

  it('are a warning, once a stack', () => {
    expect(warningsIn(stackWith())).toEqual([UNHEARD]);
  });

  it.each<Partial<SessionPurgeStackProps>>([
    { alarmEmail: 'ops@example.com' },
    { alarmTopicArn: TOPIC_ARN },
    { alarms: false },
  ])('are none with %j', (given) => {
    expect(warningsIn(stackWith(given))).toEqual([]);
  });
});

describe('the topic', () => {
  it('takes messages over TLS only, and of CloudWatch those of its own account', () => {
    const [tls, alarms] = only(Template.fromStack(stackWith()), 'AWS::SNS::TopicPolicy')
      .PolicyDocument.Statement;

    expect(tls).toMatchObject({
      Effect: 'Deny',
      Action: 'sns:Publish',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(alarms).toMatchObject({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    });
  });

  it('has no key under which CloudWatch may not publish', () => {
    expect(only(Template.fromStack(stackWith()), 'AWS::SNS::Topic')).not.toHaveProperty(
      'KmsMasterKeyId',
    );
  });

  it('sends to nobody unless told to', () => {
    Template.fromStack(stackWith()).resourceCountIs('AWS::SNS::Subscription', 0);
  });

  it('sends mail', () => {
    expect(
      only(
        Template.fromStack(stackWith({ alarmEmail: 'ops@example.com' })),
        'AWS::SNS::Subscription',
      ),
    ).toEqual({
      Protocol: 'email',
      Endpoint: 'ops@example.com',
      TopicArn: { Ref: expect.stringMatching(/^AlarmTopic/) },
    });
  });

  it('may exist already, and is left as it is', () => {
    const template = Template.fromStack(stackWith({ alarmTopicArn: TOPIC_ARN }));

    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    template.allResourcesProperties(ALARM, { AlarmActions: [TOPIC_ARN], OKActions: [TOPIC_ARN] });
  });
});
