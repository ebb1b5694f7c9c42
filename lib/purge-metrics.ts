import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import { adviceOn } from '../contract/text';

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

/**
 * A metric of the purge with this name. Its statistic is the one that fits it, unless the options name another. Throws an
 * `Error` for a metric that there is not.
 */
export function purgeMetric(purgeName: string, metric: PurgeMetric, given?: MetricOptions): Metric {
  if (!Object.hasOwn(METRICS, metric))
    throw new Error(`unknown metric "${metric}"; ${adviceOn(metric, Object.keys(METRICS))}`);
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: METRICS[metric],
    statistic: STATISTICS[metric],
    ...given,
    dimensionsMap: { ...given?.dimensionsMap, [METRIC_DIMENSION]: purgeName },
  });
}
