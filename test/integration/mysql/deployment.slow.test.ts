import { createConnection } from 'mysql2/promise';
import { createMysqlSessionTable } from '../../../local/django-table-mysql';
import { MYSQL } from '../../support/engines';
import { createMysqlDatabase } from '../../support/mariadb';
import { testMariadb } from '../../support/test-mariadb';
import { describeDeployment, newLogin, type Site } from '../deployment.suite';

/** The admin may create users and pass on the rights that he has to the databases of the application. */
async function startSite(): Promise<Site> {
  const db = await createMysqlDatabase();
  const { host, port } = await testMariadb();
  const admin = newLogin('master');
  const account = `'${admin.username}'@'%'`;
  await db.query(`CREATE USER ${account} IDENTIFIED BY '${admin.password}'`);
  await db.query(`GRANT CREATE USER ON *.* TO ${account}`);
  // As the master user of RDS may; the grants of others stand there.
  await db.query(`GRANT SELECT ON mysql.* TO ${account}`);
  const give = (database: string) =>
    db.query(`GRANT SELECT, DELETE ON ${database}.* TO ${account} WITH GRANT OPTION`);
  await give(db.database);
  return {
    db,
    cluster: { engine: 'mysql', host, port },
    admin,
    owner: admin,
    async addTenant(suffix) {
      const schema = await db.createSchema(suffix);
      await createMysqlSessionTable(db.admin, { schema });
      await give(schema);
      return schema;
    },
    hasUser: async (user) =>
      (await db.query(`SELECT User FROM mysql.user WHERE User = '${user}'`)).length > 0,
    async ask({ username: user, password }, sql) {
      try {
        const client = await createConnection({ host, port, user, password });
        return await client
          .query(sql)
          .then(
            () => null,
            (error) => String(error.errno),
          )
          .finally(() => client.end());
      } catch (error) {
        return String((error as { errno: number }).errno);
      }
    },
    async close() {
      await db.query(`DROP USER ${account}`);
      await db.close();
    },
  };
}

MYSQL.describe(() =>
  describe('the deployment', () =>
    describeDeployment(MYSQL, {
      startSite,
      refusal: '1143',
      adminNeeds: /could not be made: .*CREATE USER.*must have CREATE USER/,
    })),
);
