import { type Postgres, startPostgres } from '../../local/postgresql';
import { offerTestMariadb } from './test-mariadb';
import { prepareTestPostgres, publishTestPostgres } from './test-postgres';

declare global {
  // The teardown runs in the same process, but loads its modules anew.
  var testPostgres: Postgres | undefined;
  var testMariadb: { stop(): Promise<void> } | undefined;
}

/** Starts the PostgreSQL of the run. A MariaDB starts when a test asks for it. */
export default async function globalSetup(): Promise<void> {
  // Otherwise the SDK warns in each test file that it will drop Node.js 20.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  globalThis.testMariadb = await offerTestMariadb();
  const postgres = await startPostgres();
  globalThis.testPostgres = postgres;
  publishTestPostgres(await prepareTestPostgres(postgres));
}
