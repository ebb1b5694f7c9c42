import { setTimeout } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { PurgeReport } from '../../contract/report';
import type { Call, Fault } from '../../local/data-api-server/index';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import { CLOCK_FACTOR, FAST_CLOCK } from '../support/fast-clock';
import { createDatabase, type TestDatabase } from '../support/postgres';

const SEEDS = 40;
const EXPIRED = 60;
const LIVE = ['live-1', 'live-2', 'live-3'];

/** Short, since a run waits this long for a service that does not answer. */
const TIMEOUT_MS = 4000;

let db: TestDatabase;
let run: DeployedFunction;
let hurried: DeployedFunction;
let calm: DeployedFunction;
let faults: readonly (Fault | null)[] = [];
let calls = 0;

beforeAll(async () => {
  const onCall = (_call: Call) => faults[calls++] ?? undefined;
  db = await createDatabase({ onCall });
  const env = {
    ...db.environment,
    SESSION_PURGE_MAX_BATCH_SIZE: '20',
    SESSION_PURGE_TARGET_BATCH_MS: '50',
  };
  run = deploy({ env: { ...env, ...FAST_CLOCK }, timeoutMs: TIMEOUT_MS });
  hurried = deploy({ env, timeoutMs: TIMEOUT_MS });
  calm = deploy({ env: { ...env, ...FAST_CLOCK } });
});

afterAll(async () => {
  await Promise.all([run.stop(), hurried.stop(), calm.stop()]);
  await db.close();
});

async function fill(): Promise<void> {
  await db.admin.query('TRUNCATE django_session');
  await db.admin.query(
    `INSERT INTO django_session SELECT 'old-' || n, 'x', now() - interval '2 days' - n % 7 * interval '1 s'
     FROM generate_series(1, ${EXPIRED}) AS n`,
  );
  await db.admin.query(
    `INSERT INTO django_session SELECT unnest($1::text[]), 'x', now() + interval '1 day'`,
    [LIVE],
  );
}

async function keys(): Promise<string[]> {
  const { rows } = await db.admin.query('SELECT session_key FROM django_session ORDER BY 1');
  return rows.map(({ session_key }) => session_key);
}

const said = (error: string, message = 'told to fail') => ({ answer: { error, message } });

const executes = fc.boolean();

const fault: fc.Arbitrary<Fault | null> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  {
    weight: 3,
    arbitrary: fc.record({
      answer: fc.constantFrom(
        'lost' as const,
        { error: 'InternalServerErrorException' },
        { statusCode: 502, body: '<html>Bad Gateway</html>' },
        said('DatabaseErrorException', 'Communications link failure').answer,
      ),
      executes,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Fault>({ answer: 'truncated' }) },
  { weight: 1, arbitrary: fc.record({ answer: fc.constant('none' as const), executes }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fault>(
      said('ThrottlingException'),
      said('StatementTimeoutException'),
      said('DatabaseErrorException', 'ERROR: deadlock detected; SQLState: 40P01'),
      said('DatabaseErrorException', 'ERROR: canceled; SQLState: 57014'),
    ),
  },
);

/** Waits for a statement that the run has not waited for: the server ends it all the same. */
async function untilIdle(): Promise<void> {
  const running = `SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()`;
  while ((await db.admin.query(running)).rows.length > 0) await setTimeout(20);
}

/** A run under these faults: its report, its error if it fails, and how many rows it deleted. */
async function disturbedRun(by: DeployedFunction, script: readonly (Fault | null)[]) {
  const before = (await keys()).length;
  faults = script;
  calls = 0;
  const { log, error } = await by.invoke();
  faults = [];
  await untilIdle();
  const report = log.at(-1)?.report as PurgeReport;
  return { report, error, gone: before - (await keys()).length };
}

it(
  'whatever becomes of its calls, a run claims what went and no more, and the next one ends the work',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 9 }), async (script) => {
        await fill();

        const { report, error, gone } = await disturbedRun(run, script);

        expect(error?.errorType ?? 'DatabaseError').toBe('DatabaseError');
        expect(report.durationMs / CLOCK_FACTOR).toBeLessThanOrEqual(TIMEOUT_MS - 2000);
        expect(report.rowsDeleted).toBeLessThanOrEqual(gone);
        if (report.unknownOutcomes === 0) expect(report.rowsDeleted).toBe(gone);
        expect(await keys()).toEqual(expect.arrayContaining(LIVE));

        const last = await calm.invoke();
        expect(last.report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED - gone });
        expect(await keys()).toEqual(LIVE);
      }),
      { numRuns: SEEDS },
    ),
  120_000,
);

it('ends in time although the service never answers', async () => {
  await fill();

  const { report, error } = await disturbedRun(hurried, Array<Fault>(50).fill({ answer: 'none' }));

  expect(error?.errorType).toBe('DatabaseError');
  expect(report).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
  expect(report.durationMs).toBeLessThanOrEqual(TIMEOUT_MS - 2000);
});
