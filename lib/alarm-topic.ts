import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** Who is told of the alarms. */
export interface AlarmRecipients {
  /**
   * A topic that exists already. It has to let CloudWatch publish, and its key as well if it is encrypted with one.
   *
   * @default - one is created
   */
  readonly alarmTopicArn?: string;

  /**
   * An e-mail address that gets the alarms. AWS sends it a mail first, with a link that has to be followed.
   *
   * @default - nobody subscribes
   */
  readonly alarmEmail?: string;
}

/**
 * A topic that takes messages over TLS only, and lets the alarms of its account publish.
 *
 * The policy that demands TLS replaces the one that every topic is born with, which lets them. Without a key of its
 * own: under AWS's key for SNS CloudWatch may not publish, and an alarm says no more than counts and times.
 */
function createTopic(scope: Construct, topicName: string | undefined): Topic {
  const { account } = Stack.of(scope);
  const topic = new Topic(scope, 'AlarmTopic', {
    displayName: 'Django session purge',
    enforceSSL: true,
    ...(topicName && { topicName }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  return topic;
}

/** The topic that was given or one that is created, with the e-mail address subscribed. */
export function alarmTopic(
  scope: Construct,
  { alarmTopicArn, alarmEmail }: AlarmRecipients,
  topicName?: string,
): ITopic {
  const topic =
    alarmTopicArn === undefined
      ? createTopic(scope, topicName)
      : Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn);
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
