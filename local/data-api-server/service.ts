import type { Address, Login } from './engines/engine';
import { ENGINES, type EngineName } from './engines/index';
import { ServiceError } from './errors';
import type { Service } from './operations';
import { createTransactions } from './transactions';

/** The database behind the ARN of a cluster. */
export interface Cluster extends Address {
  readonly engine: EngineName;
  /** @default true */
  readonly httpEndpointEnabled?: boolean;
}

/** The databases of the service, and its limits. */
export interface ServiceOptions {
  /** By ARN. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  /** By ARN: the database user for calls that name this secret. */
  readonly secrets: Readonly<Record<string, Pick<Login, 'username' | 'password'>>>;
  /** @default 45000, the service's own limit */
  readonly statementTimeoutMs?: number;
  /** @default 180000, the service's own limit */
  readonly transactionIdleMs?: number;
}

/** A service that can be closed, which stops statements and rolls back transactions. */
export interface ClosableService extends Service {
  close(): Promise<void>;
}

/** Creates the engines of the clusters. Does not connect yet. */
export function createService(options: ServiceOptions): ClosableService {
  const { clusters, secrets, statementTimeoutMs = 45_000, transactionIdleMs = 180_000 } = options;
  const enabled = Object.entries(clusters).filter(([, it]) => it.httpEndpointEnabled !== false);
  const engines = new Map(
    enabled.map(([arn, { engine, ...address }]) => [arn, ENGINES[engine](address)]),
  );
  const transactions = createTransactions(transactionIdleMs);
  return {
    transactions,
    statementTimeoutMs,
    engineOf: (arn) => engines.get(arn) ?? notEnabled(arn),
    credentialsOf: (arn) => secrets[arn] ?? secretNotFound(),
    close: async () => {
      await transactions.close();
      await Promise.all([...engines.values()].map((engine) => engine.close()));
    },
  };
}

/** The service answers the same for a cluster that does not exist and for one whose endpoint is off. */
function notEnabled(arn: string): never {
  const message = `HttpEndpoint is not enabled for resource ${arn}`;
  throw new ServiceError('HttpEndpointNotEnabledException', { message });
}

/** The name of the error is documented. The message is that of Secrets Manager. */
function secretNotFound(): never {
  const message = "Secrets Manager can't find the specified secret.";
  throw new ServiceError('SecretsErrorException', { message });
}
