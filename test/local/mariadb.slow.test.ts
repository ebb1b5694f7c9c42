import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Mariadb, startMariadb } from '../../local/mariadb';
import { describeWithMariadb } from '../support/mariadb';
import { describeAsRoot } from '../support/skip';
import { firstLine, useOwners } from './owners';
import { until } from './until';

const connectTo = ({ host, port }: Mariadb, user: string, password?: string) =>
  createConnection({ host, port, user, ...(password ? { password } : {}) });

describeWithMariadb(() => {
  const owners = useOwners();

  test('starts a MariaDB with one user, who has a password, and stops under its clients', async () => {
    const mariadb = await startMariadb();
    const { username, password } = mariadb.superuser;

    const client = await connectTo(mariadb, username, password);
    const [users] = await client.query<RowDataPacket[]>(
      `SELECT User, Host FROM mysql.global_priv WHERE JSON_VALUE(Priv, '$.account_locked') IS NULL`,
    );
    expect(users).toEqual([{ User: 'root', Host: '127.0.0.1' }]);
    for (const [user, wrong] of [[username], [username, 'wrong'], ['']] as const)
      await expect(connectTo(mariadb, user, wrong)).rejects.toMatchObject({ errno: 1045 });

    const cutOff = once(client as unknown as NodeJS.EventEmitter, 'error');
    await mariadb.stop();
    await mariadb.stop();
    await cutOff;
    await expect(connectTo(mariadb, username, password)).rejects.toThrow('ECONNREFUSED');
  });

  test('shares nothing with a MariaDB of the system, and has the defaults of a new one', async () => {
    const mariadb = await startMariadb();
    const client = await connectTo(mariadb, 'root', mariadb.superuser.password);
    const [[settings]] = await client.query<RowDataPacket[]>(
      `SELECT @@datadir LIKE '%/throwaway-mariadb-%' AS own, @@socket AS socket, @@sql_mode LIKE '%STRICT_TRANS_TABLES%' AS strict,
              @@tx_isolation AS isolation, @@character_set_database AS charset, @@global.time_zone AS zone`,
    );
    await client.end();
    await mariadb.stop();
    expect(settings).toEqual({
      own: 1,
      socket: 'socket',
      strict: 1,
      isolation: 'REPEATABLE-READ',
      charset: 'utf8mb4',
      zone: '+00:00',
    });
  });

  test.each(['stop', 'throw'])('leaves nothing behind: %s', async (ending) => {
    const owner = owners.start('mariadb', ending);
    const { port } = await firstLine(owner);
    await once(owner, 'exit');
    await owners.untilNothingIsLeft(port);
  });

  test('leaves nothing behind when its owner is killed', async () => {
    const owner = owners.start('mariadb', 'wait');
    const { port } = await firstLine(owner);
    owner.kill('SIGKILL');
    await owners.untilNothingIsLeft(port);
  });

  test('leaves nothing behind when its owner is killed before it is ready', async () => {
    const owner = owners.start('mariadb', 'wait');
    await until('the first data', () =>
      owners.leftovers().some((name) => existsSync(join(owners.temporary, name, 'data'))),
    );
    owner.kill('SIGKILL');
    await owners.untilNothingIsLeft();
  });

  describeAsRoot(() => {
    test('says what went wrong when it cannot start', async () => {
      chmodSync(owners.temporary, 0o700);
      const owner = owners.start('mariadb', 'stop');
      const said = owner.stderr ? await text(owner.stderr) : '';
      expect(said).toMatch(/^mariadb ended with code 1 before it was ready: .*Permission denied/s);
      expect(owners.leftovers()).toEqual([]);
    });
  });
});
