import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import type { PurgeReport } from '../contract/report';
import { backlogAgeSeconds } from './purge/report';

function metricsOf(purgeName: string): Metrics {
  return new Metrics({ namespace: METRIC_NAMESPACE, serviceName: purgeName });
}

/** Whether the run left all tables alone, for a reason that is no failure. */
function isSkip({ stopReason, batches }: PurgeReport): boolean {
  return (
    stopReason === 'switched-off' ||
    stopReason === 'asleep' ||
    (stopReason === 'database-busy' && batches === 0)
  );
}

/**
 * Whether nobody has to look after the purge. A cluster is left asleep only if it was purged recently; one that is busy
 * or switched off may stay so for weeks.
 */
function isSuccess(report: PurgeReport): boolean {
  const { stopReason } = report;
  return stopReason !== 'failed' && (stopReason === 'asleep' || !isSkip(report));
}

/**
 * Writes the run's metrics to stdout in CloudWatch's embedded metric format, under the purge's name.
 *
 * Only a routine run says how well the purge works; `METRICS` says why.
 */
export function emitMetrics(purgeName: string, report: PurgeReport, isRoutine: boolean): void {
  const metrics = metricsOf(purgeName);
  const { Count, Milliseconds, Seconds } = MetricUnit;
  const { stopReason } = report;
  metrics.addMetric(METRICS.rowsDeleted, Count, report.rowsDeleted);
  metrics.addMetric(METRICS.batches, Count, report.batches);
  metrics.addMetric(METRICS.duration, Milliseconds, report.durationMs);
  metrics.addMetric(METRICS.slowestBatch, Milliseconds, report.slowestBatchMs);
  metrics.addMetric(METRICS.retries, Count, report.retries);
  metrics.addMetric(METRICS.unknownOutcomes, Count, report.unknownOutcomes);
  metrics.addMetric(METRICS.wakeTime, Milliseconds, report.wakeMs);
  if (isRoutine) {
    const age = backlogAgeSeconds(report);
    metrics.addMetric(METRICS.failures, Count, Number(stopReason === 'failed'));
    metrics.addMetric(METRICS.successes, Count, Number(isSuccess(report)));
    metrics.addMetric(METRICS.skips, Count, Number(isSkip(report)));
    metrics.addMetric(METRICS.timeBudgetExhausted, Count, Number(stopReason === 'time-budget'));
    if (age !== null) metrics.addMetric(METRICS.backlogAge, Seconds, age);
  }
  metrics.publishStoredMetrics();
}

/** Writes the one metric of a routine run whose settings, event or control parameter were refused. */
export function emitRefusal(purgeName: string): void {
  const metrics = metricsOf(purgeName);
  metrics.addMetric(METRICS.failures, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
