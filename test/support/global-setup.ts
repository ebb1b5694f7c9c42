import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createSessionTable } from '../../local/django-table';
import { type Postgres, startPostgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import { compileBundles } from './deployed-function';
import { offerTestMariadb } from './test-mariadb';
import { publishTestPostgres, TEMPLATE } from './test-postgres';

declare global {
  // The teardown runs in the same process, but loads its modules anew.
  var testPostgres: Postgres | undefined;
  var testMariadb: { stop(): Promise<void> } | undefined;
}

/**
 * Starts the PostgreSQL of the run. Its template database has Django's table and the role that may
 * purge it. A MariaDB starts when a test asks for it.
 */
export default async function globalSetup(): Promise<void> {
  // Otherwise the SDK warns in each test file that it will drop Node.js 20.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  compileBundles();
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
