import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import { adviceOn, shown } from '../contract/text';

/** A metric of the purge, by its name in the contract. */
export type PurgeMetric = keyof typeof METRICS;

/** Counts are summed over the runs. Of times and ages the longest counts. */
const STATISTICS: Readonly<Record<PurgeMetric, string>> = {
  rowsDeleted: Stats.SUM,
  batches: Stats.SUM,
  duration: Stats.MAXIMUM,
  slowestBatch: Stats.MAXIMUM,
  backlogAge: Stats.MAXIMUM,
  retries: Stats.SUM,
  unknownOutcomes: Stats.SUM,
  timeBudgetExhausted: Stats.SUM,
  wakeTime: Stats.MAXIMUM,
  failures: Stats.SUM,
  successes: Stats.SUM,
  skips: Stats.SUM,
};

/** What is wrong with the name of a metric. The types demand a known one, but a caller without types may not know. */
export function metricMistakes(metric: unknown): string[] {
  if (typeof metric === 'string' && Object.hasOwn(METRICS, metric)) return [];
  return [`unknown metric ${shown(metric)}; ${adviceOn(String(metric), Object.keys(METRICS))}`];
}

/** A metric of the purge with this name. Its statistic is the one that fits it, unless the options name another. */
export function purgeMetric(purgeName: string, metric: PurgeMetric, given?: MetricOptions): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS[metric],
    statistic: STATISTICS[metric],
    ...given,
    dimensionsMap: { ...given?.dimensionsMap, [METRIC_DIMENSION]: purgeName },
  });
}
