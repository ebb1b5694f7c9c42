import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Place,
  type Recipe,
  startThrowawayServer,
  type ThrowawayServer,
} from './throwaway-server';

/** A MariaDB for temporary data. */
export type Mariadb = ThrowawayServer;

/** The absolute paths of MariaDB's programs. */
export interface MariadbBinaries {
  readonly installDb: string;
  readonly server: string;
}

/** What to do when `findMariadb` finds nothing. */
export const GET_MARIADB = 'run apt-get install mariadb-server';

/** The directories in which packages install servers. A user's PATH may lack them. */
const MORE_DIRECTORIES = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** The programs of an installed MariaDB; `undefined` when one of them is missing. */
export function findMariadb(): MariadbBinaries | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES];
  const find = (program: string) =>
    directories.map((directory) => join(directory, program)).find((path) => existsSync(path));
  const installDb = find('mariadb-install-db');
  const server = find('mariadbd');
  return installDb && server ? { installDb, server } : undefined;
}

/** Settings for speed: the data need not survive a crash, and a million sessions fit into the buffer pool. */
const THROWAWAY = [
  '--innodb-buffer-pool-size=1G',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-log-file-size=256M',
  '--sync-frm=0',
];

/**
 * Starts an installed MariaDB on a free loopback port, with its data in a new temporary directory and a random
 * password. Another MariaDB on this machine, and its configuration, stay as they are.
 *
 * Runs until `stop`, or until this process ends in whatever way, and leaves nothing behind. `options` are more options of
 * the server.
 *
 * @throws {Error} when none is installed, or when it does not start; the message then ends with what MariaDB wrote
 */
export async function startMariadb(
  signal?: AbortSignal,
  options: readonly string[] = [],
): Promise<Mariadb> {
  const binaries = findMariadb();
  if (binaries === undefined) throw new Error(`mariadb is missing; ${GET_MARIADB}`);
  const recipe: Recipe = {
    name: 'mariadb',
    superuser: 'root',
    commands: (place) => commandsIn(place, binaries, options),
    readyMessage: 'ready for connections',
    // An orderly shutdown would first write pages to files that are about to be deleted.
    stopSignal: 'SIGKILL',
  };
  return startThrowawayServer(recipe, signal);
}

function commandsIn(
  place: Place,
  { installDb, server }: MariadbBinaries,
  options: readonly string[],
): string[][] {
  const { directory, host, port, password, writeSecret } = place;
  // MariaDB requires this option first. It ignores the configuration of this machine.
  const both = ['--no-defaults', `--datadir=${join(directory, 'data')}`, ...THROWAWAY, ...options];
  const settings = [
    `--port=${port}`,
    `--bind-address=${host}`,
    `--tmpdir=${directory}`,
    // In the data directory, because other clients on this machine look for a socket in the default place.
    '--socket=socket',
    '--skip-name-resolve',
    '--default-time-zone=+00:00',
    '--character-set-server=utf8mb4',
    '--max-connections=100',
    `--init-file=${writeSecret('init.sql', initialUsers(host, password))}`,
  ];
  const content = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  return [
    [installDb, ...both, ...content, '--skip-name-resolve'],
    [server, ...both, ...settings],
  ];
}

/**
 * SQL that leaves one user, who has a password. The server runs it before it accepts connections. It takes one
 * statement a line, and stops silently at the first that fails.
 */
const initialUsers = (host: string, password: string): string =>
  [
    `SET PASSWORD FOR 'root'@'${host}' = PASSWORD('${password}');`,
    `DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host <> '${host}';`,
    'FLUSH PRIVILEGES;',
    '',
  ].join('\n');
