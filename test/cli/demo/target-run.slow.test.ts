import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '../../../local/data-api-server/index';
import { createSessionTable, seedSessions } from '../../../local/django-table';
import { grantPurge } from '../../../local/purge-role';
import { withoutSettings } from '../../support/environment';
import { createDatabase, type TestDatabase } from '../../support/postgres';
import { testPostgres } from '../../support/test-postgres';
import { endDemos, startDemo } from './demo-process';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.admin.query('TRUNCATE django_session');
  await seedSessions(database.admin, { expired: 500, live: 40 });
});
afterEach(endDemos);

const { host, port, purger } = testPostgres();

const databaseUrl = ({ password = purger.password, query = '' } = {}) =>
  `postgres://${purger.username}:${password}@${host}:${port}/${database.database}${query}`;

const runOnDatabase = (...args: string[]) =>
  startDemo(['--database-url', databaseUrl(), '--grace-seconds', '0', ...args]).ended;

async function sessions(table = 'django_session'): Promise<number> {
  const { rows } = await database.admin.query(`SELECT count(*)::int AS n FROM ${table}`);
  return rows[0].n;
}

describe('a database of the user’s own', () => {
  test('gets a dry run, which deletes nothing and says how to', async () => {
    const { exitCode, stdout, stderr } = await runOnDatabase();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(
      `Dry run of database ${database.database} on ${host}:${port} as purger, through a local Data API; nothing is deleted\n`,
    );
    expect(stdout).toMatch(/expired +500 sessions, the oldest since .* \(90 days\)\n/);
    expect(stdout).toMatch(/deleted +nothing\n/);
    expect(stdout).toContain(
      'That was a dry run, and nothing was deleted; to delete, add --delete',
    );
    expect(stdout).not.toContain(purger.password);
    expect(await sessions()).toBe(540);
  });

  test('may leave the password to PGPASSWORD', async () => {
    const url = databaseUrl({ password: '' });

    const { exitCode } = await startDemo(['--database-url', url], { PGPASSWORD: purger.password })
      .ended;

    expect(exitCode).toBe(0);
  });

  test('is purged as far as --max-rows allows', async () => {
    const { exitCode, stdout } = await runOnDatabase('--delete', '--max-rows', '7');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/rows deleted +7\n/);
    expect(await sessions()).toBe(533);
  });

  test('is purged with --delete', async () => {
    const { exitCode, stdout } = await runOnDatabase('--delete');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Purge of database /);
    expect(stdout).toMatch(/rows deleted +500\n/);
    expect(stdout).not.toContain('dry run');
    expect(await sessions()).toBe(40);
  });

  test('keeps what expired within the grace period', async () => {
    const { stdout } = await runOnDatabase('--delete', '--tables', 'public.django_session');
    expect(stdout).toMatch(/rows deleted +500\n/);

    await seedSessions(database.admin, { expired: 100, expiredOverDays: 10 });
    const url = databaseUrl();
    await startDemo(['--database-url', url, '--delete', '--grace-seconds', String(5 * 86_400)])
      .ended;

    expect(await sessions()).toBe(40 + 50);
  });

  test('shows each table when there are several', async () => {
    await createSessionTable(database.admin, { schema: 'tenant' });
    await grantPurge(database.admin, purger.username, { schema: 'tenant' });
    await seedSessions(database.admin, { schema: 'tenant', expired: 7 });

    const { stdout } = await runOnDatabase('--delete', '--tables', '*.django_session');

    expect(stdout).toMatch(/rows deleted +507\n/);
    expect(stdout).toMatch(/in public\.django_session +500; drained/);
    expect(stdout).toMatch(/in tenant\.django_session +7; drained/);
  });
});

describe('a failure', () => {
  test('of the function is shown completely', async () => {
    const { exitCode, stderr } = await runOnDatabase('--delete', '--tables', 'shop_session');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the function failed: \w+: table "shop_session"/);
    expect(await sessions()).toBe(540);
  });

  test.each([
    ['a dry run counts', [], /expired in public\.django_session +500 sessions/],
    ['a purge deletes', ['--delete'], /in public\.django_session +500; drained/],
  ])('of one table comes after what %s in the others', async (_what, args, told) => {
    const tables = ['--tables', 'django_session,shop_session'];

    const { exitCode, stdout, stderr } = await runOnDatabase(...args, ...tables);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(told);
    expect(stdout).toMatch(/logged +\S*\{"/);
    expect(stderr).toContain('shop_session');
  });

  test('of the login is shown without the password', async () => {
    const url = databaseUrl({ password: 'not-this-one' });

    const { exitCode, stdout, stderr } = await startDemo(['--database-url', url]).ended;

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `\ncannot log in to ${host}:${port}/${database.database} as purger: password authentication failed for user "purger"; check the user and the password\n`,
    );
    expect(stdout).not.toContain('not-this-one');
  });

  test('of TLS is shown, because sslmode is respected', async () => {
    const url = databaseUrl({ query: '?sslmode=verify-full' });

    const { exitCode, stderr } = await startDemo(['--database-url', url]).ended;

    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'The server does not support SSL connections; connect without TLS with ?sslmode=disable\n',
    );
  });
});

describe('a cluster of the user’s own', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, '.aws'));
    const profile = '[shop]\naws_access_key_id = test\naws_secret_access_key = test\n';
    writeFileSync(join(home, '.aws/credentials'), profile);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const runOnCluster = (...args: string[]) => {
    const { endpoint, resourceArn, secretArn } = database.dataApi;
    const target = { '--cluster-arn': resourceArn, '--secret-arn': secretArn };
    const options = Object.entries({ ...target, '--database': database.database }).flat();
    return startDemo([...options, '--grace-seconds', '0', ...args], {
      AWS_ENDPOINT_URL_RDS_DATA: endpoint,
      AWS_PROFILE: 'shop',
      HOME: home,
    }).ended;
  };

  test('gets a dry run, with the credentials of a profile', async () => {
    const { exitCode, stdout, stderr } = await runOnCluster();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(
      `Dry run of database ${database.database} on ${database.dataApi.resourceArn}, through its Data API; nothing is deleted\n`,
    );
    expect(stdout).toMatch(/expired +500 sessions/);
    expect(await sessions()).toBe(540);
  });

  test('gets a remedy when there are no credentials', async () => {
    const { resourceArn, secretArn } = database.dataApi;
    const target = ['--cluster-arn', resourceArn, '--secret-arn', secretArn, '--database', 'shop'];

    const { exitCode, stderr } = await startDemo(target, {
      HOME: '/nowhere',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PROFILE: '',
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    }).ended;

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      '\nCould not load credentials from any providers; log in to AWS: aws sso login, AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret\n',
    );
  });

  test('is purged with --delete', async () => {
    const { exitCode, stdout } = await runOnCluster('--delete');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/rows deleted +500\n/);
    expect(await sessions()).toBe(40);
  });
});

/** Runs on a service with the given fault for each call, counted from 0. */
async function runOnFaulty(fault: (index: number) => Fault | undefined, ...args: string[]) {
  const faulty = await database.serve({ onCall: ({ index }) => fault(index) });
  const { resourceArn, secretArn } = faulty;
  const target = ['--cluster-arn', resourceArn, '--secret-arn', secretArn];
  const options = [...target, '--database', database.database, '--grace-seconds', '0', ...args];
  return startDemo(options, withoutSettings(database.environmentOf(faulty))).ended;
}

test('a failure during the purge shows what was deleted before it', async () => {
  const error = { error: 'AccessDeniedException', message: 'not any more' };

  const { exitCode, stdout, stderr } = await runOnFaulty(
    // What is looked at, where the first batches end, and the first delete.
    (index) => (index < 3 ? undefined : { answer: error }),
    '--delete',
  );

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/stop reason +failed: it could not be done/);
  const [, rowsDeleted] = /rows deleted +(\d+)\n/.exec(stdout) ?? [];
  expect(await sessions()).toBe(540 - Number(rowsDeleted));
  expect(Number(rowsDeleted)).toBeGreaterThan(0);
  expect(stderr).toContain('AccessDeniedException: not any more');
});

test('a warning of the function is shown', async () => {
  const { stdout } = await runOnFaulty((index) =>
    index === 0 ? { answer: { error: 'ThrottlingException' } } : undefined,
  );

  expect(stdout).toMatch(
    /warning: call repeated: ThrottlingException on attempt 1, the next one in \d+ ms\n/,
  );
});
