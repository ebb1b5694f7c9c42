import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { MathExpression, type MathExpressionOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { within } from '../contract/rule';
import { drainDefinition } from './drain/definition';
import { acknowledge } from './older-cdk';
import {
  durationMistake,
  named,
  purgeMistake,
  refuse,
  refuseMissing,
  slips,
} from './prop-mistakes';
import type { SessionPurge } from './session-purge';

/** Properties of a `SessionPurgeDrain`. */
export interface SessionPurgeDrainProps {
  /** The purge whose function is invoked round after round. */
  readonly purge: SessionPurge;

  /**
   * How long to wait before the next round while the purge is paused, the database busy, the cluster asleep or Lambda
   * without room for the function; from a minute to a day. A drain ends after 2000 rounds, each of which may be followed
   * by such a wait.
   *
   * @default Duration.minutes(10)
   */
  readonly patience?: Duration;

  /**
   * The longest time of a drain, waits included; from an hour to 365 days.
   *
   * @default Duration.days(14)
   */
  readonly timeout?: Duration;
}

const DAY_SECONDS = 86_400;

const LIMITS = {
  patience: within({ min: 60, max: DAY_SECONDS, whole: true }, 'seconds'),
  timeout: within({ min: 3600, max: 365 * DAY_SECONDS, whole: true }, 'seconds'),
};

/**
 * Purges a backlog round after round until nothing is left: a state machine of Step Functions that somebody starts by
 * hand. It may invoke the purge's function, and nothing else.
 *
 * It counts first, shows after each round how far it has come, and waits while the purge is paused, the database busy,
 * the cluster asleep or Lambda without room for the function. Its output has the totals.
 *
 * @throws Error that names all props that cannot work
 */
export class SessionPurgeDrain extends Construct {
  /** The state machine. Start an execution of it to drain, without an input. */
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: SessionPurgeDrainProps) {
    super(scope, id);
    refuseMissing(this.node.path, props);
    const { purge, patience = Duration.minutes(10), timeout = Duration.days(14) } = props;
    const mistakes = named({
      purge: purgeMistake(this, purge),
      patience: durationMistake(patience, LIMITS.patience),
      timeout: durationMistake(timeout, LIMITS.timeout),
    });
    refuse(this.node.path, [...mistakes, ...slips(props, ['purge', ...Object.keys(LIMITS)])]);
    const stack = Stack.of(this);
    const { functionArn } = purge.function;
    const definition = drainDefinition({
      partition: stack.partition,
      functionArn,
      patienceSeconds: patience.toSeconds({ integral: false }),
      timeoutSeconds: timeout.toSeconds({ integral: false }),
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      comment: `Purges the expired Django sessions of ${purge.props.database} until none is left`,
      definitionBody: DefinitionBody.fromString(stack.toJsonString(definition)),
      queryLanguage: QueryLanguage.JSONATA,
      // Policies that the CDK would add allow more than the drain needs.
      role: this.createRole(functionArn).withoutPolicyUpdates(),
    });
    const reason =
      'each execution keeps its history for 90 days, and each round has its line in the log of the function; ' +
      'logs and traces of the state machine would need rights on all resources';
    for (const rule of ['AwsSolutions-SF1', 'AwsSolutions-SF2'])
      acknowledge(this.stateMachine, { rule }, reason);
  }

  /**
   * Count: drains that failed or took longer than the timeout; the sum by default. One that somebody stopped is not
   * counted.
   */
  metricFailed(options?: MathExpressionOptions): MathExpression {
    const period = { period: options?.period ?? Duration.minutes(5) };
    return new MathExpression({
      label: 'drains that failed',
      ...period,
      ...options,
      expression: 'SUM([FILL(failed, 0), FILL(timedOut, 0)])',
      usingMetrics: {
        failed: this.stateMachine.metricFailed({ ...period, statistic: 'Sum' }),
        timedOut: this.stateMachine.metricTimedOut({ ...period, statistic: 'Sum' }),
      },
    });
  }

  /** The ARN of an execution with this name. */
  executionArn(name: string): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachine.stateMachineName}:${name}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private createRole(functionArn: string): Role {
    return new Role(this, 'Role', {
      description: 'Lets the drain of expired Django sessions invoke the function of its purge',
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        SessionPurgeDrain: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
          ],
        }),
      },
    });
  }
}
