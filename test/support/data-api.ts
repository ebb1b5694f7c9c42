import {
  type Cluster,
  type DataApiServer,
  type DataApiServerOptions,
  startDataApiServer,
} from '../../local/data-api-server/index';

/** The cluster and the secrets that a request names. */
export interface Target {
  readonly resourceArn: string;
  /** The purger's secret. */
  readonly secretArn: string;
  /** The superuser's secret. */
  readonly adminSecretArn: string;
}

/** How a service behaves; its cluster and its secrets are those of the test run. */
export type ServeOptions = Omit<DataApiServerOptions, 'clusters' | 'secrets'> & {
  /** Replaces the right address or settings of the cluster. */
  readonly cluster?: Partial<Cluster>;
  /** Replaces the right user or password in the purger's secret. */
  readonly purger?: Partial<Login>;
};

/** A database with a Data API in front of it. */
export interface ServedDatabase {
  readonly database: string;
  /** The passwords of its users. */
  readonly passwords: readonly string[];
  readonly dataApi: DataApiServer & Target;
  /** The environment in which a function or an SDK client reaches `dataApi`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts another service for the database, for example with other limits or with faults. */
  serve(options?: ServeOptions): Promise<DataApiServer & Target>;
  /** The environment for a service that `serve` started. */
  environmentOf(dataApi: DataApiServer): Readonly<Record<string, string>>;
  /** Closes the services. */
  close(): Promise<void>;
}

/** A user of a database server. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

const TARGET: Target = {
  resourceArn: 'arn:aws:rds:eu-central-1:123456789012:cluster:sessions',
  secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:purger-AbCdEf',
  adminSecretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin-AbCdEf',
};

/** Serves a database to its purger and its superuser; `options` are those of the first service. */
export async function serveDatabase(
  {
    database,
    cluster,
    purger,
    superuser,
  }: {
    readonly database: string;
    readonly cluster: Cluster;
    readonly purger: Login;
    readonly superuser: Login;
  },
  options: ServeOptions,
): Promise<ServedDatabase> {
  const services: DataApiServer[] = [];
  const serve = async ({ purger: login, cluster: setting, ...behaviour }: ServeOptions = {}) => {
    const service = await startDataApiServer({
      ...behaviour,
      clusters: { [TARGET.resourceArn]: { ...cluster, ...setting } },
      secrets: {
        [TARGET.secretArn]: { ...purger, ...login },
        [TARGET.adminSecretArn]: superuser,
      },
    });
    services.push(service);
    return { ...service, ...TARGET };
  };
  // Django's setting in the tests, where USE_TZ is on unless a test says otherwise.
  const zone = cluster.engine === 'mysql' ? { SESSION_PURGE_TIME_ZONE: 'UTC' } : {};
  const environmentOf = (service: DataApiServer) => ({
    ...environment(service, database),
    ...zone,
  });
  const dataApi = await serve(options);
  return {
    database,
    passwords: [purger.password, superuser.password],
    dataApi,
    environment: environmentOf(dataApi),
    serve,
    environmentOf,
    close: async () => {
      await Promise.all(services.map((service) => service.close()));
    },
  };
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
