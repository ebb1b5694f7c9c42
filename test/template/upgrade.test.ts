import { Template } from 'aws-cdk-lib/assertions';
import { propertiesOf, stackByAdmin, stackWith } from './synthesized';

const template = Template.fromStack(
  stackWith({ alarmEmail: 'ops@example.com', testEvents: 'create-registry', drain: true }),
);
const byAdmin = Template.fromStack(stackByAdmin());
const resources: Record<string, { Type: string; DeletionPolicy?: string }> =
  template.toJSON().Resources;

describe('an upgrade', () => {
  // As deployed by the first version. Another id is another resource: CloudFormation would delete what this one holds.
  it.each([
    ['SessionPurgeLogGroupD251070B', 'AWS::Logs::LogGroup'],
    ['SessionPurgeRoleBAF09242', 'AWS::IAM::Role'],
    ['SessionPurgeFunction1245C475', 'AWS::Lambda::Function'],
    ['SessionPurgeRule0F6B287E', 'AWS::Events::Rule'],
    [
      'SessionPurgeRuleAllowEventRuleSessionPurgeFunction557B4B2E4F764E30',
      'AWS::Lambda::Permission',
    ],
    ['SessionPurgeDeadLetterQueueB2134614', 'AWS::SQS::Queue'],
    ['SessionPurgeControlParameterE150F231', 'AWS::SSM::Parameter'],
    ['AlarmTopicD01E77F9', 'AWS::SNS::Topic'],
    ['AlarmsFailedRunA5339B73', 'AWS::CloudWatch::Alarm'],
    ['AlarmsNoSuccess870CCF79', 'AWS::CloudWatch::Alarm'],
    ['AlarmsBacklog35C89ABB', 'AWS::CloudWatch::Alarm'],
    ['AlarmsDeadLetters20E28703', 'AWS::CloudWatch::Alarm'],
    ['AlarmsDrainFailed7445AC29', 'AWS::CloudWatch::Alarm'],
    ['DrainRole84F5BDEB', 'AWS::IAM::Role'],
    ['DrainStateMachineC9A2901B', 'AWS::StepFunctions::StateMachine'],
    ['Dashboard7A714131', 'AWS::CloudWatch::Dashboard'],
    ['TestEventsRegistry8E219EA6', 'AWS::EventSchemas::Registry'],
  ])('keeps %s', (logicalId, type) => {
    expect(resources[logicalId]?.Type).toBe(type);
  });

  it.each([
    ['SessionPurgeUserSecretDD378D75', 'AWS::SecretsManager::Secret'],
    ['SessionPurgeUserLogGroupB61BE961', 'AWS::Logs::LogGroup'],
    ['SessionPurgeUserRole2D4D77CC', 'AWS::IAM::Role'],
    ['SessionPurgeUserFunction30B1B0A7', 'AWS::Lambda::Function'],
    ['SessionPurgeUser8E148BDF', 'Custom::DjangoSessionPurgeUser'],
  ])('keeps %s, where the deployment makes the user', (logicalId, type) => {
    expect(byAdmin.toJSON().Resources[logicalId]?.Type).toBe(type);
  });

  it('keeps the name of the user, whose change would make another one', () => {
    const { GenerateSecretString } = propertiesOf(byAdmin, 'SessionPurgeUserSecretDD378D75');

    expect(GenerateSecretString.SecretStringTemplate).toBe('{"username":"session_purge_fd5b4284"}');
  });

  // What is replaced when it changes: the log goes with its group, subscriptions go with their topic.
  it.each([
    ['SessionPurgeLogGroupD251070B', ['RetentionInDays']],
    ['SessionPurgeRoleBAF09242', ['AssumeRolePolicyDocument', 'Description', 'Policies']],
    ['SessionPurgeDeadLetterQueueB2134614', ['MessageRetentionPeriod', 'SqsManagedSseEnabled']],
    ['AlarmTopicD01E77F9', ['DisplayName']],
  ])('can change %s without replacing it: it has no name of its own', (logicalId, properties) => {
    expect(Object.keys(propertiesOf(template, logicalId)).sort()).toEqual(properties);
  });

  it('does not touch the control parameter, which would resume a paused purge', () => {
    expect(propertiesOf(template, 'SessionPurgeControlParameterE150F231')).toEqual({
      Type: 'String',
      Value: '{}',
      Description:
        'Pauses or slows the purge of expired Django sessions from its next run on. JSON, all of it optional: {"paused": true, "note": "why", "graceSeconds": 3600, "targetBatchMs": 250, "pauseRatio": 0.5, "maxBatchSize": 5000}. {} leaves all as deployed',
    });
  });
});

describe('cdk destroy', () => {
  it("keeps the registry of the test events, which is the whole account's, and nothing else", () => {
    const kept = Object.entries(resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
    );

    expect(kept.map(([logicalId]) => logicalId)).toEqual(['TestEventsRegistry8E219EA6']);
  });

  it('takes the log and the queue along', () => {
    const held = ['SessionPurgeLogGroupD251070B', 'SessionPurgeDeadLetterQueueB2134614'];

    expect(held.map((logicalId) => resources[logicalId]?.DeletionPolicy)).toEqual([
      'Delete',
      'Delete',
    ]);
  });
});
