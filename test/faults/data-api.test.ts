import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, Fault } from '../../local/data-api-server/index';
import { deploy } from '../support/deployed-function';
import { CLOCK_FACTOR } from '../support/fast-clock';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { plainSql } from '../support/sent-sql';
import { purgeWith, seedBacklog } from './purge-with';

const ROWS = 1200;

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
  await seedBacklog(db, ROWS);
});

afterEach(() => db.close());

const isDelete = ({ input }: Call) => plainSql(input.sql).includes('DELETE FROM');

/** A fault for the first calls of a kind, `times` of them; the other calls are answered. */
function first(times: number, of: (call: Call) => boolean, fault: Fault) {
  let left = times;
  return (call: Call): Fault | undefined => {
    if (!of(call) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

const error = (name: string, message = 'told to fail'): Fault => ({
  answer: { error: name, message },
});

it('waits for a paused cluster, and tells how long', async () => {
  const resuming = error('DatabaseResumingException', 'is resuming after being auto-paused');

  const { report, log } = await purgeWith(
    db,
    first(3, () => true, resuming),
  );

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

describe('a cluster that switches over, or has its Data API off', () => {
  const off = error('HttpEndpointNotEnabledException', 'HttpEndpoint is not enabled');

  it('is waited for by a purge', async () => {
    const { report } = await purgeWith(
      db,
      first(3, () => true, off),
    );

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: ROWS, retries: 3 });
  });

  it('is reported at once to whoever waits for a dry run', async () => {
    const { error, calls } = await purgeWith(
      db,
      first(3, () => true, off),
      {},
      60_000,
      { dryRun: true },
    );

    expect(error?.errorMessage).toContain('; aws rds enable-http-endpoint --resource-arn arn:aws');
    expect(calls).toHaveLength(1);
  });
});

it('answers in time although the service does not', async () => {
  const { error, report, log } = await purgeWith(
    db,
    first(9, isDelete, { answer: 'none' }),
    { CLOCK_FACTOR: '1' },
    5000,
  );

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
  const { invoke, stop } = deploy({ env, timeoutMs: 3600 });

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
  const slow: Fault = { delayBeforeMs: 2600 / CLOCK_FACTOR };

  const { log } = await purgeWith(db, (call) => (isDelete(call) ? slow : undefined), {
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
