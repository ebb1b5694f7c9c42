import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createSessionTable } from '../../local/django-table';
import type { Postgres } from '../../local/postgresql';
import { createPurgeRole, grantPurge } from '../../local/purge-role';
import type { Login } from './data-api';

/** How test files reach the run's PostgreSQL. */
export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly superuser: Login;
  /** The role with the least privileges that a purge needs. */
  readonly purger: Login;
}

/** The database that each test's database is a copy of. */
export const TEMPLATE = 'session_template';

const VARIABLE = 'TEST_POSTGRES';

/** Makes the role that may purge, and the template database with Django's table. */
export async function prepareTestPostgres(postgres: Postgres): Promise<TestPostgres> {
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

  return { host, port, superuser, purger };
}

/** Passes the connection to the workers, which inherit the environment. */
export function publishTestPostgres(facts: TestPostgres): void {
  process.env[VARIABLE] = JSON.stringify(facts);
}

/** @throws {Error} when the global setup has not run */
export function testPostgres(): TestPostgres {
  const facts = process.env[VARIABLE];
  if (facts === undefined)
    throw new Error(`${VARIABLE} is not set; run the test through jest and its global setup`);
  return JSON.parse(facts);
}
