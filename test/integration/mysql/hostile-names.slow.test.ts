import { escape as quoted } from 'mysql2';
import { checkUp } from '../../support/checkup';
import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeHostileNames } from '../hostile-names.suite';

/** Cuts at a semicolon that is not within quotes. */
const cut = (sql: string) => sql.match(/(?:`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'|[^;`'])+/g) ?? [];

MYSQL.describe(() =>
  describeHostileNames(MYSQL, {
    account: (user) => `${quoted(user)}@'%'`,
    createUser: (account, password) => [`CREATE USER ${account} IDENTIFIED BY '${password}'`],
    dropUser: (account) => [`DROP USER ${account}`],
    untaken: [', '],
    obstacles: (quoted, account) => [`REVOKE DELETE ON ${quoted} FROM ${account}`],
    warnings: (quoted, account) => [
      `ALTER TABLE ${quoted} MODIFY expire_date datetime(6) NULL`,
      `GRANT SELECT (session_data), UPDATE (session_key), INSERT ON ${quoted} TO ${account}`,
    ],
    paste: (sql) =>
      cut(
        sql
          .replace(/^as an administrator: (.*if that shows 0: )?/s, '')
          .replace(/; if it shows more.*/s, ''),
      ),
  }),
);

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  it('a right to a schema is none to the one whose name differs in case alone', async () => {
    const schemas = [await bed.createSchema('shop'), await bed.createSchema('SHOP')];
    for (const schema of schemas) {
      await bed.createTable({ schema });
      await bed.grant({ schema });
    }
    await bed.query(`GRANT ALL ON \`${schemas[0]}\`.* TO 'purger'@'%'`);

    const { finding } = await checkUp(bed, {
      SESSION_PURGE_TABLES: schemas.map((schema) => `${schema}.django_session`).join(),
    }).finally(() => bed.query(`REVOKE ALL ON \`${schemas[0]}\`.* FROM 'purger'@'%'`));

    const states = schemas.map(
      (schema) => finding(`least privilege (${schema}.django_session)`)?.state,
    );
    expect(states).toEqual(['warning', 'ok']);
  });

  it('a right to a table is none to the one whose name differs in case alone', async () => {
    await bed.createTable({ table: 'Django_Session' });
    await bed.query("GRANT SELECT (expire_date) ON Django_Session TO 'purger'@'%'");

    const env = { SESSION_PURGE_TABLES: 'Django_Session' };
    const { finding } = await checkUp(bed, env);
    const { error } = await bed.purge(env);

    const detail = 'user "purger@%" lacks DELETE on table "Django_Session"';
    expect(finding('rights')).toMatchObject({ state: 'failing', detail });
    expect(error?.errorMessage).toContain(detail);
  });

  it('a table of nearly the name is told as the setting takes it', async () => {
    const table = { schema: await bed.createSchema('a"b'), table: 'My"Session' };
    await bed.createTable(table);
    await bed.grant(table);

    const { finding } = await checkUp(bed, { SESSION_PURGE_TABLES: '"my""session"' });

    const [, near = ''] = /if you mean (.*), name it so/.exec(finding('table')?.fix ?? '') ?? [];
    const found = await checkUp(bed, { SESSION_PURGE_TABLES: near });
    expect(found.finding('table')?.state).toBe('ok');
  });
});
