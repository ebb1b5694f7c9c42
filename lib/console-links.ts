import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

function host(region: string): string {
  // The region's name tells its partition. If only the deployment knows the region, the usual partition is assumed.
  if (!Token.isUnresolved(region) && region.startsWith('cn-')) return 'console.amazonaws.cn';
  if (!Token.isUnresolved(region) && region.startsWith('us-gov-'))
    return 'console.amazonaws-us-gov.com';
  return 'console.aws.amazon.com';
}

function link(scope: IConstruct, service: string, place: string): string {
  const { region } = Stack.of(scope);
  return `https://${host(region)}/${service}/home?region=${region}#${place}`;
}

/** The page on which a person starts the function by hand. */
export function functionLink(scope: IConstruct, functionName: string): string {
  return link(scope, 'lambda', `/functions/${functionName}?tab=testing`);
}

/** The page with the log's streams and its search. */
export function logLink(scope: IConstruct, logGroupName: string): string {
  return link(scope, 'cloudwatch', `logsV2:log-groups/log-group/${logGroupName}`);
}

/** The page of the dashboard with this name. */
export function dashboardLink(scope: IConstruct, dashboardName: string): string {
  return link(scope, 'cloudwatch', `dashboards/dashboard/${dashboardName}`);
}
