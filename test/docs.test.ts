import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../contract/metrics';
import { DEFAULTS, ENVIRONMENT } from '../contract/settings';
import { purgeSchema } from '../lib/purge-schema';
import { startDataApiServer } from '../local/data-api-server/index';
import { insertSessions } from '../local/django-table';
import { version } from '../package.json';
import { deploy } from './support/deployed-function';
import { createDatabase } from './support/postgres';
import { testPostgres } from './support/test-postgres';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');
const README = read('README.md');

function codeBlock(language: string, containing: string): string {
  const blocks = [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))];
  const [, code] = blocks.find(([, text]) => text?.includes(containing)) ?? [];
  if (code === undefined) throw new Error(`README has no ${language} block with ${containing}`);
  return code;
}

/** The row of the configuration's table that names a variable. */
const rowOf = (variable: string) =>
  README.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${variable}\``));

describe('the README', () => {
  it.each(Object.values(ENVIRONMENT))('explains %s', (variable) => {
    expect(rowOf(variable)).toBeDefined();
  });

  it.each(Object.entries(DEFAULTS))('gives the default of %s', (setting, value) => {
    const variable = ENVIRONMENT[setting as keyof typeof DEFAULTS];

    expect(rowOf(variable)).toContain(`| \`${value}\` |`);
  });

  it.each(Object.keys(purgeSchema.entries))('explains the context key %s', (key) => {
    expect(README).toMatch(new RegExp(`^\\| [^|]*\`${key}\``, 'm'));
  });

  it.each([METRIC_NAMESPACE, METRIC_DIMENSION, ...Object.values(METRICS)])('names %s', (name) => {
    expect(README).toContain(`\`${name}\``);
  });

  it('makes a role that can purge, and can read neither keys nor data', async () => {
    const db = await createDatabase();
    const { host, port } = testPostgres();
    const script = codeBlock('sql', 'CREATE ROLE').replaceAll('session_purge', `r_${db.database}`);
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
  const [, top] = /^## \[(.*?)\]/m.exec(read('CHANGELOG.md')) ?? [];

  expect(top).toBe(version);
});
