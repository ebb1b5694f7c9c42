import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import type { PurgeReport } from '../contract/report';
import { backlogAgeSeconds } from './purge/report';

function metricsOf(purgeName: string): Metrics {
  return new Metrics({ namespace: METRIC_NAMESPACE, serviceName: purgeName });
}

/** Whether the run touched no table on purpose. */
function isSkip({ stopReason, batches }: PurgeReport): boolean {
  return (
    stopReason === 'switched-off' ||
    stopReason === 'asleep' ||
    (stopReason === 'database-busy' && batches === 0)
  );
}

/** Whether the run did what the operator wants; a dry run does not show it. */
function isSuccess(report: PurgeReport): boolean {
  const { stopReason, dryRun } = report;
  // A cluster is left asleep only if it was purged recently. One that is busy or switched off may stay so for weeks.
  return stopReason !== 'failed' && !dryRun && (stopReason === 'asleep' || !isSkip(report));
}

/**
 * Writes the run's metrics to stdout in CloudWatch's embedded metric format, under the purge's name.
 *
 * Neither a dry run nor a purge that is switched off counts as a success, so that the alarm on missing successes sounds
 * when no purge happens.
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

/** Writes the one metric of a run whose settings, event or control parameter were refused. */
export function emitRefusal(purgeName: string): void {
  const metrics = metricsOf(purgeName);
  metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
