import { ExecuteSqlCommand } from '@aws-sdk/client-rds-data';
import { POSTGRESQL } from '../../support/engines';
import { failureOf, useService } from './setup';

const service = useService(POSTGRESQL);

const SIGNATURE = `AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/rds-data/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${service.dataApi.endpoint}${path}`, {
    method: 'POST',
    body,
    headers,
  });
  const { status } = response;
  return { status, error: response.headers.get('x-amzn-errortype'), body: await response.json() };
};

const signed = (path: string, body: unknown) =>
  post(path, typeof body === 'string' ? body : JSON.stringify(body), { authorization: SIGNATURE });

test('refuses a request that is not signed, and does not count it as a call', async () => {
  const before = service.dataApi.calls.length;

  const answer = await post('/Execute', '{}');

  expect(answer).toEqual({
    status: 403,
    error: 'MissingAuthenticationTokenException',
    body: { message: 'Missing Authentication Token' },
  });
  expect(service.dataApi.calls).toHaveLength(before);
});

test('refuses a signature for another service', async () => {
  const authorization = SIGNATURE.replace('rds-data', 's3');
  const answer = await post('/Execute', '{}', { authorization });
  expect(answer).toMatchObject({ status: 403, error: 'InvalidSignatureException' });
});

test('does not know other paths or methods', async () => {
  const get = await fetch(`${service.dataApi.endpoint}/Execute`);
  expect(get.status).toBe(404);
  expect(await signed('/Purge', {})).toMatchObject({
    status: 404,
    error: 'UnknownOperationException',
  });
});

test('answers that ExecuteSql is no longer available', async () => {
  const { resourceArn, secretArn } = service.target;
  const command = new ExecuteSqlCommand({
    dbClusterOrInstanceArn: resourceArn,
    awsSecretStoreArn: secretArn,
    sqlStatements: 'SELECT 1',
  });
  expect(await failureOf(service.client.send(command))).toMatchObject({
    name: 'BadRequestException',
    message: 'This API is deprecated and not available. Use ExecuteStatement API instead',
  });
});

test.each([
  ['no JSON', '{"sql":', 'SerializationException'],
  ['no object', '[]', 'SerializationException'],
  ['a number for a string', { sql: 1 }, 'SerializationException'],
  ['a string for a boolean', { continueAfterTimeout: 'no' }, 'SerializationException'],
  ['an object for a list', { parameters: {} }, 'SerializationException'],
  [
    'a fraction for a long',
    { parameters: [{ value: { longValue: 1.5 } }] },
    'SerializationException',
  ],
  [
    'two values at once',
    { parameters: [{ value: { isNull: true, longValue: 1 } }] },
    'SerializationException',
  ],
  ['no SQL', { sql: undefined }, 'ValidationException'],
  ['too short an ARN', { resourceArn: 'arn' }, 'ValidationException'],
  ['65537 characters of SQL', { sql: 'x'.repeat(65_537) }, 'ValidationException'],
  ['65 characters of database', { database: 'x'.repeat(65) }, 'ValidationException'],
  ['an unknown type hint', { parameters: [{ typeHint: 'INET' }] }, 'ValidationException'],
  ['an unknown result format', { formatRecordsAs: 'XML' }, 'ValidationException'],
])('refuses %s', async (_what, members, error) => {
  const body = typeof members === 'string' ? members : { ...service.target, sql: '', ...members };
  expect(await signed('/Execute', body)).toMatchObject({ status: 400, error });
});

test('accepts 65536 characters of SQL, and members that are not in the model', async () => {
  const sql = 'SELECT 1 --'.padEnd(65_536, ' ');
  const answer = await signed('/Execute', { ...service.target, sql, flavour: 'vanilla' });
  expect(answer).toMatchObject({ status: 200, body: { records: [[{ longValue: 1 }]] } });
});

test('refuses more than 4 MiB', async () => {
  const answer = await signed('/Execute', { ...service.target, sql: 'x'.repeat(4 * 1024 * 1024) });
  expect(answer.status).toBe(413);
});

test('refuses the schema parameter', async () => {
  expect(await service.refusal('SELECT 1', { schema: 'public' })).toMatchObject({
    name: 'ValidationException',
    message: "The schema parameter isn't supported",
  });
});

test('answers for an unknown cluster that its endpoint is not enabled', async () => {
  const resourceArn = `${service.target.resourceArn}-2`;
  expect(await service.refusal('SELECT 1', { resourceArn })).toMatchObject({
    name: 'HttpEndpointNotEnabledException',
    message: `HttpEndpoint is not enabled for resource ${resourceArn}`,
    statusCode: 400,
  });
});

test('answers for an unknown secret that it cannot be found', async () => {
  const secretArn = `${service.target.secretArn}-2`;
  expect(await service.refusal('SELECT 1', { secretArn })).toMatchObject({
    name: 'SecretsErrorException',
    statusCode: 400,
  });
});

test('records each call and its answer', async () => {
  await service.refusal('SELECT nothing');
  expect(service.dataApi.calls.at(-1)).toMatchObject({
    operation: 'ExecuteStatement',
    input: { sql: 'SELECT nothing', database: service.database },
    statusCode: 400,
    error: 'DatabaseErrorException',
  });
});
