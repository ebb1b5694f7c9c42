import { clusterIdentifier } from '../../contract/arn';
import type { Settings } from '../../contract/settings';
import { variableOf } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { type MetricQuery, type MetricReader, whyNoMetrics } from './metric-reader';

/** Watches the load of the cluster's writer during one run. */
export interface LoadWatch {
  /** Whether the load was above a threshold when last looked at, once a minute at most. Never throws. */
  isBusy(): Promise<boolean>;
  /** What the operator should know of it so far: the load that stopped the run, or why nobody could look. */
  warnings(): readonly string[];
}

/** CloudWatch has a new value a minute. */
const INTERVAL_MS = 60_000;

/** CloudWatch shows a minute some minutes after it is over; older than this says nothing of now. */
const LOOK_BACK_MS = 5 * 60_000;

/** With less time than this left, looking would take it from the last batch. */
const MIN_TIME_LEFT_MS = 10_000;

interface Threshold {
  readonly metric: string;
  readonly setting: string;
  readonly maxPercent: number;
}

function thresholdsOf({ maxCpuPercent, maxAcuPercent }: Settings): Threshold[] {
  return [
    { metric: 'CPUUtilization', setting: variableOf('maxCpuPercent'), maxPercent: maxCpuPercent },
    { metric: 'ACUUtilization', setting: variableOf('maxAcuPercent'), maxPercent: maxAcuPercent },
  ].flatMap(({ maxPercent, ...of }) => (maxPercent === null ? [] : [{ ...of, maxPercent }]));
}

/**
 * The writer's, whichever instance that is at the time, since it alone does the purge's work; and the cluster's, which
 * counts where the writer has none of its own.
 */
function queriesOf({ metric }: Threshold, clusterArn: string): [MetricQuery, MetricQuery] {
  const cluster = { DBClusterIdentifier: clusterIdentifier(clusterArn) };
  const query = (dimensions: MetricQuery['dimensions']): MetricQuery => ({
    namespace: 'AWS/RDS',
    name: metric,
    dimensions,
    statistic: 'Average',
    periodSeconds: 60,
  });
  return [query({ ...cluster, Role: 'WRITER' }), query(cluster)];
}

/** What is seen of the load: the first threshold that is passed, and the metrics without a value. */
interface LoadReading {
  readonly tooHigh: string | null;
  readonly missing: string | null;
}

async function look(
  thresholds: readonly Threshold[],
  { clusterArn }: Settings,
  metrics: MetricReader,
): Promise<LoadReading> {
  const queries = thresholds.flatMap((threshold) => queriesOf(threshold, clusterArn));
  const series = await metrics.read(queries, LOOK_BACK_MS);
  const values = thresholds.map((threshold, at) => ({
    ...threshold,
    value: series[2 * at]?.[0]?.value ?? series[2 * at + 1]?.[0]?.value ?? null,
  }));
  const high = values.find(({ value, maxPercent }) => value !== null && value > maxPercent);
  const missing = values.filter(({ value }) => value === null).map(({ metric }) => metric);
  return {
    tooHigh: high
      ? `the writer's ${high.metric} was ${Math.round(Number(high.value) * 10) / 10} %, above ${high.setting} (${high.maxPercent}); the next run goes on`
      : null,
    missing:
      missing.length > 0
        ? `CloudWatch has no ${missing.join(' and no ')} of the writer of ${clusterIdentifier(clusterArn)}`
        : null,
  };
}

/** The watch over a run; with no threshold set it looks at nothing. */
export function loadWatch(settings: Settings, metrics: MetricReader, clock: Clock): LoadWatch {
  const thresholds = thresholdsOf(settings);
  let nextMs = Number.NEGATIVE_INFINITY;
  let tooHigh: string | null = null;
  let blindness: string | null = null;

  async function lookAgain(): Promise<void> {
    try {
      const reading = await look(thresholds, settings, metrics);
      tooHigh = reading.tooHigh;
      blindness ??= reading.missing;
    } catch (error) {
      blindness ??= whyNoMetrics(error);
    }
  }

  return {
    async isBusy() {
      if (thresholds.length === 0 || workTimeLeft(clock) < MIN_TIME_LEFT_MS) return false;
      if (clock.now() >= nextMs) {
        await lookAgain();
        nextMs = clock.now() + INTERVAL_MS;
      }
      return tooHigh !== null;
    },
    warnings: () => [
      ...(tooHigh === null ? [] : [tooHigh]),
      ...(blindness === null
        ? []
        : [`the database's load is not known: ${blindness}; the purge went on`]),
    ],
  };
}
