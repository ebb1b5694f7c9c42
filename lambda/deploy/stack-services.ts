import { arnParts } from '../../contract/arn';
import type { Clock } from '../clock';
import { askService, type ServiceAnswer } from './ask-service';

/** What AWS knows of the stack and of its cluster. `null`: it does not tell. */
export interface StackServices {
  /** Whether RDS has such a cluster, and is not deleting it. */
  hasCluster(clusterArn: string): Promise<boolean | null>;
  /** The stack's status in CloudFormation, such as `UPDATE_ROLLBACK_IN_PROGRESS`. */
  statusOf(stackId: string): Promise<string | null>;
}

/** Whether CloudFormation goes back to what was deployed before. */
export function isRollback(status: string | null): boolean {
  return status === 'UPDATE_ROLLBACK_IN_PROGRESS';
}

/** Whether CloudFormation removes what an update, or its rollback, has replaced. */
export function isCleanup(status: string | null): boolean {
  return status?.endsWith('_COMPLETE_CLEANUP_IN_PROGRESS') ?? false;
}

const TIMEOUT_MS = 5000;

/** Asks the services whose answers are XML. `endpoints`: by the name of the service, in place of the region's own. */
export function stackServices(
  clock: Clock,
  endpoints: Readonly<Partial<Record<'rds' | 'cloudformation', string | undefined>>> = {},
): StackServices {
  async function ask(
    service: 'rds' | 'cloudformation',
    arn: string,
    members: Readonly<Record<string, string>>,
  ): Promise<ServiceAnswer | null> {
    const { partition, region } = arnParts(arn);
    const request = askService({
      service,
      partition,
      region,
      endpoint: endpoints[service],
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams(members)),
    });
    return clock.within(TIMEOUT_MS, request).catch(() => null);
  }
  return {
    async hasCluster(clusterArn) {
      const members = { Action: 'DescribeDBClusters', DBClusterIdentifier: clusterArn };
      const answer = await ask('rds', clusterArn, { ...members, Version: '2014-10-31' });
      if (answer?.status === 200) return !answer.text.includes('<Status>deleting</Status>');
      return answer?.text.includes('<Code>DBClusterNotFoundFault</Code>') ? false : null;
    },
    async statusOf(stackId) {
      const members = { Action: 'DescribeStacks', StackName: stackId };
      const answer = await ask('cloudformation', stackId, { ...members, Version: '2010-05-15' });
      return /<StackStatus>(\w+)<\/StackStatus>/.exec(answer?.text ?? '')?.[1] ?? null;
    },
  };
}
