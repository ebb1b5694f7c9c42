import { clusterIdentifier } from '../../contract/arn';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import type { Settings } from '../../contract/settings';
import { type Datapoint, type MetricQuery, type MetricReader, whyNoMetrics } from './metric-reader';

/** Whether a cluster is to be left asleep, and why; or what kept that from being known. */
export interface SleepFinding {
  /** For people; `null`: it is awake, due, or nobody knows. */
  readonly leaveAsleep: string | null;
  readonly warning: string | null;
}

/** The metrics that are asked: the cluster's are kept in its region, the purge's own in the function's. */
export interface SleepWorld {
  readonly clusterMetrics: MetricReader;
  readonly ownMetrics: MetricReader;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** CloudWatch shows a minute some minutes after it is over; a cluster awake within these is taken for awake. */
const LOOK_BACK_MS = 15 * MINUTE_MS;

function capacityQuery(clusterArn: string): MetricQuery {
  return {
    namespace: 'AWS/RDS',
    name: 'ServerlessDatabaseCapacity',
    dimensions: { DBClusterIdentifier: clusterIdentifier(clusterArn) },
    // One instance that is awake makes the cluster awake.
    statistic: 'Maximum',
    periodSeconds: 60,
  };
}

function ownQuery(purgeName: string, name: string): MetricQuery {
  const dimensions = { [METRIC_DIMENSION]: purgeName };
  const namespace = METRIC_NAMESPACE;
  return { namespace, name, dimensions, statistic: 'Sum', periodSeconds: HOUR_MS / 1000 };
}

/** Whether some hour had a success that was no skip; an hour in which the two cancel out is left out. */
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
 * Looks whether the cluster has paused itself, without a call that would wake it.
 *
 * Never throws. What is not known counts as awake: a purge that stays away because nobody can tell it about
 * the cluster would stay away for ever, and in silence; a wake too many costs cents.
 */
export async function lookForSleep(settings: Settings, world: SleepWorld): Promise<SleepFinding> {
  const { clusterArn, maxSleepHours } = settings;
  try {
    const [capacity = []] = await world.clusterMetrics.read(
      [capacityQuery(clusterArn)],
      LOOK_BACK_MS,
    );
    const [newest] = capacity;
    if (newest === undefined) {
      const warning = `whether the cluster is asleep is not known: CloudWatch has no ServerlessDatabaseCapacity of ${clusterIdentifier(clusterArn)}; it was purged as usual`;
      return { leaveAsleep: null, warning };
    }
    if (newest.value > 0) return { leaveAsleep: null, warning: null };
    if (!(await wasPurgedLately(settings, world.ownMetrics))) {
      return { leaveAsleep: null, warning: null };
    }
    const reason = `the cluster is asleep and was purged within the last ${maxSleepHours} h; an event with a field of its own wakes it`;
    return { leaveAsleep: reason, warning: null };
  } catch (error) {
    const warning = `whether the cluster is asleep is not known: ${whyNoMetrics(error)}; it was purged as usual`;
    return { leaveAsleep: null, warning };
  }
}
