import { checkUp } from '../../support/checkup';
import { MYSQL } from '../../support/engines';
import { checkupBed, describeCheckup, OF_A_TABLE } from '../checkup.suite';

MYSQL.describe(() =>
  describeCheckup(MYSQL, {
    requirements: [
      ...['Data API', 'secret', 'database', 'engine version', 'writes', 'timeouts'],
      ...['clocks', 'time zone', ...OF_A_TABLE],
    ],
    unseen: ['engine version', 'foreign keys', 'triggers'],
    unsaid: ['writes', 'timeouts', 'clocks', 'time zone'],
    excess: [
      ['SELECT', 'SELECT (session_key, session_data)'],
      ['SELECT (session_key)', 'SELECT (session_key)'],
      ['UPDATE', 'UPDATE (session_key, session_data, expire_date)'],
      ['INSERT', 'INSERT'],
    ],
    withoutIndex: 'failing',
    seeing: 'superuser',
    trigger: (name, event) => [
      `CREATE TRIGGER ${name} BEFORE ${event} ON django_session FOR EACH ROW SET @seen = 1`,
    ],
    wrongPassword: /Access denied for user .*Error code: 1045/,
  }),
);

MYSQL.describe(() => {
  const bed = checkupBed(MYSQL);

  const asSuperuser = (env: Record<string, string> = {}) =>
    checkUp(bed, { ...env, SESSION_PURGE_SECRET_ARN: bed.dataApi.adminSecretArn });

  it('says that MariaDB is not what Aurora has', async () => {
    const { finding } = await checkUp(bed);

    expect(finding('engine version')?.detail).toMatch(/^MariaDB 1\d\.\d+\.\d+, which Aurora does/);
  });

  it('tells somebody with more rights how to see the rest', async () => {
    const { finding } = await checkUp(bed);
    await bed.query(
      'CREATE TABLE visit (session varchar(40), CONSTRAINT fk FOREIGN KEY (session) REFERENCES django_session (session_key))',
    );
    await bed.query(
      'CREATE TRIGGER gone BEFORE DELETE ON django_session FOR EACH ROW SET @gone = 1',
    );

    const seen = [];
    for (const requirement of ['foreign keys', 'triggers']) {
      const [, query = ''] = /: ((?:SELECT|SHOW) .*)$/.exec(finding(requirement)?.fix ?? '') ?? [];
      seen.push(await bed.query(query));
    }

    expect(seen).toEqual([
      [expect.arrayContaining(['visit', 'fk'])],
      [expect.arrayContaining(['gone'])],
    ]);
  });

  it('warns of a user who may do everything', async () => {
    const { finding, report } = await asSuperuser();

    expect(finding('least privilege')?.detail).toMatch(
      /^user "root@\S+" has rights to every schema, and can read every session$/,
    );
    expect(finding('foreign keys')?.detail).toBe('no other table refers to it');
    expect(report.verdict).toBe('warning');
  });

  it('warns of a user who may do everything in the schema', async () => {
    await bed.query(`GRANT ALL ON ${bed.database}.* TO 'purger'@'%'`);

    const { finding } = await checkUp(bed).finally(() =>
      bed.query(`REVOKE ALL ON ${bed.database}.* FROM 'purger'@'%'`),
    );
    const without = await checkUp(bed);

    expect(finding('least privilege')?.detail).toBe(
      'user "purger@%" has rights to all of the schema, and can read every session',
    );
    const { fix } = finding('least privilege') ?? {};
    expect(fix).toBe(
      `make the purge a user of its own, as docs/database-user.md does, and store it in the secret; if nothing but the purge uses it, as an administrator: GRANT SELECT (expire_date), DELETE ON ${bed.quoted()} TO 'purger'@'%'; REVOKE ALL ON \`${bed.database}\`.* FROM 'purger'@'%'`,
    );
    expect(without.finding('least privilege')?.state).toBe('ok');
  });

  it('does not know what a role gives the user', async () => {
    const role = `r_${bed.database}`;
    await bed.query(`CREATE ROLE ${role}`);
    await bed.query(`GRANT ${role} TO 'purger'@'%'`);
    await bed.query(`SET DEFAULT ROLE ${role} FOR 'purger'@'%'`);

    const { finding } = await checkUp(bed).finally(async () => {
      await bed.query("SET DEFAULT ROLE NONE FOR 'purger'@'%'");
      await bed.query(`DROP ROLE ${role}`);
    });

    expect(finding('least privilege')).toMatchObject({
      state: 'unknown',
      detail: 'user "purger@%" is not shown what its role gives it',
    });
  });

  it('judges the table that is meant, although another one differs from it in case alone', async () => {
    await bed.createTable({ table: 'Django_Session' });
    await bed.grant({ table: 'Django_Session' });
    await bed.query("GRANT INSERT ON Django_Session TO 'purger'@'%'");

    const env = { SESSION_PURGE_TABLES: 'django_session,Django_Session' };
    const { finding } = await checkUp(bed, env);

    const stateOf = (table: string) =>
      finding(`least privilege (${bed.reported({ table })})`)?.state;
    expect([stateOf('django_session'), stateOf('Django_Session')]).toEqual(['ok', 'warning']);
  });

  // MySQL tells those who may not use a database less than those who may: for them none is missing.
  it('asks for a right to a database that the user may not use', async () => {
    const { finding } = await checkUp(bed, { SESSION_PURGE_DATABASE: 'nothing' });

    expect(finding('database')).toMatchObject({
      state: 'failing',
      fix: expect.stringMatching(/^GRANT SELECT \(expire_date\), DELETE on the table/),
    });
  });
});
