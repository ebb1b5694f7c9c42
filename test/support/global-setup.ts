import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createSessionTable } from '../../local/django-table';
import { type Postgres, startPostgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import { offerTestMariadb } from './test-mariadb';
import { publishTestPostgres, TEMPLATE } from './test-postgres';

declare global {
  // The teardown runs in the same process, with modules of its own.
  var testPostgres: Postgres | undefined;
  var testMariadb: { stop(): Promise<void> } | undefined;
}

/**
 * Starts the run's PostgreSQL with a template database: Django's table, and the role that may purge
 * it. Offers a MariaDB, too.
 */
export default async function globalSetup(): Promise<void> {
  // The SDK would say in each test file that it is about to drop Node.js 20, which is tested, too.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  globalThis.testMariadb = await offerTestMariadb();
  const postgres = await startPostgres();
  globalThis.testPostgres = postgres;
  const purger = { username: 'purger', password: randomBytes(24).toString('base64url') };
  const { host, port, superuser } = postgres;
  const login = { host, port, user: superuser.username, password: superuser.password };

  const admin = new Client({ ...login, database: 'postgres' });
  await admin.connect();
  await createPurgeRole(admin, { role: purger.username, password: purger.password });
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();

  const template = new Client({ ...login, database: TEMPLATE });
  await template.connect();
  await createSessionTable(template);
  await grantPurge(template, purger.username);
  await template.end();

  publishTestPostgres({ host, port, superuser, purger });
}
