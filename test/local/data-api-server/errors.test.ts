import { ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { startDataApiServer } from '../../../local/data-api-server/index';
import { testPostgres } from '../../support/test-postgres';
import { clientOf, failureOf, setup } from './setup';

let service: Awaited<ReturnType<typeof setup>>;
beforeAll(async () => {
  service = await setup();
});
afterAll(() => service.close());

test('says what PostgreSQL says, where, and with which SQLSTATE', async () => {
  expect(await service.refusal('SELECT * FROM nowhere')).toMatchObject({
    name: 'DatabaseErrorException',
    message: 'ERROR: relation "nowhere" does not exist; Position: 15; SQLState: 42P01',
    statusCode: 400,
  });
});

test('says no position where PostgreSQL has none', async () => {
  await service.execute('CREATE TABLE unique_numbers (n int PRIMARY KEY)');
  const sql = 'INSERT INTO unique_numbers VALUES (1), (1)';
  expect(await service.refusal(sql)).toMatchObject({
    message:
      'ERROR: duplicate key value violates unique constraint "unique_numbers_pkey"; SQLState: 23505',
  });
});

test('names a database that does not exist as the service does', async () => {
  expect(await service.refusal('SELECT 1', { database: 'nowhere' })).toMatchObject({
    name: 'DatabaseErrorException',
    message: 'ERROR: database "nowhere" does not exist; SQLState: 3D000',
  });
});

const RESOURCE_ARN = 'arn:aws:rds:eu-central-1:123456789012:cluster:other';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other';

/** Runs a statement through a service in front of another address, or with another password. */
async function failureOfOther(changes: { port?: number; password?: string; enabled?: boolean }) {
  const { host, port, purger } = testPostgres();
  const cluster = { engine: 'postgresql', host, port: changes.port ?? port } as const;
  const other = await startDataApiServer({
    clusters: { [RESOURCE_ARN]: { ...cluster, httpEndpointEnabled: changes.enabled ?? true } },
    secrets: { [SECRET_ARN]: { ...purger, password: changes.password ?? purger.password } },
  });
  const target = { resourceArn: RESOURCE_ARN, secretArn: SECRET_ARN, database: service.database };
  const statement = new ExecuteStatementCommand({ ...target, sql: 'SELECT 1' });
  return failureOf(clientOf(other).send(statement)).finally(() => other.close());
}

test('logs in as the user of the secret, with its password', async () => {
  expect(await failureOfOther({ password: 'wrong' })).toMatchObject({
    name: 'DatabaseErrorException',
    message: 'FATAL: password authentication failed for user "purger"; SQLState: 28P01',
  });
});

test('answers that the database is unavailable when nothing listens', async () => {
  expect(await failureOfOther({ port: 1 })).toMatchObject({
    name: 'DatabaseUnavailableException',
    statusCode: 504,
  });
});

test('answers that the endpoint is not enabled when it is off', async () => {
  expect(await failureOfOther({ enabled: false })).toMatchObject({
    name: 'HttpEndpointNotEnabledException',
    message: `HttpEndpoint is not enabled for resource ${RESOURCE_ARN}`,
  });
});
