import { Annotations, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** Who gets the alarms. */
export interface AlarmRecipients {
  /**
   * An existing topic. CloudWatch must be allowed to publish to it, and to use its key if it is encrypted with one.
   *
   * @default - one is created
   */
  readonly alarmTopicArn?: string;

  /**
   * An e-mail address that gets the alarms. AWS first sends it a mail with a link that the recipient has to follow.
   *
   * @default - nobody subscribes
   */
  readonly alarmEmail?: string;
}

/**
 * A topic that takes messages over TLS only. The alarms of its account may publish to it.
 *
 * The policy that demands TLS replaces the default policy of a topic, which lets alarms publish, so this one grants it
 * again. The topic is not encrypted: CloudWatch may not use AWS's own key for SNS, and an alarm holds counts and times
 * only.
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

/** Returns the given topic, or creates one, and subscribes the e-mail address to it. */
export function alarmTopic(
  scope: Construct,
  { alarmTopicArn, alarmEmail }: AlarmRecipients,
  topicName?: string,
): ITopic {
  if (alarmTopicArn === undefined && alarmEmail === undefined) {
    Annotations.of(scope).addWarningV2(
      'cdk-django-session-purge:unheard-alarms',
      'nobody hears the alarms: give alarmEmail or alarmTopicArn, or subscribe to the topic yourself; alarms: false leaves them out',
    );
  }
  const topic =
    alarmTopicArn === undefined
      ? createTopic(scope, topicName)
      : Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn);
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
