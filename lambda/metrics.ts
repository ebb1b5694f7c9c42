import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import type { PurgeReport } from '../contract/report';
import { backlogAgeSeconds } from './purge/report';

function metricsOf(purgeName: string): Metrics {
  return new Metrics({ namespace: METRIC_NAMESPACE, serviceName: purgeName });
}

/** Whether the run left every table alone, and that not for want of time. */
function isSkip({ stopReason, batches }: PurgeReport): boolean {
  return (
    stopReason === 'switched-off' ||
    stopReason === 'asleep' ||
    (stopReason === 'database-busy' && batches === 0)
  );
}

/** Whether the sessions are as well off as the operator wants: not known of a dry run. */
function isSuccess(report: PurgeReport): boolean {
  const { stopReason, dryRun } = report;
  // A cluster is left asleep only where it was purged not long ago; a busy or switched off one may go without for weeks.
  return stopReason !== 'failed' && !dryRun && (stopReason === 'asleep' || !isSkip(report));
}

/**
 * Writes the run's metrics to stdout in CloudWatch's embedded metric format, under the purge's name.
 *
 * A dry run counts as neither a success nor a purge, nor does a purge that is switched off: they must not quiet an
 * alarm on purges that do not happen.
 */
export function emitMetrics(purgeName: string, report: PurgeReport): void {
  const metrics = metricsOf(purgeName);
  const add = (name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number) =>
    metrics.addMetric(name, unit, value);
  const age = backlogAgeSeconds(report);
  add(METRICS.failures, MetricUnit.Count, Number(report.stopReason === 'failed'));
  add(METRICS.successes, MetricUnit.Count, Number(isSuccess(report)));
  add(METRICS.skips, MetricUnit.Count, Number(isSkip(report)));
  add(METRICS.rowsDeleted, MetricUnit.Count, report.rowsDeleted);
  add(METRICS.batches, MetricUnit.Count, report.batches);
  add(METRICS.duration, MetricUnit.Milliseconds, report.durationMs);
  add(METRICS.slowestBatch, MetricUnit.Milliseconds, report.slowestBatchMs);
  add(METRICS.retries, MetricUnit.Count, report.retries);
  add(METRICS.unknownOutcomes, MetricUnit.Count, report.unknownOutcomes);
  add(METRICS.wakeTime, MetricUnit.Milliseconds, report.wakeMs);
  add(METRICS.timeBudgetExhausted, MetricUnit.Count, Number(report.stopReason === 'time-budget'));
  if (age !== null) add(METRICS.backlogAge, MetricUnit.Seconds, age);
  metrics.publishStoredMetrics();
}

/** The one metric of a run that ended before it began: its settings or its event were refused. */
export function emitRefusal(purgeName: string): void {
  const metrics = metricsOf(purgeName);
  metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
