import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import {
  type DataApiServer,
  type DataApiServerOptions,
  startDataApiServer,
} from '../../local/data-api-server/index';
import { TEMPLATE, testPostgres } from './test-postgres';

/** A database of its own for one test file, with a Data API in front of it. */
export interface TestDatabase {
  readonly database: string;
  /** The superuser's connections: to prepare what is tested, and to look behind its back. */
  readonly admin: Pool;
  readonly dataApi: DataApiServer & Target;
  /** What a function or an SDK client has to have in its environment to reach `dataApi`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts one more service in front of the database: with other limits, or faults. */
  serve(options?: ServeOptions): Promise<DataApiServer & Target>;
  /** The environment for a service that `serve` started. */
  environmentOf(dataApi: DataApiServer): Readonly<Record<string, string>>;
  /** Closes the services, and drops the database. */
  close(): Promise<void>;
}

/** What a request names. */
export interface Target {
  readonly resourceArn: string;
  /** The purger's secret. */
  readonly secretArn: string;
  /** The superuser's secret. */
  readonly adminSecretArn: string;
}

/** Behaviour of a service; its cluster and its secrets are those of the test run. */
export type ServeOptions = Omit<DataApiServerOptions, 'clusters' | 'secrets'>;

const TARGET: Target = {
  resourceArn: 'arn:aws:rds:eu-central-1:123456789012:cluster:sessions',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:purger-AbCdEf',
  adminSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin-AbCdEf',
};

/** Copies the template database and serves it; `options` are those of its service. */
export async function createDatabase(options: ServeOptions = {}): Promise<TestDatabase> {
  const { host, port, superuser } = testPostgres();
  const login = { host, port, user: superuser.username, password: superuser.password };
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await maintain(login, `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);

  const admin = new Pool({ ...login, database, allowExitOnIdle: true });
  // The database is dropped under its connections at the end.
  admin.on('error', () => {});
  const services: DataApiServer[] = [];
  const serve = async (serveOptions: ServeOptions = {}) => {
    const service = await startService(serveOptions);
    services.push(service);
    return { ...service, ...TARGET };
  };
  const environmentOf = (service: DataApiServer) => environment(service, database);
  const dataApi = await serve(options);

  const close = async () => {
    await Promise.all(services.map((service) => service.close()));
    await admin.end();
    await maintain(login, `DROP DATABASE ${database} WITH (FORCE)`);
  };
  return {
    database,
    admin,
    dataApi,
    environment: environmentOf(dataApi),
    serve,
    environmentOf,
    close,
  };
}

function startService(options: ServeOptions): Promise<DataApiServer> {
  const { host, port, superuser, purger } = testPostgres();
  return startDataApiServer({
    ...options,
    clusters: { [TARGET.resourceArn]: { engine: 'postgresql', host, port } },
    secrets: { [TARGET.secretArn]: purger, [TARGET.adminSecretArn]: superuser },
  });
}

const environment = ({ endpoint }: DataApiServer, database: string) => ({
  AWS_ENDPOINT_URL_RDS_DATA: endpoint,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  SESSION_PURGE_CLUSTER_ARN: TARGET.resourceArn,
  SESSION_PURGE_SECRET_ARN: TARGET.secretArn,
  SESSION_PURGE_DATABASE: database,
});

async function maintain(login: object, sql: string): Promise<void> {
  const client = new Client({ ...login, database: 'postgres' });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
