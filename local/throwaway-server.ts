import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunAs, unprivilegedUser } from './unprivileged-user';

/** A database server for temporary data. */
export interface ThrowawayServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: { readonly username: string; readonly password: string };
  /** Stops the server and removes its directory; resolves when both are gone. */
  stop(): Promise<void>;
}

/** The place of a server: what is decided before it is created. */
export interface Place {
  /** The server's own directory. It is empty at first, and removed when the server ends. */
  readonly directory: string;
  readonly user: RunAs;
  readonly host: string;
  readonly port: number;
  /** The superuser's password. */
  readonly password: string;
  /** Writes a file that only the server may read; returns its path. */
  writeSecret(name: string, content: string): string;
}

/** How to create and run a kind of database server. */
export interface Recipe {
  /** The name for messages. */
  readonly name: string;
  readonly superuser: string;
  /** The programs with their arguments. The last one is the server; those before it prepare its data. */
  commands(place: Place): string[][];
  /** What the server writes when it accepts connections. */
  readonly readyMessage: string;
  /** The signal that ends the server without waiting for its clients. */
  readonly stopSignal: 'SIGINT' | 'SIGKILL';
}

const HOST = '127.0.0.1';

/**
 * Starts a server on a free loopback port, with its data in a new temporary directory and a random password.
 *
 * Runs until `stop`, or until this process ends in whatever way, and leaves nothing behind. If the signal aborts while
 * the server starts, it is stopped.
 *
 * @throws {Error} when it does not start; the message ends with what the server wrote
 */
export async function startThrowawayServer(
  recipe: Recipe,
  signal?: AbortSignal,
): Promise<ThrowawayServer> {
  const { name, superuser: username, stopSignal } = recipe;
  const port = await freePort();
  const user = unprivilegedUser();
  const directory = mkdtempSync(join(tmpdir(), `throwaway-${name}-`));
  const password = randomBytes(24).toString('base64url');
  const writeSecret = (file: string, content: string) => {
    const path = join(directory, file);
    writeFileSync(path, content, { mode: 0o600 });
    own(path, user);
    return path;
  };
  try {
    own(directory, user);
    const commands = recipe.commands({ directory, user, host: HOST, port, password, writeSecret });
    const supervisor = await supervise({ directory, user, stopSignal, commands }, recipe, signal);
    const stop = () => stopSupervisor(supervisor);
    return { host: HOST, port, superuser: { username, password }, stop };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

const own = (path: string, user: RunAs): void => {
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid);
};

async function supervise(
  plan: object,
  recipe: Recipe,
  signal: AbortSignal | undefined,
): Promise<ChildProcess> {
  signal?.throwIfAborted();
  const script = join(__dirname, 'supervisor.cjs');
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], {
    // Ctrl-C does not reach it, because its owner may need the database to clean up.
    detached: true,
    env: { LC_ALL: 'C', PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const giveUp = () => void child.stdin?.end();
  signal?.addEventListener('abort', giveUp);
  await untilReady(child, recipe).finally(() => signal?.removeEventListener('abort', giveUp));
  letGo(child);
  return child;
}

async function untilReady(child: ChildProcess, { name, readyMessage }: Recipe): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-4096);
      if (output.includes(readyMessage)) resolve();
    });
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`${name} ended with code ${code} before it was ready: ${output.trim()}`)),
    );
  });
  child.stderr?.removeAllListeners('data').resume();
}

/** Lets this process end although the server runs. The supervisor then stops the server. */
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
