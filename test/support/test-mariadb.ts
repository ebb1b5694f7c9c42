import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnection } from 'mysql2/promise';
import { type Mariadb, startMariadb } from '../../local/mariadb';
import { createMysqlPurgeRole } from '../../local/purge-role-mysql';
import type { Login } from './data-api';

/** How test files reach the run's MariaDB. */
export interface TestMariadb {
  readonly host: string;
  readonly port: number;
  readonly superuser: Login;
  /** A user without any right. */
  readonly purger: Login;
}

const VARIABLE = 'TEST_MARIADB';

/**
 * Offers a MariaDB to the workers, which inherit the environment. It takes seconds to start, so it
 * starts when the first test file asks for it. `options` are more options of the server.
 */
export async function offerTestMariadb(
  options: readonly string[] = [],
): Promise<{ stop(): Promise<void> }> {
  const path = `/${randomUUID()}`;
  let started: Promise<Mariadb> | undefined;
  let provided: Promise<TestMariadb> | undefined;
  const provide = () => {
    started ??= startMariadb(undefined, options);
    provided ??= started.then(withPurger);
    return provided;
  };
  const server = createServer(async ({ url }, response) => {
    // The answer holds passwords. Others who find the port do not know the path.
    if (url !== path) response.writeHead(404).end();
    else
      await provide().then(
        (facts) => response.end(JSON.stringify(facts)),
        ({ message }: Error) => response.writeHead(500).end(message),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  process.env[VARIABLE] = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return {
    async stop() {
      server.close();
      await started?.then(
        (mariadb) => mariadb.stop(),
        () => {},
      );
    },
  };
}

async function withPurger({ host, port, superuser }: Mariadb): Promise<TestMariadb> {
  const purger = { username: 'purger', password: randomBytes(24).toString('base64url') };
  const { username: user, password } = superuser;
  const admin = await createConnection({ host, port, user, password });
  await createMysqlPurgeRole(admin, { role: purger.username, password: purger.password });
  await admin.end();
  return { host, port, superuser, purger };
}

/** @throws {Error} when the global setup has not run, or MariaDB does not start */
export async function testMariadb(): Promise<TestMariadb> {
  const url = process.env[VARIABLE];
  if (url === undefined)
    throw new Error(`${VARIABLE} is not set; run the test through jest and its global setup`);
  const answer = await fetch(url, { headers: { connection: 'close' } });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as TestMariadb;
}
