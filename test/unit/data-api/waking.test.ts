import {
  BadRequestException,
  DatabaseErrorException,
  DatabaseResumingException,
  DatabaseUnavailableException,
  StatementTimeoutException,
} from '@aws-sdk/client-rds-data';
import { dataApi } from '../../../lambda/data-api/data-api';
import type { Statement } from '../../../lambda/data-api/statement';
import { fakeClock } from '../../support/fake-clock';
import { type Reply, scriptedClient, unmodelled } from '../../support/scripted-client';

const READ = { sql: 'SELECT 1', parameters: {}, mode: 'read' } as const;
const DELETE = { ...READ, mode: 'delete' } as const;
const ASK = { ...READ, mode: 'ask' } as const;
const TARGET = { clusterArn: 'c', secretArn: 's', database: 'd' };
const ROW: Reply = {
  output: { columnMetadata: [{ label: 'n' }], records: [[{ longValue: 1 }]] },
  durationMs: 40,
};

const said = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

const resuming = new DatabaseResumingException(said('is resuming after being auto-paused'));
const linkFailure = new BadRequestException(said('Communications link failure'));
const unavailable = new DatabaseUnavailableException(said('not available'));
const stopped = new StatementTimeoutException({ ...said('stopped'), dbConnectionId: 7 });
const locked = new DatabaseErrorException(said('lock timeout; SQLState: 55P03'));
const throttled = unmodelled('ThrottlingException', 'rate exceeded', 400);

interface Circumstances {
  readonly wakeBudgetSeconds?: number;
  readonly timeLeftMs?: number;
  readonly random?: () => number;
  readonly isAttended?: boolean;
}

function setup(script: readonly Reply[], circumstances: Circumstances = {}) {
  const { wakeBudgetSeconds = 120, timeLeftMs = 900_000, random = () => 0 } = circumstances;
  const { isAttended = false } = circumstances;
  const clock = fakeClock(timeLeftMs);
  const client = scriptedClient(clock, script);
  const api = dataApi({ ...TARGET, wakeBudgetSeconds }, { client, clock, random, isAttended });
  return { api, clock, client };
}

/** A cluster that refuses calls until so much time has gone by. */
function pausedFor(pausedMs: number, refusal: Reply, circumstances: Circumstances = {}) {
  const { wakeBudgetSeconds = 120, timeLeftMs = 900_000, random = () => 0 } = circumstances;
  const clock = fakeClock(timeLeftMs);
  const wakesAtMs = clock.now() + pausedMs;
  const client = {
    send: async () => {
      const { error, output = {}, durationMs = 0 } = clock.now() < wakesAtMs ? refusal : ROW;
      clock.pass(durationMs);
      if (error !== undefined) throw error;
      return { $metadata: {}, ...output };
    },
  };
  const api = dataApi({ ...TARGET, wakeBudgetSeconds }, { client, clock, random });
  return { api, clock };
}

const repeat = (times: number, reply: Reply): Reply[] => Array.from({ length: times }, () => reply);

describe('a paused cluster', () => {
  const LONGEST_WAIT_MS = 5000;

  it.each([
    [5, resuming, 100],
    [30, resuming, 100],
    [90, resuming, 100],
    [5, linkFailure, 100],
    [30, linkFailure, 9000],
    [90, linkFailure, 9000],
  ])('of %d s is waited for: %s', async (seconds, error, durationMs) => {
    const { api, clock } = pausedFor(seconds * 1000, { error, durationMs });
    const startedMs = clock.now();

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);

    const { wakeMs } = api.usage();
    expect(wakeMs).toBe(clock.now() - startedMs - 40);
    expect(wakeMs).toBeGreaterThanOrEqual(seconds * 1000);
    expect(wakeMs).toBeLessThan(seconds * 1000 + LONGEST_WAIT_MS + durationMs);
  });

  it.each([
    ['a statement stopped after 45 s', stopped, 45_000],
    ['a writer that is not there yet', unavailable, 200],
    ['throttling', throttled, 50],
  ])('that answers %s in between is waited for, all of it its time to wake', async (...given) => {
    const [, error, durationMs] = given;
    const { api, clock } = setup([
      { error: resuming, durationMs: 100 },
      { error, durationMs },
      { error: resuming, durationMs: 100 },
      ROW,
    ]);
    const startedMs = clock.now();

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);

    expect(api.usage().wakeMs).toBe(clock.now() - startedMs - 40);
  });

  it('that first answers as if the statement had taken too long is waited for', async () => {
    const { api, clock } = setup([
      { error: stopped, durationMs: 45_000 },
      { error: resuming, durationMs: 100 },
      ROW,
    ]);
    const startedMs = clock.now();

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);

    expect(api.usage().wakeMs).toBe(clock.now() - startedMs - 40);
  });

  it('that never says so takes no time to wake', async () => {
    const { api } = setup([{ error: unavailable, durationMs: 200 }, ROW]);

    await api.send(READ);

    expect(api.usage().wakeMs).toBe(0);
  });

  it('is counted again when it wakes again in the same run', async () => {
    const { api } = setup([
      { error: resuming, durationMs: 100 },
      ROW,
      { error: resuming, durationMs: 100 },
      ROW,
    ]);

    await api.send(READ);
    await api.send(DELETE);

    expect(api.usage().wakeMs).toBe(2 * (100 + 500));
  });
});

describe('beyond the budget', () => {
  it.each([120, 300, 10])(
    'of %d s it is a failure that says so and names the setting',
    async (seconds) => {
      const forever = repeat(1000, { error: resuming, durationMs: 1000 });
      const { api, clock, client } = setup(forever, { wakeBudgetSeconds: seconds });
      const startedMs = clock.now();

      const failure = await api.send(READ).catch((error: unknown) => error);

      const elapsedMs = clock.now() - startedMs;
      expect(failure).toMatchObject({
        name: 'DatabaseError',
        failure: {
          code: 'DatabaseResumingException',
          kind: 'resuming',
          remedy: 'raise SESSION_PURGE_WAKE_BUDGET_SECONDS',
        },
        message: `the cluster did not wake within ${seconds} s (attempts: ${client.sent.length}): DatabaseResumingException: is resuming after being auto-paused; raise SESSION_PURGE_WAKE_BUDGET_SECONDS`,
      });
      expect(elapsedMs).toBeGreaterThan(seconds * 1000 - 5000);
      expect(elapsedMs).toBeLessThanOrEqual(seconds * 1000 + 1000);
      expect(api.usage().wakeMs).toBe(elapsedMs);
    },
  );

  it('of nothing it is one at once', async () => {
    const { api, client } = setup([{ error: resuming, durationMs: 100 }], {
      wakeBudgetSeconds: 0,
    });

    await expect(api.send(READ)).rejects.toThrow(
      'the cluster did not wake within 0 s (attempts: 1): DatabaseResumingException',
    );
    expect(client.sent).toHaveLength(1);
  });

  it('of the invocation it names the timeout, with time left for the report', async () => {
    const forever = repeat(100, { error: linkFailure, durationMs: 1000 });
    const { api, clock } = setup(forever, { timeLeftMs: 20_000 });

    await expect(api.send(READ)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^the cluster did not wake within the \d+ s that the invocation had for it \(attempts: \d+\): BadRequestException: Communications link failure; raise the function's timeout$/,
      ),
    });
    expect(clock.timeLeft()).toBeGreaterThanOrEqual(3000);
  });
});

describe('the budgets', () => {
  it('are not shared: a cluster that took long to wake leaves a failover its 90 s', async () => {
    const { api } = setup([
      ...repeat(40, { error: resuming, durationMs: 500 }),
      ...repeat(3, { error: unavailable, durationMs: 20_000 }),
      ROW,
    ]);

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);
  });

  it('are not shared: a failover leaves a cluster the time to wake', async () => {
    const { api } = setup([
      ...repeat(4, { error: unavailable, durationMs: 20_000 }),
      ...repeat(30, { error: resuming, durationMs: 500 }),
      ROW,
    ]);

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);
  });

  it('each begin with a short wait', async () => {
    const { api, clock } = setup([
      ...repeat(3, { error: resuming }),
      ...repeat(3, { error: throttled }),
      ROW,
    ]);

    await api.send(READ);

    const waits = clock.sleeps.map(({ durationMs }) => durationMs);
    expect(waits).toEqual([500, 1000, 2000, 125, 250, 500]);
  });

  it('run out each on its own, however the faults are mixed', async () => {
    const mixed = repeat(200, { error: resuming, durationMs: 500 }).map((reply, at) =>
      at % 2 === 0 ? reply : { error: unavailable, durationMs: 500 },
    );
    const { api, clock } = setup(mixed);
    const startedMs = clock.now();

    await expect(api.send(READ)).rejects.toMatchObject({ name: 'DatabaseError' });

    expect(clock.now() - startedMs).toBeLessThanOrEqual(120_000 + 90_000);
  });
});

describe('while no statement is answered', () => {
  const down = repeat(1000, { error: unavailable, durationMs: 1000 });

  it('all of them share one budget, and each is still sent once when it is used up', async () => {
    const { api, clock, client } = setup(down);
    const startedMs = clock.now();

    await expect(api.send(READ)).rejects.toThrow(/^statement failed after 19 attempts in 8\d s: /);
    const first = client.sent.length;
    for (let more = 0; more < 9; more += 1) {
      await expect(api.send(DELETE)).rejects.toThrow(/^statement failed: DatabaseUnavailable/);
    }

    expect(client.sent).toHaveLength(first + 9);
    expect(clock.now() - startedMs).toBeLessThanOrEqual(90_000 + 10 * 1000);
  });

  it('all of them share one budget for waking, too', async () => {
    const { api, client } = setup(repeat(1000, { error: resuming }), { wakeBudgetSeconds: 10 });

    await expect(api.send(READ)).rejects.toThrow(/within 10 s \(attempts: 6\)/);
    await expect(api.send(READ)).rejects.toThrow(/within 10 s \(attempts: 7\)/);

    expect(client.sent).toHaveLength(7);
  });

  it.each<[string, Reply, Statement?]>([
    ['an answer that is lost', { error: unmodelled('Unknown', 'bad gateway', 502) }],
    ['a refusal', { error: new BadRequestException(said('bad')) }],
    ['a question that meets a lock', { error: locked }, ASK],
    ['a question that was too much', { error: stopped }, ASK],
  ])('%s gives them no new budget', async (_name, reply, statement = DELETE) => {
    const { api, client } = setup([...down.slice(0, 18), reply, ...down]);

    await api.send(statement).catch(() => {});
    expect(client.sent).toHaveLength(19);
    await expect(api.send(DELETE)).rejects.toThrow(/^statement failed: DatabaseUnavailable/);
  });

  it.each<[string, Reply]>([
    ['rows', ROW],
    ['that it was too much', { error: stopped, durationMs: 45_000 }],
  ])('the next that is answered %s gives those after it a new budget', async (_name, answer) => {
    const { api, client } = setup([...down.slice(0, 18), answer, ...down.slice(0, 18), ROW]);

    await api.send(DELETE);
    await api.send(DELETE);

    expect(client.sent).toHaveLength(38);
  });
});

describe('a cluster that switches over', () => {
  const states = ['HttpEndpointNotEnabledException', 'DatabaseNotFoundException'];

  it.each(states)('is waited for, with few calls: %s', async (name) => {
    const error = unmodelled(name, 'not now', 400);
    const { api, clock } = pausedFor(60_000, { error, durationMs: 50 });

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(api.usage().retries).toBeLessThan(12);
    expect(api.usage().wakeMs).toBe(0);
  });

  it.each(states)('is reported at once where somebody waits for the answer: %s', async (name) => {
    const { api, client } = setup([{ error: unmodelled(name, 'not now', 400), durationMs: 50 }], {
      isAttended: true,
    });

    await expect(api.send(READ)).rejects.toThrow(`statement failed: ${name}: not now; `);
    expect(client.sent).toHaveLength(1);
  });
});

describe('a read that the database stops for its duration', () => {
  it.each<[string, Reply]>([
    ['a passing fault', { error: unavailable, durationMs: 10 }],
    ['a cluster that wakes', { error: resuming, durationMs: 10 }],
    ['an answer that is lost', { error: unmodelled('Unknown', 'bad gateway', 502) }],
  ])(
    'is sent once more and no more than that, whatever lies between: %s',
    async (_name, between) => {
      const alternating = [{ error: stopped, durationMs: 20_000 }, between, between];
      const { api, client } = setup([...alternating, ...alternating, ROW]);

      await expect(api.send(READ)).rejects.toThrow(
        /^statement failed after 4 attempts in 4\d s: StatementTimeoutException: stopped; look for/,
      );
      expect(client.sent).toHaveLength(4);
    },
  );

  it('is sent once more, and no more than that', async () => {
    const { api, client } = setup(repeat(9, { error: stopped, durationMs: 45_000 }));

    await expect(api.send(READ)).rejects.toThrow(
      /^statement failed after 2 attempts in 90 s: StatementTimeoutException: stopped; look for/,
    );
    expect(client.sent).toHaveLength(2);
  });
});
