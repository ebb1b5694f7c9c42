import { type DBCluster, DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import type { IdleInterval } from './auto-pause';
import type { Finding } from './findings';

/** A cluster as AWS describes it, or why it does not. */
export type Described = DBCluster | { readonly unknown: string };

const isUnknown = (described: Described): described is { readonly unknown: string } =>
  'unknown' in described;

/** Nobody waits longer for what the check-up can do without. */
const TIMEOUT_MS = 5000;

/** Asks AWS with the caller's credentials; what goes wrong is part of the answer. */
export async function describeCluster(clusterArn: string): Promise<Described> {
  const client = new RDSClient({
    region: clusterArn.split(':')[3] ?? '',
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const command = new DescribeDBClustersCommand({ DBClusterIdentifier: clusterArn });
    const { DBClusters: [cluster] = [] } = await client.send(command);
    return cluster ?? { unknown: 'AWS knows no such cluster' };
  } catch (error) {
    const { name, message } = error as Error;
    return { unknown: `rds:DescribeDBClusters failed: ${name}: ${message}` };
  } finally {
    client.destroy();
  }
}

/** Aurora's own default. */
const DEFAULT_IDLE_SECONDS = 300;

/** After how long the cluster pauses itself: only Serverless v2 with a least capacity of 0 does. */
export function idleIntervalOf(described: Described): IdleInterval {
  if (isUnknown(described)) return 'unknown';
  const { MinCapacity, SecondsUntilAutoPause } = described.ServerlessV2ScalingConfiguration ?? {};
  return MinCapacity === 0 ? (SecondsUntilAutoPause ?? DEFAULT_IDLE_SECONDS) : 'never';
}

const SETTING = 'Data API setting';
const VERSION = 'Aurora version';
const PAUSE = 'auto-pause';

const ok = (requirement: string, detail: string): Finding => ({
  requirement,
  state: 'ok',
  detail,
  fix: null,
});

function settingFinding({ HttpEndpointEnabled, Status }: DBCluster, clusterArn: string): Finding {
  if (HttpEndpointEnabled)
    return ok(SETTING, `on; the cluster is ${Status ?? 'in no known state'}`);
  const fix = `aws rds enable-http-endpoint --resource-arn ${clusterArn}`;
  return { requirement: SETTING, state: 'failing', detail: 'off', fix };
}

/** Aurora MySQL before 3.07 has no Data API; the version of a PostgreSQL is told by the server itself. */
function versionFinding({ Engine = '', EngineVersion = '' }: DBCluster): Finding {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(EngineVersion) ?? [];
  const isOld = major !== undefined && Number(major) * 100 + Number(minor) < 307;
  const detail = `${Engine} ${EngineVersion}`;
  return isOld
    ? {
        requirement: VERSION,
        state: 'failing',
        detail,
        fix: 'upgrade to Aurora MySQL 3.07 or later',
      }
    : ok(VERSION, detail);
}

/** What AWS says of the cluster itself. */
export function clusterFindings(described: Described, clusterArn: string): Finding[] {
  if (isUnknown(described)) {
    return [SETTING, VERSION, PAUSE].map((requirement) => ({
      requirement,
      state: 'unknown',
      detail: described.unknown,
      fix: null,
    }));
  }
  const idle = idleIntervalOf(described);
  const pause =
    idle === 'never' ? 'never pauses itself' : `pauses itself after ${idle} s without connections`;
  return [settingFinding(described, clusterArn), versionFinding(described), ok(PAUSE, pause)];
}
