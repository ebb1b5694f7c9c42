interface Login {
  readonly username: string;
  readonly password: string;
}

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
