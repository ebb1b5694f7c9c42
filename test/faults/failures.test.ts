import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PurgeReport } from '../../contract/report';
import type { Addressee, FailedLink, FailureKind } from '../../lambda/data-api/failure';
import type { Call, DataApiServer, Fault } from '../../local/data-api-server/index';
import { insertSessions } from '../../local/django-table';
import { type DeployedFunction, deploy, type Invoked } from '../support/deployed-function';
import { FAST_CLOCK } from '../support/fast-clock';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { plainSql } from '../support/sent-sql';
import {
  FAILURES,
  type FailureRow,
  KINDS,
  OWN,
  pageLine,
  remedyIn,
  SESSION_DATA,
  SESSION_KEY,
} from './failures';

const ROWS = 40;
const BATCH = 10;

const SMALL = {
  SESSION_PURGE_MAX_BATCH_SIZE: String(BATCH),
  SESSION_PURGE_TARGET_BATCH_MS: '10000',
};

/** Leaves 600 ms for work after the margin for the report, so that a run soon gives up on a fault that stays. */
const SHORT = { timeoutMs: 3600, env: { SESSION_PURGE_TARGET_BATCH_MS: '10' } };

const NEXT_WEEK = new Date(Date.now() + 7 * 86_400_000);

const ALL = Object.values(FAILURES).flat();

let db: TestDatabase;
let service: DataApiServer;
let addressee: Addressee;
let patient: DeployedFunction;
let hurried: DeployedFunction;
let fault: (call: Call) => Fault | undefined = () => undefined;

beforeAll(async () => {
  db = await createDatabase();
  service = await db.serve({ onCall: (call) => fault(call) });
  const env = { ...db.environmentOf(service), ...SMALL };
  addressee = {
    clusterArn: String(db.environment.SESSION_PURGE_CLUSTER_ARN),
    secretArn: String(db.environment.SESSION_PURGE_SECRET_ARN),
    database: db.database,
  };
  patient = deploy({ env: { ...env, ...FAST_CLOCK } });
  hurried = deploy({ env: { ...env, ...SHORT.env }, timeoutMs: SHORT.timeoutMs });
  // The first call of a process may take longer than a run has here.
  await hurried.invoke({ dryRun: true });
});

beforeEach(async () => {
  await db.admin.query('TRUNCATE django_session');
  await insertSessions(
    db.admin,
    Array.from({ length: ROWS + 1 }, (_, at) => ({
      sessionKey: at === ROWS ? 'live' : `expired-${at}`,
      expireDate: at === ROWS ? NEXT_WEEK : `2020-01-01T00:00:${10 + at}Z`,
    })),
  );
});

afterAll(async () => {
  await Promise.all([patient.stop(), hurried.stop()]);
  await db.close();
});

async function left(): Promise<number> {
  const { rows } = await db.admin.query('SELECT count(*)::int AS n FROM django_session');
  return rows[0].n;
}

const isDelete = ({ input }: Call) => /\bDELETE FROM/.test(plainSql(input.sql));

/** A fault for the deletes from the second on, `times` of them. */
function fromTheSecondDelete(what: Fault, times: number) {
  let deletes = 0;
  return (call: Call): Fault | undefined => {
    if (!isDelete(call)) return undefined;
    deletes += 1;
    return deletes >= 2 && deletes < 2 + times ? what : undefined;
  };
}

async function purge(
  by: DeployedFunction,
  what: (call: Call) => Fault | undefined,
): Promise<Invoked & { readonly told: PurgeReport | undefined; readonly gone: number }> {
  fault = what;
  const invoked = await by.invoke();
  const told = invoked.log.at(-1)?.report;
  return { ...invoked, told, gone: ROWS + 1 - (await left()) };
}

/** Rows whose cause is a fault of the service, by what becomes of the statement. */
function faultsOf(...kinds: FailureKind[]): [string, Fault, FailureRow][] {
  return ALL.flatMap((row) =>
    kinds.includes(row.kind) && !('env' in row.cause) ? [[row.see, row.cause, row]] : [],
  );
}

function expectNothingOfARow({ output, error }: Invoked): void {
  const text = [...output, error?.errorMessage].join('\n');
  expect(text).not.toContain(SESSION_KEY);
  expect(text).not.toContain(SESSION_DATA);
  expect(text).not.toContain(SESSION_DATA.slice(1, 40));
}

/** The error ends with the remedy of the table, and the report before it counts the rows that were deleted, and no others. */
function expectFailure(
  { error, log, told, metrics, gone }: Awaited<ReturnType<typeof purge>>,
  { remedy }: FailureRow,
): void {
  expect(error?.errorType).toBe('DatabaseError');
  if (remedy !== null) expect(error?.errorMessage).toContain(`; ${remedyIn(remedy, addressee)}`);
  expect(log.at(-1)).toMatchObject({ level: 'ERROR', message: `failed: ${gone} rows deleted` });
  expect(told).toMatchObject({ stopReason: 'failed', rowsDeleted: gone });
  expect(metrics[0]?.metrics).toMatchObject({
    Failures: '1 Count',
    Successes: '0 Count',
    RowsDeleted: `${gone} Count`,
  });
}

describe('a failed call that passes', () => {
  it.each(faultsOf('transient', 'resuming'))('is repeated: %s', async (_see, cause, { at }) => {
    // A delete that met a lock is not sent again as it was: its batch is parted.
    const retries = at === 'lock' ? 0 : 1;
    const run = await purge(patient, fromTheSecondDelete(cause, 1));

    expect(run.told).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: ROWS,
      retries,
      unknownOutcomes: 0,
    });
    expect(run.metrics[0]?.metrics).toMatchObject({
      Failures: '0 Count',
      Retries: `${retries} Count`,
    });
    expect(run.gone).toBe(ROWS);
    expectNothingOfARow(run);
  });

  it.each(faultsOf('transient', 'resuming'))(
    'is given up when it does not pass: %s',
    async (_see, cause, row) => {
      const run = await purge(hurried, fromTheSecondDelete(cause, 1000));

      expectFailure(run, row);
      if (row.kind === 'resuming') expect(run.error?.errorMessage).toContain('did not wake within');
      expect(run.gone).toBe(BATCH);
      expectNothingOfARow(run);
    },
  );
});

describe('a statement that was too much', () => {
  it.each(faultsOf('too-large'))(
    'is halved, and not repeated as it was: %s',
    async (_see, cause) => {
      const run = await purge(patient, fromTheSecondDelete(cause, 2));

      expect(run.told).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: ROWS,
        retries: 0,
        unknownOutcomes: 0,
      });
      expect(run.metrics[0]?.metrics.Failures).toBe('0 Count');
      expect(run.gone).toBe(ROWS);
      expectNothingOfARow(run);
    },
  );
});

describe('a delete that was not answered', () => {
  const silence = ([, { answer }]: [string, Fault, FailureRow]) => answer === 'none';
  const answered = faultsOf('unknown').filter((row) => !silence(row));

  it.each(answered)('is counted as such, never as rows: %s', async (_see, cause) => {
    const run = await purge(patient, fromTheSecondDelete(cause, 1));

    const hasRun = cause.executes === true || cause.answer === 'truncated';
    expect(run.told).toMatchObject({
      stopReason: 'drained',
      rowsDeleted: hasRun ? ROWS - BATCH : ROWS,
      retries: 0,
      unknownOutcomes: 1,
    });
    expect(run.metrics[0]?.metrics).toMatchObject({
      Failures: '0 Count',
      UnknownOutcomes: '1 Count',
    });
    expect(run.gone).toBe(ROWS);
    expectNothingOfARow(run);
  });

  it.each(faultsOf('unknown').filter(silence))(
    'is waited for no longer than there is time: %s',
    async (_see, cause) => {
      const run = await purge(hurried, fromTheSecondDelete(cause, 1));

      expect(run.error).toBeUndefined();
      expect(run.told).toMatchObject({
        stopReason: 'time-budget',
        rowsDeleted: BATCH,
        unknownOutcomes: 1,
      });
      expect(run.gone).toBe(BATCH);
    },
  );

  it('ends the run when it is one of many in a row', async () => {
    const run = await purge(patient, fromTheSecondDelete({ answer: 'lost' }, 1000));

    expect(run.error?.errorType).toBe('DatabaseError');
    expect(run.told).toMatchObject({ stopReason: 'failed', rowsDeleted: BATCH });
    expect(run.told?.unknownOutcomes).toBeGreaterThanOrEqual(5);
    expect(run.gone).toBe(BATCH);
  });
});

describe('a statement that the database refuses for a row', () => {
  const ofRows = new Set<FailedLink>(['row', 'table', 'login', 'database', 'grammar', 'server']);
  const failed = faultsOf('final').filter(([, , { at }]) => ofRows.has(at));

  // The next delete is the one of no row, which says that the failure was of a row.
  it.each([...faultsOf('refused'), ...failed])(
    'is parted, and passes then: %s',
    async (_see, cause) => {
      const run = await purge(patient, fromTheSecondDelete(cause, 1));

      expect(run.told).toMatchObject({ rowsDeleted: ROWS, unknownOutcomes: 0, retries: 0 });
      expect(run.gone).toBe(ROWS);
      expectNothingOfARow(run);
    },
  );

  it.each(faultsOf('refused'))('is told, where it stays: %s', async (_see, cause, row) => {
    const run = await purge(patient, fromTheSecondDelete(cause, 1000));

    expectFailure(run, row);
    expect(run.gone).toBe(BATCH);
    expectNothingOfARow(run);
  });
});

describe('what stays wrong', () => {
  it.each(faultsOf('final'))('ends the run at once: %s', async (_see, cause, row) => {
    const run = await purge(patient, fromTheSecondDelete(cause, 1000));

    expectFailure(run, row);
    expect(run.told?.retries).toBe(0);
    expect(run.gone).toBe(BATCH);
    expectNothingOfARow(run);
  });
});

describe('where there is no service', () => {
  const rows = ALL.flatMap((row) => ('env' in row.cause ? [[row.see, row.cause.env, row]] : []));

  it.each(rows as [string, Record<string, string>, FailureRow][])(
    'nothing happens, and the reason is told: %s',
    async (see, env, row) => {
      const lost = deploy({
        env: { ...db.environmentOf(service), ...SMALL, ...env },
        timeoutMs: SHORT.timeoutMs,
      });

      const { error, log, metrics } = await lost.invoke().finally(lost.stop);

      const [, code] = /failed(?: after .*?)?: (\w+): /.exec(error?.errorMessage ?? '') ?? [];
      expect(see).toContain(code);
      expect(error?.errorMessage).toContain(`; ${remedyIn(String(row.remedy), addressee)}`);
      expect(log.at(-1)?.report).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
      expect(metrics[0]?.metrics).toMatchObject({ Failures: '1 Count' });
    },
  );
});

describe('docs/failures.md', () => {
  const page = readFileSync(join(__dirname, '../../docs/failures.md'), 'utf8');
  const lines = page.split('\n');

  it('has what the function itself says before the codes, since most readers look for that', () => {
    const places = ['What the function itself says', ...Object.keys(FAILURES)].map((title) =>
      lines.indexOf(`## ${title}`),
    );

    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it.each(Object.entries(FAILURES))('has under "%s" the rows of the table here', (title, rows) => {
    const start = lines.indexOf(`## ${title}`);
    const end = lines.findIndex((line, at) => at > start && line.startsWith('## '));
    const section = lines.slice(start, end < 0 ? undefined : end);

    expect(section.filter((line) => line.startsWith('| ')).slice(2)).toEqual(rows.map(pageLine));
  });

  it.each(Object.entries(KINDS))(
    'tells what a run does about a failure that is %s',
    (kind, what) => {
      expect(lines).toContain(`| ${kind} | ${what} |`);
    },
  );

  it.each(OWN)(
    'tells of what the function itself says: $says',
    ({ says, means, todo, endsWithTodo }) => {
      const lambda = join(__dirname, '../../lambda');
      const sources = readdirSync(lambda, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.ts'),
      );
      const text = sources.map((file) => readFileSync(join(lambda, file), 'utf8')).join('\n');

      expect(text).toContain(says);
      if (endsWithTodo) expect(text).toContain(todo);
      expect(lines).toContain(`| \`${says.trim()}\` | ${means} | ${todo} |`);
    },
  );
});
