import {
  BadRequestException,
  DatabaseErrorException,
  DatabaseResumingException,
  DatabaseUnavailableException,
  type ExecuteStatementCommandOutput,
  type Field,
  ForbiddenException,
  InternalServerErrorException,
  ServiceUnavailableError,
  StatementTimeoutException,
} from '@aws-sdk/client-rds-data';
import { connect } from '../../../lambda/data-api/client';
import { type DataApi, dataApi } from '../../../lambda/data-api/data-api';
import type { Retry } from '../../../lambda/data-api/retry';
import type { Failed } from '../../../lambda/data-api/statement';
import { fakeClock } from '../../support/fake-clock';
import {
  networkError,
  type Reply,
  scriptedClient,
  unmodelled,
} from '../../support/scripted-client';

const TARGET = {
  clusterArn: 'the cluster',
  secretArn: 'the secret',
  database: 'shop',
  wakeBudgetSeconds: 120,
};
const READ = { sql: 'SELECT 1', parameters: {}, mode: 'read' } as const;
const PROBE = { ...READ, mode: 'probe' } as const;
const DELETE = { ...READ, mode: 'delete' } as const;

const said = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

const resuming = new DatabaseResumingException(said('resuming'));
const unavailable = new DatabaseUnavailableException(said('failing over'));
const throttled = unmodelled('ThrottlingException', 'rate exceeded', 400);
const deadlock = new DatabaseErrorException(said('deadlock detected; SQLState: 40P01'));
const lockWait = new DatabaseErrorException(
  said('Lock wait timeout exceeded; Error code: 1205; SQLState: HY000'),
);
const locked = new DatabaseErrorException(
  said('canceling statement due to lock timeout; SQLState: 55P03'),
);
const internal = new InternalServerErrorException(said('internal'));
const hangUp = networkError('ECONNRESET', 'socket hang up', 'TimeoutError');
const neverSent = networkError('ECONNREFUSED', 'refused');
const stopped = new StatementTimeoutException({ ...said('stopped'), dbConnectionId: 7 });
const cancelled = new DatabaseErrorException(said('cancelled; SQLState: 57014'));
const killed = new DatabaseErrorException(
  said('Query execution was interrupted; Error code: 1317; SQLState: 70100'),
);
const bad = new BadRequestException(said('bad'));

const referred = new DatabaseErrorException(
  said('row is still referenced; Error code: 1451; SQLState: 23000'),
);
const objected = new DatabaseErrorException(said('the trigger says no; SQLState: P0001'));

const ONE_ROW = {
  columnMetadata: [{ label: 'n', name: 'n' }],
  records: [[{ longValue: 1 }]],
} satisfies Partial<ExecuteStatementCommandOutput>;

interface Circumstances {
  readonly timeLeftMs?: number;
  readonly random?: () => number;
}

/** Each wait is as short as it may be, half of the longest, unless a test says otherwise. */
function setup(script: readonly Reply[], circumstances: Circumstances = {}) {
  const { timeLeftMs = 900_000, random = () => 0 } = circumstances;
  const clock = fakeClock(timeLeftMs);
  const client = scriptedClient(clock, script);
  const retries: Retry[] = [];
  const onRetry = (retry: Retry) => retries.push(retry);
  const api = dataApi(TARGET, { client, clock, random, onRetry });
  const waits = () => clock.sleeps.map(({ durationMs }) => durationMs);
  return { api, client, clock, retries, waits };
}

const repeat = (times: number, reply: Reply): Reply[] => Array.from({ length: times }, () => reply);

const databaseError = (message: unknown, code: string | null, sqlState: string | null = null) =>
  expect.objectContaining({
    name: 'DatabaseError',
    message,
    failure: code === null ? null : expect.objectContaining({ code, sqlState }),
  });

const tooLarge = ({ message }: Error) => ({
  kind: 'too-large',
  durationMs: 45_000,
  error: expect.objectContaining({
    name: 'DatabaseError',
    message: expect.stringContaining(`: ${message}; look for a lock on the table`),
  }),
});

describe('a call', () => {
  it('has the address of the database and the statement', async () => {
    const { api, client } = setup([{ output: ONE_ROW }]);

    await api.send({ ...READ, sql: 'SELECT :a, :b', parameters: { a: 'text', b: 7 } });

    expect(client.sent.map(({ input }) => input)).toEqual([
      {
        resourceArn: 'the cluster',
        secretArn: 'the secret',
        database: 'shop',
        sql: 'SELECT :a, :b',
        parameters: [
          { name: 'a', value: { stringValue: 'text' } },
          { name: 'b', value: { longValue: 7 } },
        ],
        includeResultMetadata: true,
      },
    ]);
  });

  it.each([
    ['waits a little longer than the service lets a statement run', 900_000, 50_000],
    ['waits no longer than the work may take', 13_000, 10_000],
    ['waits at least a millisecond, since 0 would mean forever', 2000, 1],
  ])('%s', async (_promise, timeLeftMs, expected) => {
    const { api, client } = setup([{ output: ONE_ROW }], { timeLeftMs });

    await api.send(READ);

    expect(client.sent.map(({ requestTimeout }) => requestTimeout)).toEqual([expected]);
  });

  it('reads the time left before each attempt', async () => {
    const { api, client } = setup([{ error: throttled, durationMs: 30_000 }, { output: ONE_ROW }], {
      timeLeftMs: 60_000,
    });

    await api.send(READ);

    expect(client.sent.map(({ requestTimeout }) => requestTimeout)).toEqual([50_000, 26_875]);
  });
});

describe('the rows of an answer', () => {
  const answer = (columns: object[], ...records: Field[][]) => ({
    columnMetadata: columns,
    records,
  });

  it.each<[string, Partial<ExecuteStatementCommandOutput>, object[]]>([
    ['none where it has none', {}, []],
    ['none where it is empty', answer([{ label: 'a' }]), []],
    [
      'each type of field',
      answer(
        [{ label: 'a' }, { label: 'b' }, { label: 'c' }, { label: 'd' }, { label: 'e' }],
        [
          { stringValue: '' },
          { longValue: 0 },
          { doubleValue: 0.5 },
          { booleanValue: false },
          { isNull: true },
        ],
      ),
      [{ a: '', b: 0, c: 0.5, d: false, e: null }],
    ],
    [
      'a field that is not null and says so',
      answer([{ label: 'a' }], [{ isNull: false, stringValue: 'x' } as unknown as Field]),
      [{ a: 'x' }],
    ],
    [
      'several rows in order',
      answer([{ label: 'a' }], [{ longValue: 2 }], [{ longValue: 1 }]),
      [{ a: 2 }, { a: 1 }],
    ],
    [
      'by label before name, and by place where there is neither',
      answer(
        [{ label: 'a', name: 'x' }, { name: 'b' }],
        [{ longValue: 1 }, { longValue: 2 }, { longValue: 3 }],
      ),
      [{ a: 1, b: 2, '2': 3 }],
    ],
  ])('are read: %s', async (_name, output, expected) => {
    const { api } = setup([{ output }]);

    expect((await api.send(READ)).rows).toEqual(expected);
  });

  it.each<[string, Field]>([
    ['bytes', { blobValue: new Uint8Array([1]) }],
    ['a list', { arrayValue: { longValues: [1] } }],
    ['a type that is new', { $unknown: ['x', 1] }],
  ])('are refused when a field holds %s', async (_name, field) => {
    const { api, client } = setup([{ output: answer([{ label: 'a' }], [field]) }]);

    await expect(api.send(READ)).rejects.toEqual(
      databaseError('unexpected answer: a field must be text, a number or a truth value', null),
    );
    expect(client.sent).toHaveLength(1);
  });
});

describe('a statement that deletes', () => {
  it('is answered with its rows and the time it took', async () => {
    const { api } = setup([{ output: ONE_ROW, durationMs: 120 }]);

    expect(await api.send(DELETE)).toEqual({
      kind: 'rows',
      rows: [{ n: 1 }],
      rowsChanged: 0,
      durationMs: 120,
    });
  });

  it.each([
    ['as many as the service says', { numberOfRecordsUpdated: 1500 }, 1500],
    ['none where it says none', { numberOfRecordsUpdated: 0 }, 0],
    ['none where it does not say', {}, 0],
  ])('is answered with the rows that it changed: %s', async (_name, output, rowsChanged) => {
    const { api } = setup([{ output, durationMs: 120 }]);

    expect(await api.send(DELETE)).toEqual({
      kind: 'rows',
      rows: [],
      rowsChanged,
      durationMs: 120,
    });
  });

  it.each<[string, Error]>([
    ['by the service', stopped],
    ['by the database', cancelled],
    ['by MySQL', killed],
  ])('is not repeated when it was stopped %s', async (_name, error) => {
    const { api, client } = setup([{ error, durationMs: 45_000 }]);

    expect(await api.send(DELETE)).toEqual(tooLarge(error));
    expect(client.sent).toHaveLength(1);
  });

  it.each<[string, Error]>([
    ['an internal error', internal],
    ['a broken connection', hangUp],
    ['the database losing its client', new DatabaseErrorException(said('gone; SQLState: 08006'))],
    ['MySQL losing its client', new DatabaseErrorException(said('Communications link failure'))],
    ['a gateway', unmodelled('Unknown', 'bad gateway', 502)],
  ])('is not repeated when its answer was lost to %s', async (_name, error) => {
    const { api, client } = setup([{ error, durationMs: 700 }]);

    expect(await api.send(DELETE)).toMatchObject({ kind: 'unknown', durationMs: 700 });
    expect(client.sent).toHaveLength(1);
  });

  it.each<[string, Error]>([
    ['PostgreSQL', locked],
    ['MySQL', lockWait],
  ])(
    'ends at a lock that others hold, and is answered with the error: %s',
    async (_name, error) => {
      const { api, client, clock } = setup([{ error, durationMs: 3 }]);

      expect(await api.send(DELETE)).toEqual({
        kind: 'locked',
        durationMs: 3,
        error: expect.objectContaining({
          name: 'DatabaseError',
          message: expect.stringContaining(error.message),
        }),
      });
      expect(client.sent).toHaveLength(1);
      expect(clock.sleeps).toEqual([]);
    },
  );

  it.each<[string, Error]>([
    ['the cluster was waking', resuming],
    ['it was throttled', throttled],
    ['the service was not available', new ServiceUnavailableError(said('no'))],
    ['the writer was failing over', unavailable],
    ['it lost a deadlock', deadlock],
    ['it never left', neverSent],
  ])('is repeated when it is known not to have run: %s', async (_name, error) => {
    const { api, client } = setup([{ error }, { output: ONE_ROW }]);

    expect(await api.send(DELETE)).toMatchObject({ kind: 'rows', rows: [{ n: 1 }] });
    expect(client.sent).toHaveLength(2);
    expect(client.sent[1]?.input).toEqual(client.sent[0]?.input);
  });

  it.each<[string, Error, string, string]>([
    ['another table refers to it', referred, '23000', 'another table refers to the session table'],
    ['a trigger objects', objected, 'P0001', 'a constraint or a trigger refuses these rows'],
  ])(
    'is not repeated when the database keeps a row, and is answered with the reason: %s',
    async (_name, error, sqlState, remedy) => {
      const { api, client, clock } = setup([{ error, durationMs: 40 }]);

      expect(await api.send(DELETE)).toEqual({
        kind: 'refused',
        durationMs: 40,
        error: databaseError(
          expect.stringContaining(
            `statement failed: DatabaseErrorException: ${error.message}; ${remedy}`,
          ),
          'DatabaseErrorException',
          sqlState,
        ),
      });
      expect(client.sent).toHaveLength(1);
      expect(clock.sleeps).toEqual([]);
    },
  );

  it.each<[string, string]>([
    ['a right', '42501'],
    ['a table', '42P01'],
    ['a rule', '0A000'],
    ['a time', '22007'],
    ['a file', '58030'],
    ['a login', '28000'],
    ['a database', '3D000'],
    ['a full disk', '53100'],
  ])(
    'has failed, and is not repeated, where a row of it may be the reason: %s',
    async (_what, sqlState) => {
      const error = new DatabaseErrorException(said(`no; SQLState: ${sqlState}`));
      const { api, client } = setup([{ error, durationMs: 40 }]);

      expect(await api.send(DELETE)).toEqual({
        kind: 'failed',
        durationMs: 40,
        error: databaseError(
          expect.stringContaining(`statement failed: DatabaseErrorException: ${error.message}; `),
          'DatabaseErrorException',
          sqlState,
        ),
      });
      expect(client.sent).toHaveLength(1);
    },
  );

  it('has failed, too, where the database has refused it for as long as it is sent again, and the next one at once', async () => {
    const { api, client } = setup([
      ...repeat(23, { error: deadlock, durationMs: 5000 }),
      { error: deadlock, durationMs: 30 },
      { error: unavailable },
      { error: referred },
    ]);

    const first = await api.send(DELETE);
    const calls = client.sent.length;
    const others = [await api.send(DELETE), await api.send(DELETE)];

    expect(first).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringMatching(/^statement failed after \d+ attempts in \d+ s: /) },
    });
    expect(calls).toBeGreaterThan(9);
    expect(others).toMatchObject([
      { kind: 'failed', error: { message: expect.stringMatching(/^statement failed: /) } },
      { kind: 'failed' },
    ]);
    expect(client.sent.length).toBe(calls + 2);
  });

  it('ends with the error where the service could not serve it for as long', async () => {
    const { api } = setup(repeat(30, { error: unavailable, durationMs: 5000 }));

    await expect(api.send(DELETE)).rejects.toThrow(/^statement failed after /);
  });

  it('ends with the error where the caller or the service is the reason', async () => {
    const { api } = setup([{ error: new ForbiddenException(said('no')) }]);

    await expect(api.send(DELETE)).rejects.toThrow(/^statement failed: .*no; /);
  });

  it('is answered with a refusal after a repetition, with the duration of the refused attempt', async () => {
    const { api } = setup([
      { error: deadlock, durationMs: 5000 },
      { error: referred, durationMs: 9 },
    ]);

    expect(await api.send(DELETE)).toMatchObject({
      kind: 'refused',
      durationMs: 9,
      error: { message: expect.stringMatching(/^statement failed: Database/) },
    });
  });

  it('has the duration of its last attempt', async () => {
    const { api } = setup([
      { error: throttled, durationMs: 5000 },
      { output: ONE_ROW, durationMs: 80 },
    ]);

    expect(await api.send(DELETE)).toMatchObject({ durationMs: 80 });
  });

  it('has an unknown outcome after a repetition', async () => {
    const { api } = setup([{ error: throttled }, { error: hangUp, durationMs: 9 }]);

    expect(await api.send(DELETE)).toMatchObject({ kind: 'unknown', durationMs: 9 });
  });
});

describe('a statement that only reads', () => {
  it.each<[string, Error]>([
    ['its answer was lost', hangUp],
    ['the service failed', internal],
    ['it was stopped', stopped],
    ['it never ran', throttled],
  ])('is repeated whatever happened to it: %s', async (_name, error) => {
    const { api, client } = setup([{ error }, { output: ONE_ROW }]);

    expect((await api.send(READ)).rows).toEqual([{ n: 1 }]);
    expect(client.sent).toHaveLength(2);
  });
});

describe('a statement whose answer the caller can do without', () => {
  it('is answered with its rows and the time it took', async () => {
    const { api } = setup([
      { error: throttled, durationMs: 5000 },
      { output: ONE_ROW, durationMs: 80 },
    ]);

    expect(await api.send(PROBE)).toEqual({
      kind: 'rows',
      rows: [{ n: 1 }],
      rowsChanged: 0,
      durationMs: 80,
    });
  });

  it.each<[string, Error]>([
    ['by the service', stopped],
    ['by the database', cancelled],
    ['by MySQL', killed],
  ])('is not repeated when it was stopped %s', async (_name, error) => {
    const { api, client, clock } = setup([{ error, durationMs: 45_000 }]);

    expect(await api.send(PROBE)).toEqual(tooLarge(error));
    expect(client.sent).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  it.each<[string, Error]>([
    ['its answer was lost', hangUp],
    ['the service failed', internal],
    ['the cluster was waking', resuming],
    ['it never ran', throttled],
  ])('is repeated whatever else happened to it: %s', async (_name, error) => {
    const { api, client } = setup([{ error }, { output: ONE_ROW }]);

    expect(await api.send(PROBE)).toMatchObject({ kind: 'rows' });
    expect(client.sent).toHaveLength(2);
  });
});

describe('waiting', () => {
  it('doubles after each failure, up to ten seconds, with jitter', async () => {
    const { api, waits } = setup([...repeat(8, { error: throttled }), { output: ONE_ROW }]);

    await api.send(READ);

    expect(waits()).toEqual([125, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('starts small again for the next statement', async () => {
    const { api, waits } = setup([
      ...repeat(3, { error: throttled }),
      { output: ONE_ROW },
      { error: throttled },
      { output: ONE_ROW },
    ]);

    await api.send(READ);
    await api.send(READ);

    expect(waits()).toEqual([125, 250, 500, 125]);
  });

  it('is reported before each retry', async () => {
    const { api, retries } = setup([{ error: deadlock }, { error: hangUp }, { output: ONE_ROW }], {
      random: () => 0.0008,
    });

    await api.send(READ);

    expect(retries).toEqual([
      { code: 'DatabaseErrorException', databaseCode: '40P01', attempt: 1, waitMs: 125 },
      { code: 'ECONNRESET', attempt: 2, waitMs: 250 },
    ]);
  });

  it('is random when nothing else is given', async () => {
    const clock = fakeClock();
    const client = scriptedClient(clock, [...repeat(8, { error: throttled }), { output: ONE_ROW }]);
    const api = dataApi(TARGET, { client, clock });

    await api.send(READ);

    const waits = clock.sleeps.map(({ durationMs }) => durationMs);
    expect(Math.max(...waits)).toBeLessThan(10_000);
    expect(new Set(waits).size).toBe(8);
  });
});

type Call = (api: DataApi) => Promise<unknown>;

const READS: [string, Call][] = [
  ['read', (api) => api.send(READ)],
  ['probe', (api) => api.send(PROBE)],
];
const MODES: [string, Call][] = [['delete', (api) => api.send(DELETE)], ...READS];

const ROWS_OF_FIELDS = 'records must be rows of fields';
const COUNT = 'numberOfRecordsUpdated must be a count';

/** Answers that the service never sends, but a proxy on the way may. */
const MALFORMED: [string, object, string][] = [
  ['records that are no list', { records: 7 }, ROWS_OF_FIELDS],
  ['a row that is no list', { records: [{ longValue: 1 }] }, ROWS_OF_FIELDS],
  ['a row that is nothing', { records: [null] }, ROWS_OF_FIELDS],
  ['a field that is nothing', { records: [[null]] }, ROWS_OF_FIELDS],
  ['a field that is a bare value', { records: [[1]] }, ROWS_OF_FIELDS],
  ['columns that are no list', { columnMetadata: 7 }, ROWS_OF_FIELDS],
  ['a column that is nothing', { columnMetadata: [null] }, ROWS_OF_FIELDS],
  [
    'a field of no known type',
    { records: [[{}]] },
    'a field must be text, a number or a truth value',
  ],
  ['a count that is text', { numberOfRecordsUpdated: '7' }, COUNT],
  ['a count below 0', { numberOfRecordsUpdated: -1 }, COUNT],
  ['a count with a fraction', { numberOfRecordsUpdated: 0.5 }, COUNT],
  ['a count that is none', { numberOfRecordsUpdated: Number.NaN }, COUNT],
];

describe.each(MALFORMED)('an answer with %s', (_name, output, problem) => {
  it.each(READS)('fails a %s, which is not sent again', async (_call, call) => {
    const { api, client } = setup([{ output }]);

    await expect(call(api)).rejects.toEqual(databaseError(`unexpected answer: ${problem}`, null));
    expect(client.sent).toHaveLength(1);
  });

  it('makes the outcome of a statement that deletes unknown', async () => {
    const { api, client } = setup([
      { error: throttled, durationMs: 5000 },
      { output, durationMs: 70 },
    ]);

    expect(await api.send(DELETE)).toMatchObject({ kind: 'unknown', durationMs: 70 });
    expect(client.sent).toHaveLength(2);
  });
});

describe('a question for locks', () => {
  const ASK = { ...PROBE, mode: 'ask' } as const;

  it('is answered by a row that is locked, and not repeated', async () => {
    const { api, client } = setup([{ error: locked, durationMs: 7 }]);

    expect(await api.send(ASK)).toMatchObject({ kind: 'locked', durationMs: 7 });
    expect(client.sent).toHaveLength(1);
  });

  it('is repeated where its answer was lost, since it deletes nothing', async () => {
    const { api, client } = setup([{ error: hangUp }, { output: ONE_ROW }]);

    expect(await api.send(ASK)).toMatchObject({ kind: 'rows' });
    expect(client.sent).toHaveLength(2);
  });
});

describe.each(READS)('a row that is locked, in a %s', (_name, call) => {
  it('is a reason to repeat the statement', async () => {
    const { api, client } = setup([{ error: locked }, { output: ONE_ROW }]);

    await call(api);

    expect(client.sent).toHaveLength(2);
  });
});

describe.each(READS)('a row that the database keeps, in a %s', (_name, call) => {
  it('fails the statement, which should touch no row', async () => {
    const { api, client } = setup([{ error: referred }]);

    await expect(call(api)).rejects.toMatchObject({
      name: 'DatabaseError',
      failure: { sqlState: '23000' },
    });
    expect(client.sent).toHaveLength(1);
  });
});

/** The error of a call, be it thrown or, of a delete, answered. */
const errorOf = (called: Promise<unknown>) =>
  called.then(
    (answer) => (answer as Failed).error,
    (error) => error,
  );

describe.each(MODES)('the end of a %s', (_name, call) => {
  it('comes at once when repeating cannot help, with the remedy', async () => {
    const error = new DatabaseErrorException(said('permission denied; SQLState: 42501'));
    const { api, client, clock } = setup([{ error }]);

    expect(await errorOf(call(api))).toEqual(
      databaseError(
        expect.stringContaining(
          'statement failed: DatabaseErrorException: permission denied; SQLState: 42501; GRANT SELECT (ctid, expire_date)',
        ),
        'DatabaseErrorException',
        '42501',
      ),
    );
    expect(client.sent).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  it.each([
    ['1044', '42000', 'GRANT SELECT (expire_date), DELETE'],
    ['1142', '42000', 'GRANT SELECT (expire_date), DELETE'],
    ['1143', '42000', 'GRANT SELECT (expire_date), DELETE'],
    ['1045', '28000', 'put the name and the password of a user who may log in into the secret'],
    ['1049', '42000', 'name a database that exists, not "shop"'],
  ])("has the remedy of MySQL's error %s, too", async (errorCode, sqlState, remedy) => {
    const text = `refused; Error code: ${errorCode}; SQLState: ${sqlState}`;
    const { api, client } = setup([{ error: new DatabaseErrorException(said(text)) }]);

    expect(await errorOf(call(api))).toEqual(
      databaseError(
        expect.stringContaining(`statement failed: DatabaseErrorException: ${text}; ${remedy}`),
        'DatabaseErrorException',
        sqlState,
      ),
    );
    expect(client.sent).toHaveLength(1);
  });

  it('has no remedy when none is known', async () => {
    const { api } = setup([{ error: bad }]);

    await expect(call(api)).rejects.toEqual(
      databaseError('statement failed: BadRequestException: bad', 'BadRequestException'),
    );
  });

  it('has the number of attempts when there were several, and the time in whole seconds', async () => {
    const { api } = setup([{ error: throttled, durationMs: 12_200 }, { error: bad }]);

    await expect(call(api)).rejects.toMatchObject({
      message: 'statement failed after 2 attempts in 12 s: BadRequestException: bad',
    });
  });

  it('comes when the budget is used up, with the attempts and the time', async () => {
    const { api, clock } = setup(repeat(100, { error: unavailable, durationMs: 20_000 }));

    await expect(call(api)).rejects.toEqual(
      databaseError(
        'statement failed after 5 attempts in 102 s: DatabaseUnavailableException: failing over; the writer may be failing over: look at its state and its events in RDS',
        'DatabaseUnavailableException',
      ),
    );
    expect(clock.sleeps).toHaveLength(4);
  });

  it('comes after two minutes of a cluster that does not wake', async () => {
    const { api, waits } = setup(repeat(100, { error: resuming, durationMs: 1000 }), {
      random: () => 0.6,
    });

    await expect(call(api)).rejects.toEqual(
      databaseError(
        'the cluster did not wake within 120 s (attempts: 26): DatabaseResumingException: resuming; raise SESSION_PURGE_WAKE_BUDGET_SECONDS',
        'DatabaseResumingException',
      ),
    );
    expect(waits()).toHaveLength(25);
    expect(Math.max(...waits())).toBe(4000);
  });

  it('leaves the time in which the report is written', async () => {
    const { api, clock } = setup(repeat(100, { error: resuming, durationMs: 100 }), {
      timeLeftMs: 10_000,
    });

    await expect(call(api)).rejects.toMatchObject({
      failure: { code: 'DatabaseResumingException' },
    });
    expect(clock.timeLeft()).toBeGreaterThanOrEqual(3000);
  });

  it('throws a mistake in the code at once, as it is', async () => {
    const mistake = new TypeError('x is not a function');
    const { api, client } = setup([{ error: mistake }]);

    await expect(call(api)).rejects.toBe(mistake);
    expect(client.sent).toHaveLength(1);
  });
});

describe('usage', () => {
  it('is nothing before the first call', () => {
    const { api } = setup([]);

    expect(api.usage()).toEqual({
      dataApiCalls: 0,
      retries: 0,
      wakeMs: 0,
      fastestMs: Number.POSITIVE_INFINITY,
    });
  });

  it('counts calls and retries over all statements', async () => {
    const { api } = setup([
      { output: ONE_ROW },
      { error: throttled },
      { error: deadlock },
      { output: ONE_ROW },
      { error: hangUp },
    ]);

    await api.send(READ);
    await api.send(DELETE);
    await api.send(DELETE);

    expect(api.usage()).toMatchObject({ dataApiCalls: 5, retries: 2, wakeMs: 0 });
  });

  it('counts the time to wake from the first refused call to the first accepted one', async () => {
    const { api } = setup([
      { error: resuming, durationMs: 300 },
      { error: resuming, durationMs: 200 },
      { error: throttled, durationMs: 70 },
      { output: ONE_ROW, durationMs: 50 },
      { error: resuming, durationMs: 10 },
      { output: ONE_ROW, durationMs: 50 },
    ]);

    await api.send(READ);
    await api.send(DELETE);

    expect(api.usage().wakeMs).toBe(300 + 500 + 200 + 1000 + 70 + 125 + 10 + 500);
  });

  it('counts the time to wake of a cluster that did not', async () => {
    const { api } = setup(repeat(9, { error: resuming, durationMs: 100 }), { timeLeftMs: 4000 });

    await expect(api.send(READ)).rejects.toMatchObject({ name: 'DatabaseError' });

    expect(api.usage()).toMatchObject({ dataApiCalls: 1, retries: 0, wakeMs: 100 });
  });

  it('has the fastest answer of all statements, without failed attempts', async () => {
    const { api } = setup([
      { output: ONE_ROW, durationMs: 50 },
      { error: throttled, durationMs: 5 },
      { output: ONE_ROW, durationMs: 30 },
      { error: stopped, durationMs: 1 },
      { output: ONE_ROW, durationMs: 40 },
    ]);

    await api.send(READ);
    await api.send(DELETE);
    await api.send(PROBE);
    await api.send(PROBE);

    expect(api.usage().fastestMs).toBe(30);
  });
});

describe('connect', () => {
  it("calls the cluster's region and makes one attempt a call", async () => {
    const client = connect('arn:aws:rds:eu-south-2:123456789012:cluster:shop');

    expect(await client.config.region()).toBe('eu-south-2');
    expect(await client.config.maxAttempts()).toBe(1);
  });
});
