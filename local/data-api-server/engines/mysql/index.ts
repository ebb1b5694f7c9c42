import {
  type ConnectionOptions,
  createConnection,
  createPool,
  type PoolConnection,
} from 'mysql2/promise';
import { assertResultFits } from '../../limits';
import type { Address, Engine, Login, Outcome, Session, Statement } from '../engine';
import { MAX_CONNECTIONS, pooledEngine } from '../pooled-engine';
import { bindValues } from './bound-values';
import { describeColumn } from './columns';
import { toConnectionError, toServiceError } from './errors';
import { markParameters } from './named-parameters';
import { type Column, resultTypeOf } from './types';
import { toField, type Value } from './values';

/** MySQL or MariaDB. No state of a connection passes from one call to the next. */
export function mysqlEngine(address: Address): Engine {
  return pooledEngine({
    createPool(login) {
      const pool = createPool({ ...configOf(address, login), connectionLimit: MAX_CONNECTIONS });
      // The statement that needs a dead connection reports it. Without a listener, its error would end this process.
      pool.on('connection', (connection) => connection.on('error', () => {}));
      return pool;
    },
    async openSession(pool, login) {
      const connection = await pool.getConnection().catch((error) => {
        throw toConnectionError(error);
      });
      return createSession(connection, configOf(address, login));
    },
    endPool: (pool) => pool.end(),
  });
}

/** A login without a database uses none, as in MySQL. */
const configOf = (
  { host, port, ssl }: Address,
  { username, password, database }: Login,
): ConnectionOptions => ({
  host,
  port,
  user: username,
  password,
  ...(ssl ? { ssl: ssl === true ? {} : (ssl as NonNullable<ConnectionOptions['ssl']>) } : {}),
  ...(database === undefined ? {} : { database }),
  charset: 'utf8mb4_general_ci',
  // Without these flags, `mysql2` would change the SQL mode and offer this machine's files to the server.
  flags: ['-IGNORE_SPACE', '-LOCAL_FILES'],
  ...EXACT_VALUES,
});

/** Reads values as text where a JavaScript value could not hold them exactly. */
const EXACT_VALUES = {
  rowsAsArray: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  dateStrings: true,
  jsonStrings: true,
};

function createSession(connection: PoolConnection, config: ConnectionOptions): Session {
  const { threadId: connectionId } = connection;
  const run = async (sql: string): Promise<void> => {
    await connection.query(sql).catch((error) => {
      throw toServiceError(error);
    });
  };
  let cancelling = Promise.resolve();
  return {
    connectionId,
    execute: (statement) => execute(connection, statement),
    begin: () => run('START TRANSACTION'),
    commit: () => run('COMMIT'),
    rollback: () => run('ROLLBACK'),
    cancel: () => {
      cancelling = killQuery(config, connectionId);
      return cancelling;
    },
    release: async () => {
      // A KILL that arrives late would stop the statement of the next call.
      await cancelling;
      await reset(connection);
    },
  };
}

/** Logs in again, which rolls back and clears variables, locks, temporary tables and the database. */
async function reset(connection: PoolConnection): Promise<void> {
  await connection.changeUser({}).then(
    () => connection.release(),
    () => connection.destroy(),
  );
}

async function killQuery(config: ConnectionOptions, connectionId: number): Promise<void> {
  const connection = await createConnection(config).catch(() => undefined);
  // If this fails, the call is answered when the statement ends by itself.
  await connection?.query(`KILL QUERY ${connectionId}`).catch(() => {});
  await connection?.end().catch(() => {});
}

/** The result of a statement that returns no rows. */
interface Ok {
  /** Rows that were found, changed or not, as JDBC drivers count them. Not confirmed for the service. */
  readonly affectedRows: number;
  readonly insertId: number | string;
}

async function execute(connection: PoolConnection, statement: Statement): Promise<Outcome> {
  const { text, names } = markParameters(statement.sql);
  const bound = bindValues(names, statement.parameters);
  const [result, fields] = await connection.execute(text, bound).catch((error) => {
    throw toServiceError(error);
  });
  return Array.isArray(result)
    ? rowsOutcome(result as unknown as Value[][], fields as unknown as Column[], statement)
    : okOutcome(result as Ok);
}

function okOutcome({ affectedRows, insertId }: Ok): Outcome {
  const generatedFields = Number(insertId) === 0 ? [] : [{ longValue: Number(insertId) }];
  return { updated: affectedRows, generatedFields };
}

function rowsOutcome(
  rows: readonly (readonly Value[])[],
  columns: readonly Column[],
  { includeMetadata, resultSetOptions }: Statement,
): Outcome {
  const typed = columns.map((column) => ({ column, type: resultTypeOf(column) }));
  assertResultFits(rows.map((row) => row.map(toWireValue)));
  const toRecord = (row: readonly Value[]) =>
    typed.map(({ type }, index) => toField(row[index] ?? null, type, resultSetOptions));
  return {
    labels: columns.map(({ name }) => name),
    records: rows.map(toRecord),
    ...(includeMetadata
      ? { columnMetadata: typed.map(({ column, type }) => describeColumn(column, type)) }
      : {}),
  };
}

const toWireValue = (value: Value) => (typeof value === 'number' ? String(value) : value);
