import { Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { arnParts } from '../contract/arn';
import { type AlarmRecipients, alarmTopic } from './alarm-topic';
import type { Fleet } from './fleet-file';
import { fleetWidgets } from './fleet-widgets';
import { acceptTwoHyphens } from './purge-checks';
import { SessionPurgeStack } from './session-purge-stack';
import { fleetStackIdOf } from './stack-names';

/** What the purges of one account and region share: the topic of their alarms, and the overview. */
class FleetStack extends Stack {
  /** The topic has this name so that a purge's stack knows its ARN without a reference to this stack. */
  constructor(
    scope: Construct,
    id: string,
    props: StackProps,
    recipients: AlarmRecipients,
    topicName: string,
  ) {
    super(scope, id, {
      description: 'What the purges of expired Django sessions share: their overview and topic',
      ...props,
    });
    alarmTopic(this, recipients, topicName);
  }

  addOverview(stacks: readonly SessionPurgeStack[]): void {
    new Dashboard(this, 'Overview', { start: '-P14D', widgets: fleetWidgets(this, stacks) });
  }
}

/**
 * Adds a stack for each purge of the fleet, and one for each account and region, with a topic and an overview.
 *
 * Each purge has its own stack because a stack takes 500 resources and a purge has up to two dozen. So each purge can
 * also be deployed and deleted without the others.
 */
export function addFleet(scope: Construct, { name, purges, recipients }: Fleet): void {
  const fleets = new Map<string, { fleet: FleetStack; members: SessionPurgeStack[] }>();
  for (const { stackId, props } of purges) {
    const place = arnParts(props.clusterArn);
    const { partition, region, account } = place;
    const id = fleetStackIdOf(name, place);
    const env = { account, region };
    const known = fleets.get(id) ?? {
      fleet: new FleetStack(scope, id, { env }, recipients, name),
      members: [],
    };
    const ownTopic = `arn:${partition}:sns:${region}:${account}:${name}`;
    const { alarmTopicArn = ownTopic } = recipients;
    const member = new SessionPurgeStack(scope, stackId, {
      ...(props.alarms !== false && { alarmTopicArn }),
      ...props,
    });
    acceptTwoHyphens(member);
    member.addStackDependency(known.fleet);
    known.members.push(member);
    fleets.set(id, known);
  }
  for (const { fleet, members } of fleets.values()) fleet.addOverview(members);
}
