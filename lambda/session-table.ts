import type { DataApi } from './data-api';
import type { Dialect, TableId } from './dialects/dialect';
import { DatabaseError } from './errors';
import { count, flag, instant, onlyRow, optionalInstant, optionalText } from './rows';
import type {
  Backlog,
  Batch,
  BatchOutcome,
  OpenDatabase,
  Position,
  SessionDatabase,
  SessionTable,
} from './session-port';
import type { TableName } from './table-name';
import { proveTables } from './table-proof';

/** A dry run counts no further: the exact size of a large backlog is not worth reading all of it. */
export const COUNT_CAP = 100_000;

async function deleteBatch(
  api: DataApi,
  dialect: Dialect,
  table: TableId,
  batch: Batch,
): Promise<BatchOutcome> {
  const answer = await api.execute(dialect.deleteBatch(table, batch));
  if (answer.kind !== 'rows') return answer;
  const row = onlyRow(answer.rows);
  return {
    kind: 'deleted',
    rows: count(row, 'deleted'),
    drained: count(row, 'taken') < batch.limit,
    empty: batch.from === null && flag(row, 'empty'),
    next: optionalText(row, 'next') as Position | null,
    reached: optionalInstant(row, 'reached'),
    durationMs: answer.durationMs,
  };
}

async function countExpired(
  api: DataApi,
  dialect: Dialect,
  table: TableId,
  cutoff: Date,
): Promise<Backlog> {
  const row = onlyRow(await api.query(dialect.countExpired(table, cutoff, COUNT_CAP + 1)));
  const rows = count(row, 'expired');
  const oldest = optionalInstant(row, 'oldest');
  if (rows <= COUNT_CAP) return { rows, capped: false, estimate: null, oldest };
  const estimate = dialect.readEstimate(await api.query(dialect.explainExpired(table, cutoff)));
  return { rows: COUNT_CAP, capped: true, estimate: Math.max(estimate, rows), oldest };
}

function sessionTable(api: DataApi, dialect: Dialect, table: TableId): SessionTable {
  return {
    name: `${table.schema}.${table.table}`,
    deleteBatch: (batch) => deleteBatch(api, dialect, table, batch),
    countExpired: (cutoff) => countExpired(api, dialect, table, cutoff),
    async oldestExpired(cutoff) {
      const rows = await api.query(dialect.oldestExpired(table, cutoff));
      return optionalInstant(onlyRow(rows), 'oldest');
    },
  };
}

async function open(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<OpenDatabase> {
  const rows = await api.query(dialect.inspect(wanted));
  const { tables, warnings } = proveTables(rows, wanted, dialect);
  return {
    engine: dialect.engine,
    now: instant(rows[0] ?? {}, 'now'),
    tables: tables.map((table) => sessionTable(api, dialect, table)),
    warnings,
  };
}

/** SQLSTATE with which a database refuses another engine's grammar (MySQL: 42000, PostgreSQL: 42601). */
const NOT_MY_GRAMMAR = ['42000', '42601'];

function isForeignGrammar(error: unknown): boolean {
  return error instanceof DatabaseError && NOT_MY_GRAMMAR.includes(error.sqlState ?? '');
}

/** The purge's port over a Data API: the first statement, in one dialect after the other, finds out the engine. */
export function sessionDatabase(api: DataApi, dialects: readonly Dialect[]): SessionDatabase {
  return {
    async open(wanted) {
      for (const dialect of dialects) {
        try {
          return await open(api, dialect, wanted);
        } catch (error) {
          if (!isForeignGrammar(error)) throw error;
        }
      }
      const engines = dialects.map(({ engine }) => engine).join(', ');
      throw new DatabaseError(
        `the cluster's engine must be one of ${engines}, but it understands none of them; nothing was deleted; check the cluster's ARN`,
      );
    },
  };
}
