import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import type { FailedLink } from '../data-api/failure';
import { count, type Row, text } from '../data-api/rows';
import { DatabaseError, DatabaseTrouble, SettingsError, UnexpectedAnswer } from '../errors';
import type { OpenDatabase, SessionDatabase } from '../purge/port';
import type { Dialect } from './dialect';
import { TABLES_AT_ONCE } from './expiry-range';
import { inspectTables, refuseDanger } from './inspection';
import { sessionTable, validDate } from './session-table';
import { type ExpiryRange, type ProvedTable, proveTables, readRange } from './table-proof';

/** The database's clock, from the answer to `inspect`. */
export function clockOf([row = {}]: readonly Row[]): Date {
  return validDate(new Date(text(row, 'now')), "the database's clock must tell a time");
}

/** The names under which the service reports a statement that is wrong, be it in its grammar or otherwise. */
const REFUSALS = ['DatabaseErrorException', 'BadRequestException', 'ValidationException'];

/** Failures of the connection: no statement passes, and each further login may lock the user or the host out. */
const OF_THE_CONNECTION: readonly FailedLink[] = ['login', 'database'];

/** Whether the statement was refused for good, so that another form of it or another dialect is worth a try. */
function isRefusal(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.failure === null) return false;
  const { kind, at, code } = error.failure;
  const isForGood = kind === 'final' || kind === 'refused';
  return isForGood && !OF_THE_CONNECTION.includes(at) && REFUSALS.includes(code);
}

/** Whether the server is of another engine than the statement. */
export function isForeignGrammar({ failure }: DatabaseError): boolean {
  return failure?.at === 'grammar';
}

/** Inspects the tables with their ranges; without them where one table cannot be read, to find out why. */
async function inspect(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<readonly Row[]> {
  try {
    return await inspectTables(api, dialect, wanted, true);
  } catch (error) {
    if (!isRefusal(error) || isForeignGrammar(error)) throw error;
    return await inspectTables(api, dialect, wanted, false);
  }
}

/**
 * The tables with their ranges, in as few statements as possible for those that the inspection could not name; `null` where
 * no index leads to it.
 */
async function withRanges(
  api: DataApi,
  dialect: Dialect,
  proved: readonly ProvedTable[],
): Promise<[ProvedTable, ExpiryRange | null][]> {
  const ranges = new Map<ProvedTable, ExpiryRange>();
  const asked = proved.filter(({ range, isIndexed }) => range === null && isIndexed);
  for (let first = 0; first < asked.length; first += TABLES_AT_ONCE) {
    const some = asked.slice(first, first + TABLES_AT_ONCE);
    const { rows } = await api.send(dialect.expiryRanges(some.map(({ table }) => table)));
    for (const row of rows) {
      const table = some[count(row, 'at')];
      if (table !== undefined) ranges.set(table, readRange(row));
    }
  }
  return proved.map((table) => {
    const range = table.range ?? ranges.get(table);
    if (range !== undefined || !table.isIndexed) return [table, range ?? null];
    throw new UnexpectedAnswer('the expiry range of a table is missing');
  });
}

function refuseReadOnly([row]: readonly Row[], dialect: Dialect): void {
  const refusal = row === undefined ? null : dialect.refusal(row);
  if (refusal !== null) throw new DatabaseTrouble(refusal.problem, refusal.remedy);
}

/** The engine is known only once it has answered, so that a setting of one engine is not asked for before. */
function refuseMissing({ missing }: Dialect): void {
  if (missing === undefined) return;
  throw new SettingsError(`settings: ${missing.problem}; nothing was deleted; ${missing.remedy}`);
}

async function open(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<OpenDatabase> {
  const rows = await inspect(api, dialect, wanted);
  refuseDanger(rows, dialect);
  refuseReadOnly(rows, dialect);
  refuseMissing(dialect);
  const now = clockOf(rows);
  const { tables, unfit, warnings } = proveTables(rows, wanted, dialect);
  const ranged = await withRanges(api, dialect, tables);
  return {
    engine: dialect.engine,
    now,
    ...(dialect.timeZone !== undefined && { timeZone: dialect.timeZone }),
    tables: ranged.map(([{ table, hasStorageOrder }, range]) =>
      sessionTable({ api, dialect, table }, range, hasStorageOrder),
    ),
    unfit,
    warnings,
    roundTripMs: api.usage().fastestMs,
    deleteByCount: dialect.deleteByCount,
    calls: () => api.usage().dataApiCalls,
  };
}

/** The purge's port over a Data API. It sends the first statement in one dialect after the other to find out the engine. */
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
