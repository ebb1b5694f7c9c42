import { createConnection } from 'mysql2/promise';
import { createMysqlSessionTable, insertMysqlSessions } from '../../../local/django-table-mysql';
import { startMariadb } from '../../../local/mariadb';
import { createMysqlPurgeRole, grantMysqlPurge } from '../../../local/purge-role-mysql';
import { serveDatabase } from '../../support/data-api';
import { describeWithMariadb } from '../../support/mariadb';
import { openTables } from '../../support/real-session-table';

describeWithMariadb(() => {
  it('on a server that takes no notice of the case of names, the setting takes none either', async () => {
    const mariadb = await startMariadb(undefined, ['--lower-case-table-names=1']);
    const { host, port, superuser } = mariadb;
    const { username: user, password } = superuser;
    const purger = { username: 'purger', password: 'purger' };
    const admin = await createConnection({ host, port, user, password });
    await admin.query('CREATE DATABASE Shop');
    await admin.query('USE Shop');
    await createMysqlSessionTable(admin, { table: 'Django_Session' });
    await insertMysqlSessions(admin, [{ sessionKey: 'a', expireDate: '2020-07-11T19:20:40Z' }], {
      table: 'Django_Session',
    });
    await createMysqlPurgeRole(admin, { role: purger.username, password: purger.password });
    await grantMysqlPurge(admin, purger.username, { schema: 'Shop', table: 'Django_Session' });
    const cluster = { engine: 'mysql', host, port } as const;
    const served = await serveDatabase({ database: 'Shop', cluster, purger, superuser }, {});

    for (const name of [
      'Django_Session',
      'django_session',
      'SHOP.DJANGO_SESSION',
      '*.Django_Session',
    ]) {
      const { tables, unfit, close } = await openTables(served, [name]);

      expect(unfit).toEqual([]);
      expect(tables).toMatchObject([
        { name: 'shop.django_session', oldest: new Date('2020-07-11T19:20:40Z') },
      ]);
      close();
    }

    await served.close();
    await admin.end();
    await mariadb.stop();
  });
});
