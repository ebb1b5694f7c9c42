import type { Address, Login } from './engines/engine';
import { ENGINES, type EngineName } from './engines/index';
import { ServiceError } from './errors';
import type { Service } from './operations';
import { createTransactions } from './transactions';

/** A cluster that the service knows: what is behind its ARN. */
export interface Cluster extends Address {
  readonly engine: EngineName;
  /** @default true */
  readonly httpEndpointEnabled?: boolean;
}

/** What the service stands in front of, and its limits. */
export interface ServiceOptions {
  /** By ARN. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  /** By ARN: the database user of the calls that name it. */
  readonly secrets: Readonly<Record<string, Pick<Login, 'username' | 'password'>>>;
  /** @default 45000, the service's own limit */
  readonly statementTimeoutMs?: number;
  /** @default 180000, the service's own limit */
  readonly transactionIdleMs?: number;
}

/** A service that can be closed: what runs is stopped, what is open rolled back. */
export interface ClosableService extends Service {
  close(): Promise<void>;
}

/** Puts the engines behind their ARNs; connects to nothing yet. */
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

/** The service says the same of a cluster that does not exist and of one whose endpoint is off. */
function notEnabled(arn: string): never {
  const message = `HttpEndpoint is not enabled for resource ${arn}`;
  throw new ServiceError('HttpEndpointNotEnabledException', { message });
}

/** The name is documented, the message is Secrets Manager's own. */
function secretNotFound(): never {
  const message = "Secrets Manager can't find the specified secret.";
  throw new ServiceError('SecretsErrorException', { message });
}
