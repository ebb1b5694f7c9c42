import type { DataApi } from './data-api';
import type { DeletesAtOnce, Dialect, FindsThenDeletes, TableId } from './dialects/dialect';
import { DatabaseError } from './errors';
import { count, flag, onlyRow, optionalText, type Row, text } from './rows';
import type {
  Backlog,
  Batch,
  BatchOutcome,
  DeletedBatch,
  OpenDatabase,
  Position,
  SessionDatabase,
  SessionTable,
} from './session-port';
import type { TableName } from './table-name';
import { proveTables } from './table-proof';

/** A dry run counts no further: the exact size of a large backlog is not worth reading all of it. */
export const COUNT_CAP = 100_000;

/** A table, and all that it takes to talk to it. */
interface Place {
  readonly api: DataApi;
  readonly dialect: Dialect;
  readonly table: TableId;
}

function aTime(instant: Date, demand: string): Date {
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new DatabaseError(`unexpected answer: ${demand}`);
}

function instantIn(dialect: Dialect, text: string | null): Date | null {
  return text === null ? null : aTime(dialect.toInstant(text), 'an expire_date must be a time');
}

function deletedBatch(
  { dialect }: Place,
  { from, limit }: Batch,
  answer: { rows: number; taken: number; empty: boolean; next: string | null; durationMs: number },
): DeletedBatch {
  const { rows, taken, empty, next, durationMs } = answer;
  return {
    kind: 'deleted',
    rows,
    drained: taken < limit,
    empty: from === null && empty,
    next: next as Position | null,
    reached: instantIn(dialect, next),
    durationMs,
  };
}

async function deleteAtOnce(
  place: Place,
  batch: Batch,
  statements: DeletesAtOnce,
): Promise<BatchOutcome> {
  const answer = await place.api.execute(statements.delete(place.table, batch));
  if (answer.kind !== 'rows') return answer;
  const row = onlyRow(answer.rows);
  return deletedBatch(place, batch, {
    rows: count(row, 'deleted'),
    taken: count(row, 'taken'),
    empty: flag(row, 'empty'),
    next: optionalText(row, 'next'),
    durationMs: answer.durationMs,
  });
}

async function findThenDelete(
  place: Place,
  batch: Batch,
  statements: FindsThenDeletes,
): Promise<BatchOutcome> {
  const found = onlyRow(await place.api.query(statements.find(place.table, batch)));
  const taken = count(found, 'taken');
  const nothing = { rows: 0, taken, empty: true, next: null, durationMs: 0 };
  if (taken === 0) return deletedBatch(place, batch, nothing);
  const next = text(found, 'next');
  const answer = await place.api.execute(statements.delete(place.table, batch, { taken, next }));
  if (answer.kind !== 'rows') return answer;
  const { rowsChanged: rows, durationMs } = answer;
  return deletedBatch(place, batch, { rows, taken, empty: false, next, durationMs });
}

function deleteBatch(place: Place, batch: Batch): Promise<BatchOutcome> {
  const { batches } = place.dialect;
  return batches.kind === 'at-once'
    ? deleteAtOnce(place, batch, batches)
    : findThenDelete(place, batch, batches);
}

async function countExpired({ api, dialect, table }: Place, cutoff: Date): Promise<Backlog> {
  const row = onlyRow(await api.query(dialect.countExpired(table, cutoff, COUNT_CAP + 1)));
  const rows = count(row, 'expired');
  const oldest = instantIn(dialect, optionalText(row, 'oldest'));
  if (rows <= COUNT_CAP) return { rows, capped: false, estimate: null, oldest };
  const estimate = dialect.readEstimate(await api.query(dialect.explainExpired(table, cutoff)));
  return { rows: COUNT_CAP, capped: true, estimate: Math.max(estimate, rows), oldest };
}

function sessionTable(place: Place): SessionTable {
  const { api, dialect, table } = place;
  return {
    name: `${table.schema}.${table.table}`,
    deleteBatch: (batch) => deleteBatch(place, batch),
    countExpired: (cutoff) => countExpired(place, cutoff),
    async oldestExpired(cutoff) {
      const row = onlyRow(await api.query(dialect.oldestExpired(table, cutoff)));
      return instantIn(dialect, optionalText(row, 'oldest'));
    },
  };
}

function clockOf([row = {}]: readonly Row[]): Date {
  return aTime(new Date(text(row, 'now')), "the database's clock must tell a time");
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
    now: clockOf(rows),
    tables: tables.map((table) => sessionTable({ api, dialect, table })),
    warnings,
  };
}

/** By these names the service tells that a statement is wrong; whether for its grammar, the texts do not say surely. */
const REFUSALS = ['DatabaseErrorException', 'BadRequestException', 'ValidationException'];

function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && REFUSALS.includes(error.code ?? '');
}

/** How PostgreSQL and MySQL refuse another engine's grammar. */
function isForeignGrammar({ sqlState, message }: DatabaseError): boolean {
  return sqlState === '42601' || /error in your SQL syntax/i.test(message);
}

/** The purge's port over a Data API: the first statement, in one dialect after the other, finds out the engine. */
export function sessionDatabase(api: DataApi, dialects: readonly Dialect[]): SessionDatabase {
  return {
    async open(wanted) {
      const refusals: DatabaseError[] = [];
      for (const dialect of dialects) {
        try {
          return await open(api, dialect, wanted);
        } catch (error) {
          if (!isRefusal(error)) throw error;
          refusals.push(error);
        }
      }
      const engines = dialects.map(({ engine }) => engine).join(' or ');
      const unknown = `the cluster's engine must be ${engines}, but it understands neither; nothing was deleted; check the cluster's ARN`;
      throw refusals.find((refusal) => !isForeignGrammar(refusal)) ?? new DatabaseError(unknown);
    },
  };
}
