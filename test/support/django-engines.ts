import type { SessionTable } from '../../local/django-table';
import type { EngineDatabase } from './engine-database';
import { type Engine, MYSQL, POSTGRESQL } from './engines';
import { testMariadb } from './test-mariadb';
import { testPostgres } from './test-postgres';

/** An entry of Django's `DATABASES`. */
export type DjangoDatabase = Readonly<Record<string, unknown>>;

/** A database that Django may use and the function may purge. */
export interface DjangoTestDatabase extends EngineDatabase {
  /** Django's way to it, or to one of its schemas. */
  settings(schema?: string): DjangoDatabase;
  /** `session_key expire_date` of each row, the time as it is stored, in the order of the keys. */
  rows(table?: SessionTable): Promise<string[]>;
  /** Columns, indexes and whatever else makes up `django_session`. */
  shape(): Promise<unknown>;
}

/** An engine as Django uses it. */
export interface DjangoEngine extends Omit<Engine, 'createDatabase'> {
  readonly driver: 'psycopg2' | 'MySQLdb';
  /** Whether the column itself tells the zone of its times. */
  readonly hasZones: boolean;
  createDatabase(): Promise<DjangoTestDatabase>;
}

const PG_SHAPE = `
  SELECT 'column', column_name, data_type || coalesce(character_maximum_length::text, ''), is_nullable, column_default
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'django_session'
  UNION ALL SELECT 'index', indexname, indexdef, NULL, NULL
  FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'django_session'
  UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), NULL, NULL
  FROM pg_constraint WHERE conrelid = 'django_session'::regclass
  ORDER BY 1, 2`;

export const DJANGO_ON_POSTGRESQL: DjangoEngine = {
  ...POSTGRESQL,
  driver: 'psycopg2',
  hasZones: true,
  async createDatabase() {
    const { host, port, superuser } = testPostgres();
    const db = await POSTGRESQL.createDatabase();
    return {
      ...db,
      settings: (schema) => ({
        ENGINE: 'django.db.backends.postgresql',
        HOST: host,
        PORT: port,
        USER: superuser.username,
        PASSWORD: superuser.password,
        NAME: db.database,
        OPTIONS: schema === undefined ? {} : { options: `-c search_path=${schema}` },
      }),
      async rows(table) {
        const expiry = "(expire_date AT TIME ZONE 'UTC')::text";
        const sql = `SELECT session_key || ' ' || ${expiry} FROM ${db.quoted(table)} ORDER BY session_key COLLATE "C"`;
        return (await db.query(sql)).flat();
      },
      shape: () => db.query(PG_SHAPE),
    };
  },
};

export const DJANGO_ON_MYSQL: DjangoEngine = {
  ...MYSQL,
  driver: 'MySQLdb',
  hasZones: false,
  async createDatabase() {
    const { host, port, superuser } = await testMariadb();
    const db = await MYSQL.createDatabase();
    return {
      ...db,
      settings: (schema = db.database) => ({
        ENGINE: 'django.db.backends.mysql',
        HOST: host,
        PORT: port,
        USER: superuser.username,
        PASSWORD: superuser.password,
        NAME: schema,
      }),
      async rows(table) {
        const sql = `SELECT CONCAT(session_key, ' ', expire_date) FROM ${db.quoted(table)} ORDER BY BINARY session_key`;
        return (await db.query(sql)).flat();
      },
      shape: () => db.query('SHOW CREATE TABLE django_session'),
    };
  },
};
