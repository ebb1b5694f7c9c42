import { Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type ArnParts, arnParts } from '../contract/arn';
import { type AlarmRecipients, alarmTopic } from './alarm-topic';
import type { Fleet } from './fleet-file';
import { fleetWidgets } from './fleet-widgets';
import { SessionPurgeStack } from './session-purge-stack';

/** The topic's own name, so that the purges know its ARN without a reference between the stacks. */
const TOPIC_NAME = 'SessionPurgeFleet';

const idOf = ({ account, region }: ArnParts) => `SessionPurgeFleet-${account}-${region}`;

/** What the purges of one account and region share: the topic of their alarms. The overview is added to it last. */
class FleetStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps, recipients: AlarmRecipients) {
    super(scope, id, {
      description: 'What the purges of expired Django sessions share: their overview and topic',
      ...props,
    });
    alarmTopic(this, recipients, TOPIC_NAME);
  }

  addOverview(stacks: readonly SessionPurgeStack[]): void {
    new Dashboard(this, 'Overview', { start: '-P14D', widgets: fleetWidgets(this, stacks) });
  }
}

/**
 * A stack for each purge of the fleet, and one for each account and region that they are in, with a topic and an
 * overview.
 *
 * A purge has a stack of its own, since a stack has room for 500 resources and a purge takes up to seventeen; so it
 * is also deployed, and deleted, without the others.
 */
export function addFleet(scope: Construct, { purges, recipients }: Fleet): void {
  const fleets = new Map<string, { fleet: FleetStack; members: SessionPurgeStack[] }>();
  for (const { stackId, props } of purges) {
    const place = arnParts(props.clusterArn);
    const { partition, region, account } = place;
    const id = idOf(place);
    const env = { account, region };
    const known = fleets.get(id) ?? {
      fleet: new FleetStack(scope, id, { env }, recipients),
      members: [],
    };
    const member = new SessionPurgeStack(scope, stackId, {
      alarmTopicArn: `arn:${partition}:sns:${region}:${account}:${TOPIC_NAME}`,
      ...(recipients.alarmTopicArn && { alarmTopicArn: recipients.alarmTopicArn }),
      ...props,
    });
    member.addStackDependency(known.fleet);
    known.members.push(member);
    fleets.set(id, known);
  }
  for (const { fleet, members } of fleets.values()) fleet.addOverview(members);
}
