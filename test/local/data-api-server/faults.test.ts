import { ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import type { Call, Fault } from '../../../local/data-api-server/index';
import { POSTGRESQL } from '../../support/engines';
import { until } from '../until';
import { caller, clientOf, useService } from './setup';

const service = useService(POSTGRESQL);

beforeAll(() => service.execute('CREATE TABLE numbers (n int)'));
beforeEach(() => service.execute('TRUNCATE numbers'));

const INSERT = 'INSERT INTO numbers VALUES (1)';
const countOfRows = async () => (await service.query('SELECT FROM numbers')).length;

/** Starts a service that meets the fault on its first call. */
const serveFaulty = async (fault: Fault) => {
  const dataApi = await service.serve({ onCall: ({ index }) => (index === 0 ? fault : undefined) });
  return { dataApi, ...caller(dataApi, service.database) };
};

test.each([
  ['DatabaseResumingException', 'The Aurora DB instance is resuming.', 400],
  ['StatementTimeoutException', 'Request timed out', 400],
  ['ThrottlingException', 'Rate exceeded', 400],
  ['ForbiddenException', 'No.', 403],
  ['DatabaseNotFoundException', 'No instance.', 404],
])('answers %s when told to, and executes nothing', async (error, message, statusCode) => {
  const { refusal } = await serveFaulty({ answer: { error, message } });
  expect(await refusal(INSERT)).toMatchObject({ name: error, message, statusCode });
  expect(await countOfRows()).toBe(0);
});

test.each([
  ['InternalServerErrorException', 500],
  ['ServiceUnavailableError', 503],
  ['DatabaseUnavailableException', 504],
])('answers %s without a message, as the model has it', async (error, statusCode) => {
  const { refusal } = await serveFaulty({ answer: { error, message: 'not sent' } });
  const failure = await refusal(INSERT);
  expect(failure).toMatchObject({ name: error, statusCode });
  expect(failure.message).not.toContain('not sent');
});

test('answers an error with another status, and after the execution, when told to', async () => {
  const answer = { error: 'ThrottlingException', message: 'Rate exceeded', statusCode: 429 };
  const { refusal } = await serveFaulty({ answer, executes: true });
  expect(await refusal(INSERT)).toMatchObject({ name: 'ThrottlingException', statusCode: 429 });
  expect(await countOfRows()).toBe(1);
});

test('answers a page that is no JSON', async () => {
  const answer = { statusCode: 503, body: '<html>Service Unavailable</html>' };
  const { refusal } = await serveFaulty({ answer });
  expect(await refusal(INSERT)).toMatchObject({ statusCode: 503 });
});

test('answers half of an answer', async () => {
  const { refusal } = await serveFaulty({ answer: 'truncated' });
  expect(await refusal(INSERT)).toMatchObject({ name: 'SyntaxError' });
  expect(await countOfRows()).toBe(1);
});

test.each([
  ['before', false, 0],
  ['after', true, 1],
])('loses an answer %s the execution', async (_when, executes, rows) => {
  const { refusal, dataApi } = await serveFaulty({ answer: 'lost', executes });
  expect(await refusal(INSERT)).toMatchObject({
    message: expect.stringContaining('socket hang up'),
  });
  expect(await countOfRows()).toBe(rows);
  expect(dataApi.calls).toEqual([expect.not.objectContaining({ statusCode: expect.anything() })]);
});

test('gives no answer until the client aborts the call', async () => {
  const { client, target } = await serveFaulty({ answer: 'none' });
  const abortSignal = AbortSignal.timeout(50);
  const call = client.send(new ExecuteStatementCommand({ ...target, sql: INSERT }), {
    abortSignal,
  });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(await countOfRows()).toBe(0);
});

test('waits before and after the execution', async () => {
  const { execute, dataApi } = await serveFaulty({ delayBeforeMs: 30, delayAfterMs: 30 });
  const startedAtMs = performance.now();
  await execute(INSERT);
  // A timer may fire a millisecond early.
  expect(performance.now() - startedAtMs).toBeGreaterThan(58);
  expect(dataApi.calls).toMatchObject([{ statusCode: 200, executionMs: expect.any(Number) }]);
});

test('says how long a call took without the waits, and nothing of one that was not executed', async () => {
  const slow = await serveFaulty({ delayBeforeMs: 600 });
  await slow.execute(INSERT);
  expect(slow.dataApi.calls[0]?.executionMs).toBeLessThan(600);
  const never = await serveFaulty({ answer: { error: 'ForbiddenException' } });
  await never.refusal(INSERT);
  expect(never.dataApi.calls[0]).not.toHaveProperty('executionMs');
});

test('ends waiting calls when it is closed', async () => {
  const { dataApi, refusal } = await serveFaulty({ delayBeforeMs: 600_000 });
  const waiting = refusal(INSERT);
  await until('a call', () => dataApi.calls.length > 0);
  await dataApi.close();
  expect(await waiting).toMatchObject({ message: expect.stringContaining('socket hang up') });
});

test('lets a test do something between two calls', async () => {
  const onCall = async (call: Call) => {
    if (call.index === 0) await service.query(INSERT);
    return undefined;
  };
  const { field } = caller(await service.serve({ onCall }), service.database);
  expect(await field('SELECT count(*) FROM numbers')).toEqual({ longValue: 1 });
});

test("counts each attempt of the SDK's own retries", async () => {
  const answer = { error: 'ServiceUnavailableError' };
  const { dataApi, target } = await serveFaulty({ answer });
  const { $metadata } = await clientOf(dataApi, 3).send(
    new ExecuteStatementCommand({ ...target, sql: 'SELECT 1' }),
  );
  expect($metadata.attempts).toBe(2);
  expect(dataApi.calls.map(({ statusCode }) => statusCode)).toEqual([503, 200]);
});
