import { escapeIdentifier } from 'pg';

/** The part of a `pg` client or pool that these functions use. */
export interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

/** The name of a session table; Django's own by default. */
export interface SessionTable {
  /** @default 'public' */
  readonly schema?: string;
  /** @default 'django_session' */
  readonly table?: string;
}

/** The table's name as SQL: qualified and quoted. */
export function qualifiedName({ schema = 'public', table = 'django_session' }: SessionTable = {}) {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
}

/** PostgreSQL cuts off what is longer, so that the names of two indexes may become one. */
const MOST_BYTES = 63;

/**
 * Creates the table as Django's migration `sessions.0001_initial` does on PostgreSQL, and its schema if it is missing.
 *
 * The index names end in the hashes that Django computes for `django_session`, also for another table.
 */
export async function createSessionTable(
  client: Queryable,
  options: SessionTable & {
    /** Definitions of more columns, as a custom session model has them: `'"account_id" integer'`. */
    readonly extraColumns?: readonly string[];
  } = {},
): Promise<void> {
  const { schema = 'public', table = 'django_session', extraColumns = [] } = options;
  const name = qualifiedName(options);
  const index = (suffix: string) => {
    const whole = `${table}_${suffix}`;
    return escapeIdentifier(Buffer.byteLength(whole) > MOST_BYTES ? suffix : whole);
  };
  const columns = [
    '"session_key" varchar(40) NOT NULL PRIMARY KEY',
    '"session_data" text NOT NULL',
    '"expire_date" timestamp with time zone NOT NULL',
    ...extraColumns,
  ];
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${escapeIdentifier(schema)}`);
  await client.query(`CREATE TABLE ${name} (${columns.join(', ')})`);
  await client.query(
    `CREATE INDEX ${index('session_key_c0390e0f_like')} ON ${name} ("session_key" varchar_pattern_ops)`,
  );
  await client.query(`CREATE INDEX ${index('expire_date_a5c62663')} ON ${name} ("expire_date")`);
}

/** A session as Django stores it. */
export interface SessionRow {
  readonly sessionKey: string;
  /** @default a few bytes that decode to nothing */
  readonly sessionData?: string;
  /** A text keeps microseconds, which a `Date` does not have. */
  readonly expireDate: Date | string;
}

/** Inserts exactly these rows. */
export async function insertSessions(
  client: Queryable,
  rows: readonly SessionRow[],
  table: SessionTable = {},
): Promise<void> {
  const instant = ({ expireDate }: SessionRow) =>
    typeof expireDate === 'string' ? expireDate : expireDate.toISOString();
  await client.query(
    `INSERT INTO ${qualifiedName(table)} ("session_key", "session_data", "expire_date")
     SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])`,
    [
      rows.map(({ sessionKey }) => sessionKey),
      rows.map(({ sessionData = 'e30:test' }) => sessionData),
      rows.map(instant),
    ],
  );
}

/** How many sessions to make up, and when they expire. */
export interface Seed extends SessionTable {
  /** The number of expired rows, which expired evenly over `expiredOverDays`. */
  readonly expired: number;
  /**
   * How long ago the newest expired row expired, in seconds.
   * @default 7200, an hour longer than the purge's default grace period
   */
  readonly newestExpiredSecondsAgo?: number;
  /** The number of live rows, which expire evenly over the next `liveOverDays`. @default 0 */
  readonly live?: number;
  /** @default 90 */
  readonly expiredOverDays?: number;
  /** Django's `SESSION_COOKIE_AGE` is two weeks. @default 14 */
  readonly liveOverDays?: number;
}

/** The values of a seed that does not give them. */
export const SEED_DEFAULTS = {
  live: 0,
  newestExpiredSecondsAgo: 7200,
  expiredOverDays: 90,
  liveOverDays: 14,
};

/**
 * Fills the table as on a site that has never purged: the oldest rows first on disk, keys of 32
 * letters and digits, 352 bytes of session data.
 */
export async function seedSessions(client: Queryable, seed: Seed): Promise<void> {
  const { expired, live, newestExpiredSecondsAgo, expiredOverDays, liveOverDays } = {
    ...SEED_DEFAULTS,
    ...seed,
  };
  await client.query(
    `INSERT INTO ${qualifiedName(seed)} ("session_key", "session_data", "expire_date")
     SELECT md5(random()::text || n), repeat(md5(n::text), 11), CASE
       WHEN n <= $1 THEN now() - $5 * interval '1 s' - (1 - n / $1::float8) * $3 * interval '1 day'
       ELSE now() + interval '1 hour' + (n - $1) / greatest($2, 1)::float8 * $4 * interval '1 day'
     END
     FROM generate_series(1, $1::int + $2::int) AS n`,
    [expired, live, expiredOverDays, liveOverDays, newestExpiredSecondsAgo],
  );
}
