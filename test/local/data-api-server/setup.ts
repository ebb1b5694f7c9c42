import {
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  RDSDataClient,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import type { DataApiServer } from '../../../local/data-api-server/index';
import type { ServeOptions, Target } from '../../support/data-api';
import type { EngineDatabase } from '../../support/engine-database';
import type { Engine } from '../../support/engines';

/** A database, its service, and functions that run a statement through it as the superuser. */
export type Service = EngineDatabase & ReturnType<typeof caller>;

/** Gives the tests of a group one service; `options` say how it behaves. */
export function useService(engine: Engine, options: ServeOptions = {}): Service {
  const service = {} as Service;
  beforeAll(async () => {
    const db = await engine.createDatabase(options);
    Object.assign(service, db, caller(db.dataApi, db.database));
  });
  afterAll(() => service.close());
  return service;
}

/**
 * Functions that run a statement through a service, as the superuser unless they get another secret.
 */
export function caller(dataApi: DataApiServer & Target, database: string) {
  const client = clientOf(dataApi);
  const { resourceArn, adminSecretArn: secretArn } = dataApi;
  const target = { resourceArn, secretArn, database };

  const execute = (sql: string, rest: Statement = {}) =>
    client.send(new ExecuteStatementCommand({ ...target, sql, ...rest }));

  /** The only field of the only record. */
  const field = async (sql: string, rest: Statement = {}): Promise<Field | undefined> =>
    (await execute(sql, rest)).records?.[0]?.[0];

  const refusal = (sql: string, rest: Statement = {}) => failureOf(execute(sql, rest));

  return { client, target, execute, field, refusal };
}

/** The members of a request, without the target. */
export type Statement = Partial<ExecuteStatementCommandInput>;

/** An SDK client that does not retry, so that a test sees each answer. */
export const clientOf = ({ endpoint }: DataApiServer, maxAttempts = 1): RDSDataClient =>
  new RDSDataClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
  });

/** The error of a call: the answer of the service, or the client's own when there was no answer. */
export async function failureOf(call: Promise<unknown>) {
  const error = await call.then(
    () => Promise.reject(new Error('expected a failure, got an answer')),
    (reason) => reason,
  );
  const { name, message, $metadata, dbConnectionId } = error;
  return { name, message, statusCode: $metadata?.httpStatusCode, dbConnectionId };
}

/** A parameter with a string value. */
export const text = (name: string, stringValue: string): SqlParameter => ({
  name,
  value: { stringValue },
});
