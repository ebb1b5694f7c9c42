import { Client } from 'pg';
import { createSessionTable } from '../../../local/django-table';
import { createDatabase } from '../../support/postgres';
import { testPostgres } from '../../support/test-postgres';
import { newLogin, type Site } from '../deployment.suite';

const FIND_ROLE = 'SELECT CAST(rolname AS text) FROM pg_roles WHERE rolname = ';

/** The admin may create roles; database and tables belong to the application's user, whom the admin created. */
export async function startSite(): Promise<Site> {
  const db = await createDatabase();
  const { host, port } = testPostgres();
  const [admin, owner] = [newLogin('master'), newLogin('shop')];
  const as = async ({ username: user, password }: typeof admin) => {
    const client = new Client({ host, port, user, password, database: db.database });
    await client.connect();
    return client;
  };
  await db.query(`CREATE ROLE ${admin.username} LOGIN CREATEROLE PASSWORD '${admin.password}'`);
  const master = await as(admin);
  await master.query(`CREATE ROLE ${owner.username} LOGIN PASSWORD '${owner.password}'`);
  await master.end();
  await db.query(`ALTER DATABASE ${db.database} OWNER TO ${owner.username}`);
  await db.query(`ALTER TABLE django_session OWNER TO ${owner.username}`);
  return {
    db,
    cluster: { engine: 'postgresql', host, port },
    admin,
    owner,
    async addTenant(schema) {
      const client = await as(owner);
      await createSessionTable(client, { schema });
      await client.end();
      return schema;
    },
    hasUser: async (user) => (await db.query(`${FIND_ROLE}'${user}'`))[0]?.[0] === user,
    async ask(login, sql) {
      try {
        const client = await as(login);
        return await client
          .query(sql)
          .then(
            () => null,
            (error) => error.code,
          )
          .finally(() => client.end());
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    close: () => db.close(),
  };
}
