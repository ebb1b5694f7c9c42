import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { SessionPurge } from './session-purge';

const HEIGHT = 6;
const HOUR = Duration.hours(1);
const DAY = Duration.days(1);

function graph(
  title: string,
  unit: string,
  metrics: cloudwatch.IMetric[],
  more: Partial<cloudwatch.GraphWidgetProps> = {},
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({
    title,
    left: metrics,
    leftYAxis: { label: unit, showUnits: false, min: 0 },
    width: 8,
    height: HEIGHT,
    ...more,
  });
}

/** Widgets that say whether the purge works: the alarms, and how the runs ended. */
export function healthWidgets(
  purge: SessionPurge,
  alarms: cloudwatch.IAlarm[],
): cloudwatch.IWidget[] {
  const state = new cloudwatch.AlarmStatusWidget({
    title: 'Alarms: green is well, red needs somebody, grey has no data yet',
    alarms,
    width: 8,
    height: HEIGHT,
  });
  return [
    ...(alarms.length > 0 ? [state] : []),
    new cloudwatch.SingleValueWidget({
      title: 'Runs of the last day',
      metrics: [
        purge.metricSuccesses({ period: DAY, label: 'ended well' }),
        purge.metricFailures({ period: DAY, label: 'failed' }),
        purge.metricSkips({ period: DAY, label: 'skipped on purpose' }),
      ],
      width: 8,
      height: HEIGHT,
    }),
    graph('How runs ended', 'runs', [
      purge.metricSuccesses({ period: HOUR, label: 'ended well', color: cloudwatch.Color.GREEN }),
      purge.metricFailures({ period: HOUR, label: 'failed', color: cloudwatch.Color.RED }),
      purge.metricSkips({
        period: HOUR,
        label: 'skipped on purpose',
        color: cloudwatch.Color.GREY,
      }),
    ]),
  ];
}

/** Widgets that say whether the purge keeps up: the backlog, the rows deleted, and the runs that ran out of time. */
export function keepingUpWidgets(purge: SessionPurge): cloudwatch.IWidget[] {
  const age = new cloudwatch.MathExpression({
    expression: 'seconds / 86400',
    label: 'oldest session that should be gone',
    period: HOUR,
    usingMetrics: { seconds: purge.metricBacklogAge() },
  });
  return [
    graph('Backlog: how long the oldest expired session is overdue', 'days', [age]),
    graph('Expired sessions deleted', 'sessions', [
      purge.metricRowsDeleted({ period: HOUR, label: 'deleted' }),
    ]),
    graph('Runs that ran out of time', 'runs', [
      purge.metricTimeBudgetExhausted({ period: HOUR, label: 'out of time' }),
    ]),
  ];
}

/** Widgets that say what the purge costs the database: the time and number of statements, and the cluster's load. */
export function costWidgets(
  purge: SessionPurge,
  cluster: { readonly identifier: string; readonly region?: string },
): cloudwatch.IWidget[] {
  const ofCluster = (metricName: string, label: string, role?: string) =>
    new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName,
      dimensionsMap: { DBClusterIdentifier: cluster.identifier, ...(role && { Role: role }) },
      ...(cluster.region && { region: cluster.region }),
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.minutes(5),
      label,
    });
  const width = 6;
  return [
    graph(
      'Slowest delete statement',
      'milliseconds',
      [purge.metricSlowestBatch({ period: HOUR, label: 'slowest of the run' })],
      { width },
    ),
    graph(
      'Time that a run took',
      'milliseconds',
      [
        purge.metricDuration({ period: HOUR, label: 'the whole run' }),
        purge.metricWakeTime({ period: HOUR, label: 'of it, waiting for a paused cluster' }),
      ],
      { width },
    ),
    graph(
      'Delete statements',
      'statements',
      [purge.metricBatches({ period: HOUR, label: 'answered' })],
      { width },
    ),
    graph(
      'Load of the cluster, from all causes',
      'percent',
      [
        ofCluster('CPUUtilization', "the writer's CPU", 'WRITER'),
        ofCluster('ACUUtilization', 'capacity in use (Serverless v2 only)'),
      ],
      { width },
    ),
  ];
}

/** Tables of what the log says: failures, tables that were in the way, the last runs. */
function logWidgets(purge: SessionPurge): cloudwatch.IWidget[] {
  const logTable = (title: string, queryLines: string[]) =>
    new cloudwatch.LogQueryWidget({
      title,
      logGroupNames: [purge.logGroup.logGroupName],
      queryLines,
      view: cloudwatch.LogQueryVisualizationType.TABLE,
      width: 24,
      height: HEIGHT,
    });
  return [
    logTable('Failures: what the log says, the latest first', [
      // Lambda writes the second kind itself when it kills a run.
      'filter level = "ERROR" or @message like /Task timed out|Runtime exited/',
      'fields @timestamp, coalesce(error.message, message, @message) as what, error.name as kind',
      'sort @timestamp desc',
      'limit 20',
    ]),
    logTable('Tables that were not purged, or not wholly: the first three of each run', [
      // A report has the tables with a problem before the others.
      `fields @timestamp, ${[0, 1, 2].map((at) => `report.tables.${at}.table, report.tables.${at}.problem`).join(', ')}`,
      'filter ispresent(report.tables.0.problem)',
      'sort @timestamp desc',
      'limit 20',
    ]),
    logTable('The last runs', [
      'fields @timestamp, report.stopReason, report.reason, report.rowsDeleted, report.batches, report.durationMs, report.slowestBatchMs, report.retries, report.dryRun',
      'filter ispresent(report.stopReason)',
      'sort @timestamp desc',
      'limit 20',
    ]),
  ];
}

/** Widgets that say what went wrong: in the log, repeated calls, and events that were given up. */
export function troubleWidgets(purge: SessionPurge): cloudwatch.IWidget[] {
  return [
    ...logWidgets(purge),
    new cloudwatch.Row(
      graph(
        'Calls repeated, and deletes whose answer was lost',
        'calls',
        [
          purge.metricRetries({ period: HOUR, label: 'repeated' }),
          purge.metricUnknownOutcomes({ period: HOUR, label: 'answer lost' }),
        ],
        { width: 12 },
      ),
      graph(
        'Events that were not delivered or given up',
        'events',
        [
          purge.deadLetterQueue.metricNumberOfMessagesSent({
            period: HOUR,
            statistic: cloudwatch.Stats.SUM,
            label: 'arrived, as the alarm counts them',
          }),
          purge.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
            period: HOUR,
            statistic: cloudwatch.Stats.MAXIMUM,
            label: 'kept in the queue, for 14 days',
          }),
        ],
        { width: 12 },
      ),
    ),
  ];
}
