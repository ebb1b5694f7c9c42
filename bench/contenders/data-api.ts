import { type DataApiServer, startDataApiServer } from '../../local/data-api-server/index';
import type { Login } from '../engines/engine';
import type { Task } from './contender';
import { type Call, type Invoked, invokeOnce } from './function';

const REGION = 'us-east-1';

/** The cluster and the secret of every function of the benchmark. */
export const CLUSTER_ARN = `arn:aws:rds:${REGION}:123456789012:cluster:bench`;
export const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:123456789012:secret:bench-AbCdEf`;

/** An invocation, and what the Data API saw of it. */
export interface Served extends Invoked {
  /** Warm-up included. */
  readonly calls: DataApiServer['calls'];
}

/**
 * Invokes a function in a new process, with a Data API that it shares with no other process.
 *
 * @param login the user of the secret
 */
export async function invokeWithDataApi(
  { target, delayMs, signal }: Task,
  login: Login,
  { env, ...call }: Omit<Call, 'signal'>,
): Promise<Served> {
  const { username, password } = login;
  const server = await startDataApiServer({
    clusters: { [CLUSTER_ARN]: target.cluster },
    secrets: { [SECRET_ARN]: { username, password } },
    onCall: () => ({ delayBeforeMs: delayMs }),
  });
  const place = {
    AWS_ENDPOINT_URL_RDS_DATA: server.endpoint,
    AWS_REGION: REGION,
    // Any value works: the local Data API requires a signature and does not verify it.
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
  try {
    const invoked = await invokeOnce({ ...call, env: { ...place, ...env }, signal });
    return { ...invoked, calls: server.calls };
  } finally {
    await server.close();
  }
}
