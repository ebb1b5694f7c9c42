import { clusterIdentifier } from '../../contract/arn';
import { LOAD_LIMITS, type Settings, variableOf } from '../../contract/settings';
import { type Clock, workTimeLeft } from '../clock';
import { type MetricQuery, type MetricReader, whyNoMetrics } from './metric-reader';

/** Watches the load of the cluster's writer during one run. */
export interface LoadWatch {
  /** Whether the load is above a threshold. Asks CloudWatch once a minute at most, and never throws. */
  isBusy(): Promise<boolean>;
  /** The load that was above its threshold at the last look, in words; `null`: none was. */
  tooHigh(): string | null;
  /** Why CloudWatch did not tell the load at one of the looks; `null`: it told it each time. */
  notKnown(): string | null;
}

/** CloudWatch has a new value each minute. */
const INTERVAL_MS = 60_000;

/** CloudWatch has the values of a minute some minutes later; what is older than this is no longer true. */
const LOOK_BACK_MS = 5 * 60_000;

/** With less time left than this, asking CloudWatch would take time from the last batch. */
const MIN_TIME_LEFT_MS = 10_000;

interface Threshold {
  readonly metric: string;
  readonly setting: string;
  readonly maxPercent: number;
}

function thresholdsOf(settings: Settings): Threshold[] {
  return LOAD_LIMITS.flatMap(({ name, metric }) => {
    const maxPercent = settings[name];
    return typeof maxPercent === 'number'
      ? [{ metric, setting: variableOf(name), maxPercent }]
      : [];
  });
}

/**
 * The metric of the writer, which alone does the purge's work, by its role: another instance may become the writer.
 * Then the cluster's, for metrics that exist only there.
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

/** What CloudWatch says, in words for the report. */
interface LoadReading {
  /** The first load above its threshold. */
  readonly tooHigh: string | null;
  /** The metrics that have no value. */
  readonly missing: string | null;
}

async function readLoad(
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

/** Watches the load during one run; does nothing if no threshold is set. */
export function loadWatch(settings: Settings, metrics: MetricReader, clock: Clock): LoadWatch {
  const thresholds = thresholdsOf(settings);
  let nextMs = Number.NEGATIVE_INFINITY;
  let tooHigh: string | null = null;
  let notKnown: string | null = null;

  async function refresh(): Promise<void> {
    try {
      const reading = await readLoad(thresholds, settings, metrics);
      tooHigh = reading.tooHigh;
      notKnown ??= reading.missing;
    } catch (error) {
      notKnown ??= whyNoMetrics(error);
    }
  }

  return {
    async isBusy() {
      if (thresholds.length === 0 || workTimeLeft(clock) < MIN_TIME_LEFT_MS) return false;
      if (clock.now() >= nextMs) {
        await refresh();
        nextMs = clock.now() + INTERVAL_MS;
      }
      return tooHigh !== null;
    },
    tooHigh: () => tooHigh,
    notKnown: () =>
      notKnown === null
        ? null
        : `the database's load is not known: ${notKnown}; only a load that is known stops a run`,
  };
}
