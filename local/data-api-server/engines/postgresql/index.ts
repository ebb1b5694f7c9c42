import { Client, Pool, type PoolClient, type QueryArrayConfig } from 'pg';
import { assertResultFits } from '../../limits';
import type { Address, Engine, Login, Outcome, Session, Statement } from '../engine';
import { MAX_CONNECTIONS, pooledEngine } from '../pooled-engine';
import { bindValues } from './bound-values';
import { type CatalogQuery, columnsOf, describeColumns } from './columns';
import { toServiceError } from './errors';
import { numberParameters } from './named-parameters';
import { toArrayField, toField } from './values';

/** PostgreSQL. No state of a connection passes from one call to the next. */
export function postgresqlEngine(address: Address): Engine {
  return pooledEngine({
    createPool: (login) => createPool(configOf(address, login)),
    async openSession(pool, login) {
      const client = await pool.connect().catch((error) => {
        throw toServiceError(error);
      });
      return createSession(client, configOf(address, login));
    },
    endPool: (pool) => pool.end(),
  });
}

/** The default database is the one with the name of the user, as in PostgreSQL and on the service (aws-cli#8577). */
const configOf = (address: Address, { username, password, database = username }: Login) => ({
  ...address,
  user: username,
  password,
  database,
});

type ClientConfig = ReturnType<typeof configOf>;

function createPool(config: ClientConfig): Pool {
  const pool = new Pool({ ...config, max: MAX_CONNECTIONS, allowExitOnIdle: true });
  // The statement that needs a dead connection reports it. Without listeners, its error would end this process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

function createSession(client: PoolClient, config: ClientConfig): Session {
  const { processID: connectionId } = client as unknown as { processID: number };
  const run = async (sql: string): Promise<void> => {
    await client.query(sql).catch((error) => {
      throw toServiceError(error);
    });
  };
  return {
    connectionId,
    execute: (statement) => execute(client, statement),
    begin: () => run('BEGIN'),
    commit: () => run('COMMIT'),
    rollback: () => run('ROLLBACK'),
    cancel: () => cancelBackend(config, connectionId),
    release: () => reset(client),
  };
}

/**
 * Clears the session with `DISCARD ALL`, which the service runs between calls (sbalmt/ez4#61). In a transaction it
 * fails, and ends the transaction.
 */
async function reset(client: PoolClient): Promise<void> {
  const failed = await client.query('DISCARD ALL').then(
    () => false,
    () => true,
  );
  client.release(failed);
}

async function cancelBackend(config: ClientConfig, connectionId: number): Promise<void> {
  const client = new Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [connectionId]);
  } catch {
    // The call is then answered when the statement ends by itself.
  } finally {
    await client.end().catch(() => {});
  }
}

async function execute(client: PoolClient, statement: Statement): Promise<Outcome> {
  const { text, names } = numberParameters(statement.sql);
  const bound = bindValues(names, statement.parameters);
  try {
    const oids = bound.map(({ oid }) => oid);
    const values = bound.map(({ value }) => value);
    const result = await client.query(textQuery(text, values, oids));
    if (result.fields.length === 0) return { updated: countOf(result) };
    assertResultFits(result.rows);
    const catalog: CatalogQuery = async (sql, args) =>
      (await client.query(textQuery(sql, args))).rows;
    const columns = await columnsOf(result.fields, catalog);
    const toRecord = (row: readonly (string | null)[]) =>
      columns.map(({ type, isArray }, index) =>
        (isArray ? toArrayField : toField)(row[index] ?? null, type, statement.resultSetOptions),
      );
    return {
      labels: result.fields.map(({ name }) => name),
      records: result.rows.map(toRecord),
      ...(statement.includeMetadata
        ? { columnMetadata: await describeColumns(columns, catalog) }
        : {}),
    };
  } catch (error) {
    throw toServiceError(error);
  }
}

const countOf = ({ command, rowCount }: { command: string; rowCount: number | null }) =>
  ['INSERT', 'UPDATE', 'DELETE', 'MERGE'].includes(command) ? (rowCount ?? 0) : 0;

/** A query that returns values as PostgreSQL's text, with parameters of the types `oids`. */
function textQuery(
  text: string,
  values: readonly unknown[],
  oids: readonly number[] = [],
): QueryArrayConfig<unknown[]> {
  // `pg` passes `types` to the parser of the result and, undocumented, to the Parse message. One object serves both.
  const types = Object.assign([...oids], { getTypeParser: () => (value: string) => value });
  const config = { text, values: [...values], rowMode: 'array', queryMode: 'extended', types };
  return config as unknown as QueryArrayConfig<unknown[]>;
}
