import type { SessionTable } from '../../local/django-table';
import { grantPurge } from '../../local/purge-role';
import { grantMysqlPurge } from '../../local/purge-role-mysql';
import type { ServedDatabase } from './data-api';
import { createMysqlDatabase } from './mariadb';
import { createDatabase } from './postgres';
import { testMariadb } from './test-mariadb';
import { testPostgres } from './test-postgres';

/** An entry of Django's `DATABASES`. */
export type DjangoDatabase = Readonly<Record<string, unknown>>;

/** A database that Django may use and the function may purge. */
export interface DjangoTestDatabase extends ServedDatabase {
  /** Django's way to it, or to one of its schemas. */
  settings(schema?: string): DjangoDatabase;
  /** Rows of query. */
  query(sql: string): Promise<string[][]>;
  /** Creates a schema, by MySQL's other word a database; gives its name. */
  createSchema(suffix: string): Promise<string>;
  /** Gives the function the rights that it needs. */
  grant(table: SessionTable): Promise<void>;
  /** `session_key expire_date` of each row, the time as it is stored, in the order of the keys. */
  rows(table?: SessionTable): Promise<string[]>;
  /** Columns, indexes and whatever else makes up `django_session`. */
  shape(): Promise<unknown>;
}

/** What differs between the engines. */
export interface DjangoEngine {
  readonly name: 'PostgreSQL' | 'MySQL';
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

export const POSTGRESQL: DjangoEngine = {
  name: 'PostgreSQL',
  driver: 'psycopg2',
  hasZones: true,
  async createDatabase() {
    const { host, port, superuser, purger } = testPostgres();
    const db = await createDatabase();
    const query = async (text: string): Promise<string[][]> =>
      (await db.admin.query({ text, rowMode: 'array' })).rows;
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
      query,
      async createSchema(suffix) {
        const schema = `schema_${suffix}`;
        await db.admin.query(`CREATE SCHEMA ${schema}`);
        return schema;
      },
      grant: (table) => grantPurge(db.admin, purger.username, table),
      async rows({ schema = 'public', table = 'django_session' } = {}) {
        const expiry = "(expire_date AT TIME ZONE 'UTC')::text";
        const sql = `SELECT session_key || ' ' || ${expiry} FROM "${schema}"."${table}" ORDER BY session_key COLLATE "C"`;
        return (await query(sql)).flat();
      },
      shape: () => query(PG_SHAPE),
    };
  },
};

export const MYSQL: DjangoEngine = {
  name: 'MySQL',
  driver: 'MySQLdb',
  hasZones: false,
  async createDatabase() {
    const { host, port, superuser, purger } = await testMariadb();
    const db = await createMysqlDatabase();
    const schemas: string[] = [];
    const query = async (sql: string): Promise<string[][]> => {
      const [rows] = await db.admin.query({ sql, rowsAsArray: true });
      return rows as string[][];
    };
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
      query,
      async createSchema(suffix) {
        const schema = `${db.database}_${suffix}`;
        await db.admin.query(`CREATE DATABASE ${schema}`);
        schemas.push(schema);
        return schema;
      },
      grant: (table) => grantMysqlPurge(db.admin, purger.username, table),
      async rows({ schema = db.database, table = 'django_session' } = {}) {
        const sql = `SELECT CONCAT(session_key, ' ', expire_date) FROM \`${schema}\`.\`${table}\` ORDER BY BINARY session_key`;
        return (await query(sql)).flat();
      },
      shape: () => query('SHOW CREATE TABLE django_session'),
      async close() {
        for (const schema of schemas) await db.admin.query(`DROP DATABASE ${schema}`);
        await db.close();
      },
    };
  },
};
