import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type Grant, type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { bundleDirectory } from './bundle';
import { newControlParameter } from './control-parameter';
import { functionEnvironment } from './function-environment';
import { functionPermissions, looksAtLoad } from './function-permissions';
import { acknowledge, NODE_24 } from './older-cdk';
import { refuse } from './prop-mistakes';
import { checkPurge } from './purge-checks';
import { metricMistakes, type PurgeMetric, purgeMetric } from './purge-metrics';
import { newPurgeSecret } from './purge-secret';
import { purgeUserFor } from './purge-user';
import type { IPurgeUser } from './purge-user-interface';
import { adminSecretOf, placeOfCluster, type ResolvedProps, resolveProps } from './resolve-props';
import { maxEventAge } from './schedule-limits';
import type { SessionPurgeProps } from './session-purge-props';

/**
 * Deletes the expired sessions of one Django database on a schedule: a Lambda function that sends the deletes
 * through the RDS Data API, and the rule that starts it.
 *
 * It needs no VPC. It may send statements to the one cluster with the one secret, read the one parameter, write its
 * log, and pass on an event on which it failed, and nothing else.
 *
 * @throws Error that names all props that cannot work, or says that the function's code has not been built
 *
 * @example
 * new SessionPurge(this, 'SessionPurge', {
 *   cluster, // with its Data API on, and a secret of its own
 *   database: 'shop',
 *   gracePeriod: Duration.hours(2),
 * });
 */
export class SessionPurge extends Construct {
  /** The given props, with the defaults of the deployment. */
  readonly props: SessionPurgeProps;

  /** @internal The same, of a type that knows what has a default. */
  readonly _settled: ResolvedProps;

  /** The log, with a report of each run. */
  readonly logGroup: LogGroup;

  /**
   * The events of scheduled runs that failed or never began. It is encrypted, takes TLS only, and keeps an event for 14
   * days.
   */
  readonly deadLetterQueue: Queue;

  /** Pauses or slows the purge without a deployment; `undefined` if the prop `controlParameter` is false. */
  readonly controlParameter: StringParameter | undefined;

  /** The function's role. It has all rights that the purge needs, and no others. */
  readonly role: Role;

  /** What makes and checks the purge's database user in the deployment; `undefined` if nothing does. */
  readonly user: IPurgeUser | undefined;

  /** The function. Invoke it with `{"dryRun":true}` to count what a run would delete. */
  readonly function: lambda.Function;

  /** The schedule, with the function as its only target. */
  readonly rule: Rule;

  constructor(scope: Construct, id: string, props: SessionPurgeProps) {
    super(scope, id);
    this._settled = resolveProps(props, this, () =>
      newPurgeSecret(this, adminSecretOf(props)?.encryptionKey),
    );
    this.props = this._settled;
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: this._settled.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.controlParameter = this._settled.controlParameter ? newControlParameter(this) : undefined;
    this.role = this.createRole();
    this.function = this.createFunction();
    this.user = purgeUserFor(this, props, this._settled);
    this.rule = this.createRule();
    checkPurge(this, props, this._settled);
  }

  /** Lets somebody invoke the function: run the purge, count what a run would delete, check what it requires. */
  grantInvoke(grantee: IGrantable): Grant {
    return this.function.grantInvoke(grantee);
  }

  /** A metric of the purge, by its name in the contract. Its statistic fits it, unless the options name another. */
  metric(metric: PurgeMetric, options?: MetricOptions): Metric {
    refuse(this.node.path, metricMistakes(metric));
    const name = this.props.purgeName ?? this.function.functionName;
    return purgeMetric(name, metric, options).attachTo(this);
  }

  /** Count: rows known to be deleted; the sum by default. */
  metricRowsDeleted(options?: MetricOptions): Metric {
    return this.metric('rowsDeleted', options);
  }

  /** Count: DELETE statements that succeeded; the sum by default. */
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
   * Seconds since the oldest expired session should have been deleted, not counting the grace period; the maximum by
   * default. 0: none is left. Only routine runs that know it send it: those of the schedule, and `{}` by hand.
   */
  metricBacklogAge(options?: MetricOptions): Metric {
    return this.metric('backlogAge', options);
  }

  /** Count: calls of the Data API that were repeated; the sum by default. */
  metricRetries(options?: MetricOptions): Metric {
    return this.metric('retries', options);
  }

  /** Count: DELETE statements whose answer was lost; no count has their rows; the sum by default. */
  metricUnknownOutcomes(options?: MetricOptions): Metric {
    return this.metric('unknownOutcomes', options);
  }

  /** Count: routine runs that ran out of time; the sum by default. */
  metricTimeBudgetExhausted(options?: MetricOptions): Metric {
    return this.metric('timeBudgetExhausted', options);
  }

  /** Milliseconds that a run waited for a paused cluster; the maximum by default. */
  metricWakeTime(options?: MetricOptions): Metric {
    return this.metric('wakeTime', options);
  }

  /** Count: routine runs that failed or were refused; the sum by default. Only Lambda's `Errors` counts killed runs. */
  metricFailures(options?: MetricOptions): Metric {
    return this.metric('failures', options);
  }

  /**
   * Count: routine runs that succeeded; the sum by default. No success is a run while the purge is switched off, nor one
   * that found the database too busy for a single batch.
   */
  metricSuccesses(options?: MetricOptions): Metric {
    return this.metric('successes', options);
  }

  /** Count: routine runs that skipped the purge on purpose; the sum by default. */
  metricSkips(options?: MetricOptions): Metric {
    return this.metric('skips', options);
  }

  private createRole(): Role {
    const { clusterArn, secret } = this._settled;
    const { logGroup, deadLetterQueue, controlParameter } = this;
    const readsMetrics = looksAtLoad(this._settled);
    const role = new Role(this, 'Role', {
      description: 'Lets the purge of expired Django sessions reach its one database',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // Part of the role, so that the function never starts without them.
      inlinePolicies: {
        SessionPurge: functionPermissions({
          clusterArn,
          clusterRegion: placeOfCluster(this.props).region,
          secret,
          logGroup,
          deadLetterQueue,
          controlParameter,
          readsMetrics,
        }),
      },
    });
    if (readsMetrics) {
      acknowledge(
        role,
        { rule: 'AwsSolutions-IAM5', of: 'Resource::*' },
        'cloudwatch:GetMetricData knows neither resources nor conditions; it only reads',
      );
    }
    return role;
  }

  private createFunction(): lambda.Function {
    const { database, schedule, timeout, memorySize } = this._settled;
    const fn = new lambda.Function(this, 'Function', {
      description: `Deletes expired Django sessions from the database ${database}. Events by hand: {"check":true}, {"dryRun":true}, {}`,
      runtime: NODE_24,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleDirectory('lambda')),
      handler: 'index.handler',
      timeout,
      memorySize,
      role: this.role,
      logGroup: this.logGroup,
      environment: functionEnvironment(
        this._settled,
        this.controlParameter?.parameterName,
        this.node.path,
      ),
    });
    // Set here, since the prop `deadLetterQueue` would add a policy of its own. The role has the right already.
    (fn.node.defaultChild as lambda.CfnFunction).deadLetterConfig = {
      targetArn: this.deadLetterQueue.queueArn,
    };
    // Lambda does not repeat a failed run, to spare a database in trouble. The next run goes on where this one ended.
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: maxEventAge(schedule) });
    return fn;
  }

  private createRule(): Rule {
    const { database, schedule, enabled } = this._settled;
    const target = new LambdaFunction(this.function, {
      deadLetterQueue: this.deadLetterQueue,
      maxEventAge: maxEventAge(schedule),
    });
    const rule = new Rule(this, 'Rule', {
      description: `Starts the purge of expired Django sessions in the database ${database}`,
      schedule,
      enabled,
      targets: [target],
    });
    // No run before there is a user, and none after a deployment that failed.
    if (this.user !== undefined) rule.node.addDependency(this.user.resource);
    return rule;
  }
}
