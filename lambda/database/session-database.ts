import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { count, type Row, text } from '../data-api/rows';
import { DatabaseError, UnexpectedAnswer } from '../errors';
import type { OpenDatabase, SessionDatabase } from '../purge/port';
import type { Dialect } from './dialect';
import { aTime, sessionTable } from './session-table';
import { type Ends, type ProvedTable, proveTables, readEnds } from './table-proof';

/** So many tables are asked for their ends by one statement, far below the 65 536 characters that it may have. */
const TABLES_AT_ONCE = 100;

function clockOf([row = {}]: readonly Row[]): Date {
  return aTime(new Date(text(row, 'now')), "the database's clock must tell a time");
}

/** By these names the service tells that a statement is wrong; whether for its grammar, the texts do not say surely. */
const REFUSALS = ['DatabaseErrorException', 'BadRequestException', 'ValidationException'];

/** Whether the statement itself was refused, for good: a fault that might have passed says nothing of another one. */
function isRefusal(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.failure === null) return false;
  const { kind, code } = error.failure;
  return (kind === 'final' || kind === 'refused') && REFUSALS.includes(code);
}

function isForeignGrammar({ failure }: DatabaseError): boolean {
  return failure?.at === 'grammar';
}

/** The inspection with the tables' ends, or without them where one of those tables cannot be read: it tells why. */
async function inspect(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<readonly Row[]> {
  try {
    return await api.query(dialect.inspect(wanted, true));
  } catch (error) {
    if (!isRefusal(error) || isForeignGrammar(error)) throw error;
    return api.query(dialect.inspect(wanted, false));
  }
}

/** The ends of the tables that the inspection could not name, in as few statements as may be. */
async function withEnds(
  api: DataApi,
  dialect: Dialect,
  proved: readonly ProvedTable[],
): Promise<[ProvedTable, Ends][]> {
  const ends = new Map<ProvedTable, Ends>();
  const asked = proved.filter((table) => table.ends === null);
  for (let first = 0; first < asked.length; first += TABLES_AT_ONCE) {
    const some = asked.slice(first, first + TABLES_AT_ONCE);
    for (const row of await api.query(dialect.ends(some.map(({ table }) => table)))) {
      const table = some[count(row, 'at')];
      if (table !== undefined) ends.set(table, readEnds(row));
    }
  }
  return proved.map((table) => {
    const found = table.ends ?? ends.get(table);
    if (found !== undefined) return [table, found];
    throw new UnexpectedAnswer('the ends of a table are missing');
  });
}

async function open(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<OpenDatabase> {
  const rows = await inspect(api, dialect, wanted);
  const now = clockOf(rows);
  const { tables, warnings } = proveTables(rows, wanted, dialect);
  const open = await withEnds(api, dialect, tables);
  return {
    engine: dialect.engine,
    now,
    tables: open.map(([{ table, hasStorageOrder }, ends]) =>
      sessionTable({ api, dialect, table }, ends, hasStorageOrder),
    ),
    warnings,
    hopMs: api.usage().fastestMs,
  };
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
