import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { longestGapMinutes } from '../contract/schedule';
import { bundleDirectory } from './bundle';
import { functionEnvironment } from './function-environment';
import { functionPermissions } from './function-permissions';
import { type PurgeMetric, purgeMetric } from './purge-metrics';
import { type ResolvedProps, resolveProps } from './resolve-props';
import type { SessionPurgeProps } from './session-purge-props';

/** What the console shows beside the control parameter. A change of it writes `{}` again: see docs/upgrade.md. */
const CONTROL =
  'Pauses or slows the purge of expired Django sessions from its next run on. JSON, all of it optional: ' +
  '{"paused": true, "note": "why", "graceSeconds": 3600, "targetBatchMs": 250, "pauseRatio": 0.5, ' +
  '"maxBatchSize": 5000}. {} leaves all as deployed';

/**
 * Deletes the expired sessions of one Django database on a schedule: a Lambda function that sends the deletes
 * through the RDS Data API, and the rule that starts it.
 *
 * It needs no VPC. It may send statements to the one cluster with the one secret, read the one parameter, write its
 * log, and hand on an event that it failed on: nothing else.
 *
 * @throws Error where a prop cannot work, naming all such props at once, and where the function's code was not built
 */
export class SessionPurge extends Construct {
  /** What was given, with the defaults of the deployment. */
  readonly props: ResolvedProps;

  /** Where each run leaves its report. */
  readonly logGroup: LogGroup;

  /**
   * The events of scheduled runs that failed or never began: encrypted, over TLS only, kept for 14 days.
   */
  readonly deadLetterQueue: Queue;

  /** Pauses or slows the purge without a deployment; `undefined` where the prop `controlParameter` is false. */
  readonly controlParameter: StringParameter | undefined;

  /** What the function may do. The purge needs no more than it has here. */
  readonly role: Role;

  /** The function; invoked by hand with `{"dryRun":true}` it counts what a run would delete. */
  readonly function: lambda.Function;

  /** The schedule, with the function as its only target. */
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: SessionPurgeProps) {
    super(scope, id);
    this.props = resolveProps(props, this.node.path);
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: this.props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.controlParameter = this.createControlParameter();
    this.role = this.createRole();
    this.function = this.createFunction();
    this.rule = this.createRule();
  }

  /** A metric of the purge by its name in the contract; with the statistic that fits it, unless the options say. */
  metric(metric: PurgeMetric, options?: MetricOptions): Metric {
    const name = this.props.purgeName ?? this.function.functionName;
    return purgeMetric(name, metric, options).attachTo(this);
  }

  /** Count: rows known to be deleted; the sum by default. */
  metricRowsDeleted(options?: MetricOptions): Metric {
    return this.metric('rowsDeleted', options);
  }

  /** Count: DELETE statements that were answered; the sum by default. */
  metricBatches(options?: MetricOptions): Metric {
    return this.metric('batches', options);
  }

  /** Milliseconds that a run took; the maximum by default. */
  metricDuration(options?: MetricOptions): Metric {
    return this.metric('duration', options);
  }

  /** Milliseconds that the slowest DELETE of a run took; the maximum by default. */
  metricSlowestBatch(options?: MetricOptions): Metric {
    return this.metric('slowestBatch', options);
  }

  /**
   * Seconds since the oldest session still there should have gone, the grace period taken off; the maximum by default.
   * 0: none is left; no value where it is not known.
   */
  metricBacklogAge(options?: MetricOptions): Metric {
    return this.metric('backlogAge', options);
  }

  /** Count: calls of the Data API that were repeated; the sum by default. */
  metricRetries(options?: MetricOptions): Metric {
    return this.metric('retries', options);
  }

  /** Count: deletes whose answer was lost, their rows are in no count; the sum by default. */
  metricUnknownOutcomes(options?: MetricOptions): Metric {
    return this.metric('unknownOutcomes', options);
  }

  /** Count: runs that ended for want of time; the sum by default. */
  metricTimeBudgetExhausted(options?: MetricOptions): Metric {
    return this.metric('timeBudgetExhausted', options);
  }

  /** Milliseconds that a run waited for a paused cluster; the maximum by default. */
  metricWakeTime(options?: MetricOptions): Metric {
    return this.metric('wakeTime', options);
  }

  /** Count: runs that failed or were refused; the sum by default. One that was killed is in Lambda's `Errors` only. */
  metricFailures(options?: MetricOptions): Metric {
    return this.metric('failures', options);
  }

  /** Count: runs that ended as they should, neither dry runs nor runs while switched off; the sum by default. */
  metricSuccesses(options?: MetricOptions): Metric {
    return this.metric('successes', options);
  }

  /** Count: runs that looked at no table on purpose; the sum by default. */
  metricSkips(options?: MetricOptions): Metric {
    return this.metric('skips', options);
  }

  private createControlParameter(): StringParameter | undefined {
    if (!this.props.controlParameter) return undefined;
    return new StringParameter(this, 'ControlParameter', {
      description: CONTROL,
      stringValue: '{}',
    });
  }

  private createRole(): Role {
    const { clusterArn, secret, whenPaused, maxCpuPercent, maxAcuPercent } = this.props;
    const { logGroup, deadLetterQueue, controlParameter } = this;
    const readsMetrics =
      whenPaused === 'skip' || maxCpuPercent !== undefined || maxAcuPercent !== undefined;
    const role = new Role(this, 'Role', {
      description: 'Lets the purge of expired Django sessions reach its one database',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // In the role itself, so that the function never starts without them.
      inlinePolicies: {
        SessionPurge: functionPermissions({
          clusterArn,
          secret,
          logGroup,
          deadLetterQueue,
          controlParameter,
          readsMetrics,
        }),
      },
    });
    if (readsMetrics) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'cloudwatch:GetMetricData knows neither resources nor conditions; it only reads',
      });
    }
    return role;
  }

  private createFunction(): lambda.Function {
    const { database, timeout, memorySize } = this.props;
    const fn = new lambda.Function(this, 'Function', {
      description: `Deletes expired Django sessions from the database ${database}. Events by hand: {"check":true}, {"dryRun":true}, {}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleDirectory()),
      handler: 'index.handler',
      timeout,
      memorySize,
      role: this.role,
      logGroup: this.logGroup,
      environment: functionEnvironment(this.props, this.controlParameter?.parameterName),
    });
    // Set below CDK, which would grant the queue in a policy of its own: the role has it already.
    (fn.node.defaultChild as lambda.CfnFunction).deadLetterConfig = {
      targetArn: this.deadLetterQueue.queueArn,
    };
    // A run that failed is not sent once more against a database in trouble: the next one goes on where it ended.
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: this.maxEventAge() });
    return fn;
  }

  private createRule(): Rule {
    const { database, schedule, enabled } = this.props;
    const target = new LambdaFunction(this.function, {
      deadLetterQueue: this.deadLetterQueue,
      maxEventAge: this.maxEventAge(),
    });
    return new Rule(this, 'Rule', {
      description: `Starts the purge of expired Django sessions in the database ${database}`,
      schedule,
      enabled,
      targets: [target],
    });
  }

  /** An event is worth an hour's patience, but none once the next one is due. */
  private maxEventAge(): Duration {
    const gapMinutes = longestGapMinutes(this.props.schedule.expressionString);
    return Duration.minutes(Math.min(60, gapMinutes ?? 60));
  }
}
