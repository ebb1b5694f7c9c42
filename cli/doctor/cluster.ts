import { type DBCluster, DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { clusterRegion } from '../../contract/arn';
import type { Finding } from '../../contract/report';
import type { IdleInterval } from './auto-pause';
import { finding } from './finding';

/** A cluster as AWS describes it, or the reason why AWS does not. */
export type Described = DBCluster | { readonly unknown: string };

const isUnknown = (described: Described): described is { readonly unknown: string } =>
  'unknown' in described;

/** The doctor can do without the description, so it does not wait long for it. */
const TIMEOUT_MS = 5000;

/** Asks AWS with the caller's credentials; a failure is part of the answer. */
export async function describeCluster(clusterArn: string): Promise<Described> {
  const client = new RDSClient({
    region: clusterRegion(clusterArn) ?? '',
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

/** When the cluster pauses itself. Only Serverless v2 with a minimum capacity of 0 does. */
export function idleIntervalOf(described: Described): IdleInterval {
  if (isUnknown(described)) return 'unknown';
  const { MinCapacity, SecondsUntilAutoPause } = described.ServerlessV2ScalingConfiguration ?? {};
  return MinCapacity === 0 ? (SecondsUntilAutoPause ?? DEFAULT_IDLE_SECONDS) : 'never';
}

const SETTING = 'Data API setting';
const VERSION = 'Aurora version';
const PAUSE = 'auto-pause';

function settingFinding({ HttpEndpointEnabled, Status }: DBCluster, clusterArn: string): Finding {
  if (HttpEndpointEnabled)
    return finding(SETTING, 'ok', `on; the cluster is ${Status ?? 'in no known state'}`);
  const fix = `aws rds enable-http-endpoint --resource-arn ${clusterArn}`;
  return finding(SETTING, 'failing', 'off', fix);
}

/** Aurora MySQL before 3.07 has no Data API. For PostgreSQL, the function asks the server. */
function versionFinding({ Engine = '', EngineVersion = '' }: DBCluster): Finding {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(EngineVersion) ?? [];
  const isOld = major !== undefined && Number(major) * 100 + Number(minor) < 307;
  const detail = `${Engine} ${EngineVersion}`;
  return isOld
    ? finding(VERSION, 'failing', detail, 'upgrade to Aurora MySQL 3.07 or later')
    : finding(VERSION, 'ok', detail);
}

function pauseFinding(described: DBCluster): Finding {
  const idle = idleIntervalOf(described);
  const detail =
    idle === 'never' ? 'never pauses itself' : `pauses itself after ${idle} s without connections`;
  return finding(PAUSE, 'ok', detail);
}

/** What AWS says about the cluster itself. */
export function clusterFindings(described: Described, clusterArn: string): Finding[] {
  if (isUnknown(described))
    return [SETTING, VERSION, PAUSE].map((requirement) =>
      finding(requirement, 'unknown', described.unknown),
    );
  return [
    settingFinding(described, clusterArn),
    versionFinding(described),
    pauseFinding(described),
  ];
}
