import { serverFindings } from '../../../lambda/checkup/server-findings';
import { server as mysql } from '../../../lambda/database/mysql/server';
import { server as postgresql, refusal } from '../../../lambda/database/postgresql/server';

const READ_ONLY = /^the database takes no writes: /;

async function findingsOn(server: typeof mysql, settings: Readonly<Record<string, string>>) {
  const rows = Object.entries(settings).map(([name, value]) =>
    server === mysql
      ? { Variable_name: name, Value: value }
      : { name, setting: value, user: 'purger', doesMore: false, readOnlyBy: null },
  );
  const findings = await serverFindings(
    { send: async () => ({ kind: 'rows', rows, rowsChanged: 0, durationMs: 1 }) },
    server,
  );
  return Object.fromEntries(findings.map((finding) => [finding.requirement, finding]));
}

describe('a server that takes no deletes is failing', () => {
  it.each([
    [
      'PostgreSQL',
      'a standby',
      postgresql,
      { in_recovery: 'on' },
      'the server is a standby, which only reads',
    ],
    ['MySQL', 'a replica', mysql, { read_only: 'ON', innodb_read_only: 'OFF' }, 'read_only is ON'],
    [
      'MySQL',
      'a reader',
      mysql,
      { read_only: 'ON', innodb_read_only: 'ON' },
      'read_only is ON, innodb_read_only is ON',
    ],
  ])('on %s, for %s', async (_engine, _why, server, settings, detail) => {
    expect((await findingsOn(server, settings)).writes).toMatchObject({
      state: 'failing',
      detail,
      fix: expect.stringMatching(READ_ONLY),
    });
  });

  it.each(['transaction_read_only', 'tx_read_only'])('on MySQL, for %s', async (name) => {
    expect((await findingsOn(mysql, { [name]: 'ON' })).writes).toMatchObject({
      state: 'failing',
      detail: `${name} is ON`,
      fix: 'no transaction may write: set transaction_read_only to OFF in the parameter group of the cluster',
    });
  });

  it.each([
    ['user', 'ALTER ROLE purger RESET default_transaction_read_only'],
    ['database user', 'ALTER ROLE purger IN DATABASE shop RESET default_transaction_read_only'],
    ['database', 'ALTER DATABASE shop RESET default_transaction_read_only'],
    ['global', 'ALTER ROLE ALL RESET default_transaction_read_only'],
    [
      'configuration file',
      'set default_transaction_read_only to off in the parameter group of the cluster',
    ],
  ])('on PostgreSQL, for a setting of the %s', (readOnlyBy, remedy) => {
    expect(refusal({ readOnlyBy, user: 'purger', database: 'shop' })).toEqual({
      problem:
        'no transaction of user "purger" may write, since default_transaction_read_only is on',
      remedy,
    });
  });

  it.each([
    ['failing', { transaction_isolation: 'READ-COMMITTED' }],
    ['failing', { tx_isolation: 'READ-UNCOMMITTED' }],
    ['ok', { transaction_isolation: 'REPEATABLE-READ' }],
    ['ok', { transaction_isolation: 'READ-COMMITTED', binlog_format: 'ROW' }],
    ['ok', { transaction_isolation: 'READ-COMMITTED', log_bin: 'OFF' }],
  ])('on MySQL, for a log that InnoDB cannot write: %s with %j', async (state, settings) => {
    const logged = { log_bin: 'ON', binlog_format: 'STATEMENT', ...settings };

    expect((await findingsOn(mysql, logged)).writes?.state).toBe(state);
  });
});

it('a server that takes them is ok', async () => {
  const ok = { state: 'ok', detail: 'the database takes them', fix: null };

  expect((await findingsOn(mysql, { read_only: 'OFF' })).writes).toMatchObject(ok);
  expect((await findingsOn(postgresql, { in_recovery: 'off' })).writes).toMatchObject(ok);
});

it.each([
  ['ok', '50'],
  ['ok', '1'],
  ['warning', '51'],
])('waiting for a lock on MySQL is %s with %s s', async (state, seconds) => {
  const { timeouts } = await findingsOn(mysql, { innodb_lock_wait_timeout: seconds });

  expect(timeouts).toMatchObject({
    state,
    detail: expect.stringMatching(`^innodb_lock_wait_timeout is ${seconds} s`),
  });
});
