import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The console's host by the beginning of a region's name. Regions of other partitions have consoles of their own. */
const HOSTS: readonly (readonly [RegExp, string | undefined])[] = [
  [/^cn-/, 'console.amazonaws.cn'],
  [/^us-gov-/, 'console.amazonaws-us-gov.com'],
  [/^(eusc|us-iso|eu-iso)/, undefined],
];

const USUAL_HOST = 'console.aws.amazon.com';

function hostOf(region: string): string | undefined {
  // If only the deployment knows the region, the usual partition is assumed.
  const found = Token.isUnresolved(region)
    ? undefined
    : HOSTS.find(([pattern]) => pattern.test(region));
  return found === undefined ? USUAL_HOST : found[1];
}

/** A page of the console; `undefined` in a partition whose console's address is not public knowledge. */
function link(scope: IConstruct, service: string, place: string): string | undefined {
  const { region } = Stack.of(scope);
  const host = hostOf(region);
  return host && `https://${host}/${service}/home?region=${region}#${place}`;
}

/** The page on which a person starts the function by hand. */
export function functionLink(scope: IConstruct, functionName: string): string | undefined {
  return link(scope, 'lambda', `/functions/${functionName}?tab=testing`);
}

/** The page with the log's streams and its search. */
export function logLink(scope: IConstruct, logGroupName: string): string | undefined {
  return link(scope, 'cloudwatch', `logsV2:log-groups/log-group/${logGroupName}`);
}

/** The page of the dashboard with this name. */
export function dashboardLink(scope: IConstruct, dashboardName: string): string | undefined {
  return link(scope, 'cloudwatch', `dashboards/dashboard/${dashboardName}`);
}

/** The page on which a person starts a state machine, and sees what it did. */
export function stateMachineLink(scope: IConstruct, stateMachineArn: string): string | undefined {
  return link(scope, 'states', `/statemachines/view/${stateMachineArn}`);
}
