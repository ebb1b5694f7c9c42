import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { stateMachineLink } from '../console-links';

/** The outputs of a stack with a drain: how to start it, watch it and stop it. */
export function addDrainOutputs(stack: Stack, stateMachineArn: string): void {
  const { region } = stack;
  const call = (command: string) => `aws stepfunctions ${command} --region ${region}`;
  // The first page has the newest ones. The AWS CLI would print the answer of the query for each page.
  const newest = (filter: string) =>
    `"$(${call('list-executions')} --state-machine-arn ${stateMachineArn}${filter} --no-paginate --query 'executions[0].executionArn' --output text)"`;
  new CfnOutput(stack, 'DrainCommand', {
    description:
      'Starts a drain, which purges until nothing is left. While it runs, the same command of the same day starts no other',
    value: `${call('start-execution')} --state-machine-arn ${stateMachineArn} --name drain-$(date -u +%F)`,
  });
  new CfnOutput(stack, 'WatchDrainCommand', {
    description: 'Shows how far the newest drain has come',
    value: `${call('get-execution-history')} --execution-arn ${newest('')} --reverse-order --no-paginate --query 'events[?stateExitedEventDetails.name==\`Progress\`] | [0].stateExitedEventDetails.output' --output text`,
  });
  new CfnOutput(stack, 'StopDrainCommand', {
    description: 'Stops the drain that runs. Its round goes on for five minutes at the most',
    value: `${call('stop-execution')} --execution-arn ${newest(' --status-filter RUNNING')}`,
  });
  const link = stateMachineLink(stack, stateMachineArn);
  if (link !== undefined) {
    const description = 'The drain in the console, to start, watch and stop it';
    new CfnOutput(stack, 'DrainLink', { description, value: link });
  }
}
