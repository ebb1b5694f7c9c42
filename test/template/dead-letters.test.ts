import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { only, purgeTemplate } from './synthesized';

const template = purgeTemplate();
const queueArn = { 'Fn::GetAtt': [expect.stringMatching(/^PurgeDeadLetterQueue/), 'Arn'] };
const ruleArn = { 'Fn::GetAtt': [expect.stringMatching(/^PurgeRule/), 'Arn'] };

describe('the dead-letter queue', () => {
  it('is encrypted, and keeps an event for as long as SQS can', () => {
    expect(only(template, 'AWS::SQS::Queue')).toEqual({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it('takes nothing without TLS, and of EventBridge only what the rule of the purge gives up', () => {
    expect(only(template, 'AWS::SQS::QueuePolicy').PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    ]);
  });

  it('gets what EventBridge cannot deliver, and what the function failed on', () => {
    expect(only(template, 'AWS::Events::Rule').Targets[0].DeadLetterConfig.Arn).toEqual(queueArn);
    expect(only(template, 'AWS::Lambda::Function').DeadLetterConfig.TargetArn).toEqual(queueArn);
  });
});

describe('a run that failed', () => {
  it('is not repeated: the next one goes on where it ended', () => {
    const { FunctionName, Qualifier, MaximumRetryAttempts } = only(
      template,
      'AWS::Lambda::EventInvokeConfig',
    );

    expect(MaximumRetryAttempts).toBe(0);
    expect({ FunctionName, Qualifier }).toEqual({
      FunctionName: { Ref: expect.stringMatching(/^PurgeFunction/) },
      Qualifier: '$LATEST',
    });
  });
});

describe('an event that waits', () => {
  it.each<[string, Schedule | undefined, number]>([
    ['an hour', undefined, 3600],
    ['an hour', Schedule.rate(Duration.days(7)), 3600],
    ['until the next one is due', Schedule.rate(Duration.minutes(20)), 1200],
    ['as short as AWS allows', Schedule.rate(Duration.minutes(1)), 60],
    ['an hour', Schedule.expression('cron(0 2 L * ? *)'), 3600],
  ])('waits %s at most', (_words, schedule, seconds) => {
    const given = purgeTemplate(schedule && { schedule });

    expect(only(given, 'AWS::Events::Rule').Targets[0].RetryPolicy).toEqual({
      MaximumEventAgeInSeconds: seconds,
    });
    expect(only(given, 'AWS::Lambda::EventInvokeConfig').MaximumEventAgeInSeconds).toBe(seconds);
  });
});
