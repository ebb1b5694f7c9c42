import { Client } from 'pg';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import { startDataApiServer } from '../../local/data-api-server/index';
import { insertSessions } from '../../local/django-table';
import { version } from '../../package.json';
import { deploy } from '../support/deployed-function';
import { createDatabase } from '../support/postgres';
import { testPostgres } from '../support/test-postgres';
import { codeBlocks, readPage } from './pages';

const README = readPage('README.md');

describe('the README', () => {
  it.each([METRIC_NAMESPACE, METRIC_DIMENSION, ...Object.values(METRICS)])('names %s', (name) => {
    expect(README).toContain(`\`${name}\``);
  });

  it('makes a role that can purge, and can read neither keys nor data', async () => {
    const db = await createDatabase();
    const { host, port } = testPostgres();
    const [sql = ''] = codeBlocks(README, 'sql');
    const script = sql.replaceAll('session_purge', `r_${db.database}`);
    const role = { username: `r_${db.database}`, password: 'choose-a-long-one' };
    await db.admin.query(script);
    await insertSessions(db.admin, [{ sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' }]);
    const service = await startDataApiServer({
      clusters: { [db.dataApi.resourceArn]: { engine: 'postgresql', host, port } },
      secrets: { [db.dataApi.secretArn]: role },
    });
    const purge = deploy({ env: db.environmentOf(service) });
    const client = new Client({ host, port, user: role.username, ...role, database: db.database });
    await client.connect();

    const { report } = await purge.invoke();
    const refused = [];
    for (const column of ['session_key', 'session_data', '*']) {
      refused.push(await client.query(`SELECT ${column} FROM django_session`).catch((e) => e.code));
    }

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(refused).toEqual(['42501', '42501', '42501']);
    await Promise.all([client.end(), purge.stop(), service.close()]);
    await db.admin.query(`DROP OWNED BY ${role.username}; DROP ROLE ${role.username}`);
    await db.close();
  });
});

it('the changelog tells of the version in package.json first', () => {
  const [, top] = /^## \[(.*?)\]/m.exec(readPage('CHANGELOG.md')) ?? [];

  expect(top).toBe(version);
});
