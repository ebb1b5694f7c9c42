import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Place,
  type Recipe,
  startThrowawayServer,
  type ThrowawayServer,
} from './throwaway-server';

/** A running MariaDB that nobody will miss. */
export type Mariadb = ThrowawayServer;

/** Absolute paths of MariaDB's programs. */
export interface MariadbBinaries {
  readonly installDb: string;
  readonly server: string;
}

/** How to get what `findMariadb` did not find. */
export const GET_MARIADB = 'run apt-get install mariadb-server';

/** Where packages put servers, which a user's PATH need not lead to. */
const MORE_DIRECTORIES = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** The programs of an installed MariaDB; undefined when one of them is missing. */
export function findMariadb(): MariadbBinaries | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...MORE_DIRECTORIES];
  const find = (program: string) =>
    directories.map((directory) => join(directory, program)).find((path) => existsSync(path));
  const installDb = find('mariadb-install-db');
  const server = find('mariadbd');
  return installDb && server ? { installDb, server } : undefined;
}

/** Fast because nothing is to survive a crash; room for a million sessions, taken as they come. */
const THROWAWAY = [
  '--innodb-buffer-pool-size=1G',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-log-file-size=256M',
  '--sync-frm=0',
];

/**
 * Starts an installed MariaDB on a free loopback port, its data in a fresh temporary directory, its
 * password random. Whatever else of MariaDB runs or is configured on this machine stays untouched.
 *
 * It lives until `stop`, or until this process ends in whatever way, and leaves nothing behind.
 *
 * @throws {Error} when none is installed, or when it does not start; then the message ends with what
 * MariaDB said
 */
export async function startMariadb(signal?: AbortSignal): Promise<Mariadb> {
  const binaries = findMariadb();
  if (binaries === undefined) throw new Error(`mariadb is missing; ${GET_MARIADB}`);
  const recipe: Recipe = {
    name: 'mariadb',
    superuser: 'root',
    commands: (place) => commandsIn(place, binaries),
    readyMessage: 'ready for connections',
    // An orderly shutdown would first write pages to files that are about to be deleted.
    stopSignal: 'SIGKILL',
  };
  return startThrowawayServer(recipe, signal);
}

function commandsIn(place: Place, { installDb, server }: MariadbBinaries): string[][] {
  const { directory, host, port, password, writeSecret } = place;
  // First, as MariaDB wants it: what is configured on this machine is not for this server.
  const both = ['--no-defaults', `--datadir=${join(directory, 'data')}`, ...THROWAWAY];
  const settings = [
    `--port=${port}`,
    `--bind-address=${host}`,
    `--tmpdir=${directory}`,
    // Beside the data, instead of where every other client of this machine looks for one.
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
 * Leaves one user, who has a password. The server runs this before it takes connections; one
 * statement a line, and it stops in silence at the first that fails.
 */
const initialUsers = (host: string, password: string): string =>
  [
    `SET PASSWORD FOR 'root'@'${host}' = PASSWORD('${password}');`,
    `DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host <> '${host}';`,
    'FLUSH PRIVILEGES;',
    '',
  ].join('\n');
