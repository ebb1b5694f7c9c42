import { variableOf } from '../../contract/settings';
import { type Cluster, startDataApiServer } from '../../local/data-api-server/index';
import type { Resources } from './resources';

/** Names that look like those on AWS, for a cluster and a secret that only the local Data API knows. */
const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const CLUSTER_ARN = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:local`;
const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:local-AbCdEf`;

/** A database, and the user who purges it. */
export interface LocalDatabase {
  readonly cluster: Cluster;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** Starts a local Data API in front of a database; returns the environment of a function that uses it. */
export async function serveLocally(
  resources: Resources,
  { cluster, username, password, database }: LocalDatabase,
): Promise<Record<string, string>> {
  const { endpoint } = await resources.keep(
    () =>
      startDataApiServer({
        clusters: { [CLUSTER_ARN]: cluster },
        secrets: { [SECRET_ARN]: { username, password } },
      }),
    ({ close }) => close(),
  );
  return {
    AWS_ENDPOINT_URL_RDS_DATA: endpoint,
    AWS_REGION: REGION,
    // Any value works: the local Data API requires a signature and does not verify it.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    [variableOf('clusterArn')]: CLUSTER_ARN,
    [variableOf('secretArn')]: SECRET_ARN,
    [variableOf('database')]: database,
  };
}
