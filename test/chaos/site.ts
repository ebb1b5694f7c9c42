import type { DataApiServerOptions } from '../../local/data-api-server/index';
import { createMysqlDatabase } from '../support/mariadb';
import { createDatabase } from '../support/postgres';

/** A database with sessions in it, of either engine. */
export interface Site {
  /** Fills the table anew: so many that expired, and ten that live. */
  fill(expired: number): Promise<void>;
  /** The keys in the table, in their order. */
  keys(): Promise<string[]>;
  /** What a function needs in its environment to reach the database. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export type OnCall = NonNullable<DataApiServerOptions['onCall']>;

export const LIVE = Array.from({ length: 10 }, (_, at) => `live-${at}`);

/** A site on PostgreSQL; `onCall` is asked for each call of the function. */
export async function postgresqlSite(onCall: OnCall): Promise<Site> {
  const { admin, environment, close } = await createDatabase({ onCall });
  return {
    environment,
    close,
    async fill(expired) {
      await admin.query('TRUNCATE django_session');
      await admin.query(
        `INSERT INTO django_session SELECT md5(n::text), 'x', now() - interval '2 days' - n % 97 * interval '1 s'
         FROM generate_series(1, $1::int) AS n`,
        [expired],
      );
      await admin.query(
        `INSERT INTO django_session SELECT unnest($1::text[]), 'x', now() + interval '1 day'`,
        [LIVE],
      );
    },
    async keys() {
      const { rows } = await admin.query('SELECT session_key FROM django_session ORDER BY 1');
      return rows.map(({ session_key }) => session_key);
    },
  };
}

/** The same on MariaDB. */
export async function mysqlSite(onCall: OnCall): Promise<Site> {
  const { admin, environment, close } = await createMysqlDatabase({ onCall });
  return {
    environment,
    close,
    async fill(expired) {
      await admin.query('DELETE FROM django_session');
      await admin.query(
        `INSERT INTO django_session
         SELECT MD5(seq), 'x', UTC_TIMESTAMP(6) - INTERVAL 2 DAY - INTERVAL seq % 97 SECOND
         FROM seq_1_to_${expired}`,
      );
      await admin.query(
        'INSERT INTO django_session (session_key, session_data, expire_date) VALUES ?',
        [LIVE.map((key) => [key, 'x', new Date(Date.now() + 86_400_000)])],
      );
    },
    async keys() {
      const [rows] = await admin.query('SELECT session_key FROM django_session ORDER BY 1');
      return (rows as { session_key: string }[]).map(({ session_key }) => session_key);
    },
  };
}
