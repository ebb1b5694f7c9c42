import { clusterIdentifier } from '../../contract/arn';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import type { Settings } from '../../contract/settings';
import { type Datapoint, type MetricQuery, type MetricReader, whyNoMetrics } from './metric-reader';

/** Whether a run should leave the cluster asleep. */
export interface SleepReading {
  /** Why it should; `null`: it should not. */
  readonly leaveAsleep: string | null;
  /** Why nobody can tell whether the cluster is asleep; `null`: CloudWatch told it. */
  readonly warning: string | null;
}

/** Where the metrics are: the cluster's in its region, the purge's own in the function's. */
export interface SleepWorld {
  readonly clusterMetrics: MetricReader;
  readonly ownMetrics: MetricReader;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** CloudWatch has the values of a minute some minutes later. A cluster that was awake in this time counts as awake. */
const LOOK_BACK_MS = 15 * MINUTE_MS;

function notKnown(why: string): SleepReading {
  const warning = `whether the cluster is asleep is not known: ${why}; it counts as awake`;
  return { leaveAsleep: null, warning };
}

function capacityQuery(clusterArn: string): MetricQuery {
  return {
    namespace: 'AWS/RDS',
    name: 'ServerlessDatabaseCapacity',
    dimensions: { DBClusterIdentifier: clusterIdentifier(clusterArn) },
    // A cluster is awake if one of its instances is.
    statistic: 'Maximum',
    periodSeconds: 60,
  };
}

function ownQuery(purgeName: string, name: string): MetricQuery {
  const dimensions = { [METRIC_DIMENSION]: purgeName };
  const namespace = METRIC_NAMESPACE;
  return { namespace, name, dimensions, statistic: 'Sum', periodSeconds: HOUR_MS / 1000 };
}

/** Whether an hour had more successes than skips: a skipped run counts as both. */
function hasPurge(successes: readonly Datapoint[], skips: readonly Datapoint[]): boolean {
  const skipsAt = new Map(skips.map(({ atMs, value }) => [atMs, value]));
  return successes.some(({ atMs, value }) => value > (skipsAt.get(atMs) ?? 0));
}

async function wasPurgedLately(settings: Settings, metrics: MetricReader): Promise<boolean> {
  const queries = [METRICS.successes, METRICS.skips].map((name) => ownQuery(settings.name, name));
  const [successes = [], skips = []] = await metrics.read(
    queries,
    settings.maxSleepHours * HOUR_MS,
  );
  return hasPurge(successes, skips);
}

/**
 * Finds out whether the cluster has paused itself, without a call that would wake it. Never throws.
 *
 * A cluster counts as awake while CloudWatch has no data: skipping then could mean never purging, and no alarm would
 * fire. Waking it once too often costs cents.
 */
export async function lookForSleep(settings: Settings, world: SleepWorld): Promise<SleepReading> {
  const { clusterArn, maxSleepHours } = settings;
  try {
    const [capacity = []] = await world.clusterMetrics.read(
      [capacityQuery(clusterArn)],
      LOOK_BACK_MS,
    );
    const [newest] = capacity;
    if (newest === undefined) {
      const cluster = clusterIdentifier(clusterArn);
      return notKnown(`CloudWatch has no ServerlessDatabaseCapacity of ${cluster}`);
    }
    if (newest.value > 0 || !(await wasPurgedLately(settings, world.ownMetrics))) {
      return { leaveAsleep: null, warning: null };
    }
    const reason = `the cluster is asleep and was purged within the last ${maxSleepHours} h; an event with a field of its own wakes it`;
    return { leaveAsleep: reason, warning: null };
  } catch (error) {
    return notKnown(whyNoMetrics(error));
  }
}
