import { type Cluster, startDataApiServer } from '../../local/data-api-server/index';
import type { Resources } from './resources';

/** What only exists in the local Data API is named like what exists on AWS. */
const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const CLUSTER_ARN = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:local`;
const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:local-AbCdEf`;

/** A database server, and who logs in to which of its databases. */
export interface LocalDatabase {
  readonly cluster: Cluster;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** Puts a local Data API in front of a database, and answers with the environment of a function that uses it. */
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
    // Anything will do: the local Data API wants a signature and does not verify it.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: SECRET_ARN,
    SESSION_PURGE_DATABASE: database,
  };
}

/** The event of a schedule, exactly as EventBridge sends it. */
export function scheduledEvent(now: Date, id: string) {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/session-purge`],
    detail: {},
  };
}
