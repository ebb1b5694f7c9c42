import type { Call, Fault } from '../../local/data-api-server/index';
import { CLOCK_FACTOR } from '../support/fast-clock';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { purgeWith, seedBacklog } from './purge-with';

const ROWS = 600;

let db: TestDatabase;

beforeEach(async () => {
  db = await createDatabase();
  await seedBacklog(db, ROWS);
});

afterEach(() => db.close());

const refusal = (error: string, message: string): Fault => ({ answer: { error, message } });

const RESUMING = refusal(
  'DatabaseResumingException',
  'The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again.',
);
const LINK_FAILURE = refusal('BadRequestException', 'Communications link failure');
const UNAVAILABLE = refusal('DatabaseUnavailableException', 'not available');
const TIMED_OUT = refusal('StatementTimeoutException', 'Statement timed out');

describe('a paused cluster', () => {
  /** `answered`: so many of the refusals are taken for an answer, and another statement is sent. */
  it.each<[string, readonly Fault[], answered?: number]>([
    ['says so', [RESUMING]],
    ['speaks as the first version of the service', [LINK_FAILURE]],
    ['is not there at times', [RESUMING, UNAVAILABLE]],
    ['lets a statement run into its limit', [RESUMING, TIMED_OUT], 1],
    ['says so last', [TIMED_OUT, UNAVAILABLE, RESUMING], 1],
  ])('that %s is waited for, and the report tells how long', async (_how, faults, answered = 0) => {
    const pausedMs = 1200 / CLOCK_FACTOR;
    let firstMs: number | undefined;
    const asleep = ({ index, receivedAtMs }: Call) => {
      firstMs ??= receivedAtMs;
      if (receivedAtMs - firstMs >= pausedMs && index >= faults.length) return undefined;
      return faults[index % faults.length];
    };

    const { report, calls } = await purgeWith(db, asleep);

    const refused = calls.filter(({ error }) => error !== undefined);
    const accepted = calls.find(({ error }) => error === undefined);
    expect(report).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: ROWS,
      retries: refused.length - answered,
    });
    expect(Number(accepted?.receivedAtMs) - Number(firstMs)).toBeGreaterThanOrEqual(pausedMs);
    // The wait begins with the first refusal that is not taken for an answer.
    const beganMs = Number(refused[answered]?.receivedAtMs) - Number(firstMs);
    expect(report?.wakeMs).toBeGreaterThanOrEqual((pausedMs - beganMs) * CLOCK_FACTOR);
  });

  it('that does not wake within the budget is a failure that names the setting', async () => {
    const { error, log, metrics, calls } = await purgeWith(db, () => RESUMING, {
      SESSION_PURGE_WAKE_BUDGET_SECONDS: '2',
    });

    expect(error).toMatchObject({
      errorType: 'DatabaseError',
      errorMessage: expect.stringMatching(
        /^the cluster did not wake within 2 s \(attempts: \d+\): DatabaseResumingException: .*; raise SESSION_PURGE_WAKE_BUDGET_SECONDS$/,
      ),
    });
    expect(error?.errorMessage).toContain(`(attempts: ${calls.length})`);
    expect(log.at(-1)).toMatchObject({
      report: { stopReason: 'failed', rowsDeleted: 0, tables: [] },
    });
    expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count', Successes: '0 Count' });
  });

  it("that does not wake in the invocation's time is a failure that names the timeout", async () => {
    const { error } = await purgeWith(db, () => RESUMING, {}, 5000);

    expect(error?.errorMessage).toMatch(
      /^the cluster did not wake within the \d s that the invocation had for it .*; raise the function's timeout$/,
    );
  });
});
