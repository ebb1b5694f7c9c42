import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, Fault } from '../../local/data-api-server/index';
import { seedSessions } from '../../local/django-table';
import { deploy, type Invoked } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';

const ROWS = 1200;

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
  await seedSessions(db.admin, { expired: ROWS, live: 10, expiredOverDays: 900 });
  await db.admin.query(
    `UPDATE django_session SET expire_date = expire_date - interval '1 day' WHERE expire_date < now()`,
  );
});

afterEach(() => db.close());

const isDelete = ({ input }: Call) => String(input.sql).includes('DELETE FROM');

/** Faults for the first so many calls of a kind; the rest are answered. */
function first(times: number, of: (call: Call) => boolean, fault: Fault) {
  let left = times;
  return (call: Call): Fault | undefined => {
    if (!of(call) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

async function purgeWith(
  onCall: (call: Call) => Fault | undefined,
  env: Record<string, string> = {},
  timeoutMs = 60_000,
): Promise<Invoked> {
  const faulty = await db.serve({ onCall });
  const { invoke, stop } = deploy({ env: { ...db.environmentOf(faulty), ...env }, timeoutMs });
  return invoke().finally(stop);
}

async function expiredLeft(): Promise<number> {
  const { rows } = await db.admin.query(
    'SELECT count(*)::int AS n FROM django_session WHERE expire_date < now()',
  );
  return rows[0].n;
}

const error = (name: string, message = 'told to fail'): Fault => ({
  answer: { error: name, message },
});

const sqlError = (text: string, sqlState: string): Fault =>
  error('DatabaseErrorException', `ERROR: ${text}; SQLState: ${sqlState}`);

describe('a fault that passes is passed over', () => {
  it.each<[string, Fault, object]>([
    ['throttling', error('ThrottlingException', 'Rate exceeded'), { retries: 1 }],
    ['an unavailable writer', error('DatabaseUnavailableException'), { retries: 1 }],
    ['an unavailable service', error('ServiceUnavailableError'), { retries: 1 }],
    ['a deadlock', sqlError('deadlock detected', '40P01'), { retries: 1 }],
    ['a serialization failure', sqlError('could not serialize access', '40001'), { retries: 1 }],
    [
      'a lock timeout',
      sqlError('canceling statement due to lock timeout', '55P03'),
      { retries: 1 },
    ],
    ['a failover', sqlError('cannot execute DELETE in a read-only transaction', '25006'), {}],
    ['too many connections', sqlError('too many connections', '53300'), { retries: 1 }],
    ['a statement stopped after 45 s', error('StatementTimeoutException'), { retries: 0 }],
    ['a statement cancelled', sqlError('canceling statement', '57014'), { retries: 0 }],
    ['an answer lost before the delete ran', { answer: 'lost' }, { unknownOutcomes: 1 }],
    ['an internal error', error('InternalServerErrorException'), { unknownOutcomes: 1 }],
    [
      'a bare 502 with a page for people',
      { answer: { statusCode: 502, body: '<html>Bad Gateway</html>', contentType: 'text/html' } },
      { unknownOutcomes: 1 },
    ],
  ])('%s', async (_fault, fault, expected) => {
    const { report } = await purgeWith(first(1, isDelete, fault));

    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: ROWS,
      unknownOutcomes: 0,
      ...expected,
    });
    expect(await expiredLeft()).toBe(0);
  });
});

describe('an answer lost after the delete ran', () => {
  it.each<[string, Fault]>([
    ['with the connection', { answer: 'lost', executes: true }],
    ['in the middle of the answer', { answer: 'truncated' }],
  ])('%s is counted as unknown, never as rows', async (_how, fault) => {
    const { report, metrics } = await purgeWith(first(1, isDelete, fault));

    expect(report).toMatchObject({ stopReason: 'drained', unknownOutcomes: 1 });
    expect(report?.rowsDeleted).toBe(ROWS - 500);
    expect(metrics[0]?.metrics.UnknownOutcomes).toBe('1 Count');
    expect(await expiredLeft()).toBe(0);
  });
});

it('waits for a paused cluster, and tells how long', async () => {
  const resuming = error('DatabaseResumingException', 'is resuming after being auto-paused');

  const { report, log } = await purgeWith(first(3, () => true, resuming));

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: ROWS, retries: 3 });
  expect(report?.wakeMs).toBeGreaterThan(0);
  expect(log).toContainEqual(
    expect.objectContaining({
      level: 'WARN',
      message: 'call repeated',
      retry: expect.objectContaining({ code: 'DatabaseResumingException', attempt: 1 }),
    }),
  );
});

describe('a fault that stays ends the run, once what was done is told', () => {
  it.each<[string, Fault, string]>([
    [
      'a role without the action',
      error('AccessDeniedException', 'not authorized'),
      "statement failed: AccessDeniedException: not authorized; the function's role needs rds-data:ExecuteStatement on the cluster, secretsmanager:GetSecretValue on the secret and, with a key of your own, kms:Decrypt on it",
    ],
    [
      'a Data API turned off',
      error('HttpEndpointNotEnabledException', 'HttpEndpoint is not enabled'),
      "statement failed: HttpEndpointNotEnabledException: HttpEndpoint is not enabled; enable the cluster's Data API; after a rename of the cluster disable it first",
    ],
    [
      'a bad request',
      error('BadRequestException', 'no'),
      'statement failed: BadRequestException: no',
    ],
    [
      'a request that AWS finds malformed',
      error('ValidationException', 'no'),
      'statement failed: ValidationException: no',
    ],
  ])('%s', async (_fault, fault, message) => {
    let deletes = 0;
    const fromTheThirdDeleteOn = (call: Call) => {
      if (isDelete(call)) deletes += 1;
      return deletes >= 3 ? fault : undefined;
    };

    const small = { SESSION_PURGE_MAX_BATCH_SIZE: '100' };
    const { error, log, metrics } = await purgeWith(fromTheThirdDeleteOn, small);

    expect(error).toMatchObject({ errorType: 'DatabaseError', errorMessage: message });
    expect(log.at(-1)).toMatchObject({
      level: 'ERROR',
      message: 'failed: 200 rows deleted',
      report: { stopReason: 'failed', rowsDeleted: 200, batches: 2 },
    });
    expect(metrics[0]?.metrics).toMatchObject({
      Failures: '1 Count',
      Successes: '0 Count',
      RowsDeleted: '200 Count',
    });
    expect(await expiredLeft()).toBe(ROWS - 200);
  });
});

it('answers in time although the service does not', async () => {
  const { error, report, log } = await purgeWith(first(9, isDelete, { answer: 'none' }), {}, 5000);

  expect(error).toBeUndefined();
  expect(report).toMatchObject({ stopReason: 'time-budget', rowsDeleted: 0, unknownOutcomes: 1 });
  expect(log.at(-1)?.message).toBe('time-budget: 0 rows deleted');
});

it('answers in time although an answer stalls in its middle', async () => {
  const stalled = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('{"records":');
  }).listen(0, '127.0.0.1');
  await once(stalled, 'listening');
  const { port } = stalled.address() as AddressInfo;
  const env = { ...db.environment, AWS_ENDPOINT_URL_RDS_DATA: `http://127.0.0.1:${port}` };
  const { invoke, stop } = deploy({ env, timeoutMs: 5000 });

  const { error, log } = await invoke().finally(stop);

  expect(error).toMatchObject({
    errorType: 'DatabaseError',
    errorMessage: expect.stringMatching(/^statement failed: ETIMEDOUT: no answer within \d+ ms$/),
  });
  expect(log.at(-1)).toMatchObject({ report: { stopReason: 'failed', rowsDeleted: 0 } });
  stalled.closeAllConnections();
  stalled.close();
});

it('logs its progress on a long run', async () => {
  const slow: Fault = { delayBeforeMs: 2600 };

  const { log } = await purgeWith((call) => (isDelete(call) ? slow : undefined), {
    SESSION_PURGE_MAX_BATCH_SIZE: '200',
    SESSION_PURGE_TARGET_BATCH_MS: '5000',
  });

  expect(log.find(({ message }) => message === 'purging')).toMatchObject({
    progress: {
      table: 'public.django_session',
      rowsDeleted: expect.any(Number),
      rowsPerSecond: expect.any(Number),
      oldestExpired: expect.stringMatching(/^\d{4}-/),
    },
  });
});
