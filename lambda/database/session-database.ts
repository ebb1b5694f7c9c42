import { nameOf, type TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import type { FailedLink } from '../data-api/failure';
import { type Row, text } from '../data-api/rows';
import { DatabaseError, SettingsError } from '../errors';
import type { OpenDatabase, SessionDatabase, UnfitTable } from '../purge/port';
import type { Dialect } from './dialect';
import { askRanges } from './expiry-range';
import { inspectBelow } from './inspect-below';
import { inspectTables, refuseTrouble } from './inspection';
import { sessionTable, validDate } from './session-table';
import { isInTheWay, waitingShortly } from './table-lock';
import { type ProvedTable, proveTables } from './table-proof';

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
export function isForeignGrammar(error: unknown): boolean {
  return error instanceof DatabaseError && error.failure?.at === 'grammar';
}

/** Inspects the tables with their ranges; without them where one table cannot be read now, to find out which and why. */
async function inspect(
  api: DataApi,
  dialect: Dialect,
  wanted: readonly TableName[],
): Promise<readonly Row[]> {
  try {
    return await inspectTables(api, dialect, wanted, true);
  } catch (error) {
    const mayBeOfOne = isRefusal(error) || isInTheWay(error);
    if (!mayBeOfOne || isForeignGrammar(error)) throw error;
    return await inspectTables(api, dialect, wanted, false);
  }
}

/** Whether some of the tables may be the reason: locks of others, their files, what guards their rows, or a missing right. */
function isOfSome(error: DatabaseError): boolean {
  const { at } = error.failure ?? {};
  return isInTheWay(error) || at === 'table' || at === 'row';
}

/** The tables that can be read, each with its range, which is `null` where no index leads to it, and the others. */
async function withRanges(api: DataApi, dialect: Dialect, proved: readonly ProvedTable[]) {
  const notAsked = proved.filter(({ range, isIndexed }) => range === null && isIndexed);
  const ranges = await askRanges(
    notAsked.map(({ table }) => table),
    { api, dialect },
    isOfSome,
  );
  const unfit: UnfitTable[] = [];
  const tables = proved.flatMap(({ table, hasStorageOrder, range: known }) => {
    const range = known ?? ranges.get(table) ?? null;
    if (!(range instanceof DatabaseError))
      return sessionTable({ api, dialect, table }, range, hasStorageOrder);
    unfit.push({ name: nameOf(table), error: range });
    return [];
  });
  return { tables, unfit };
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
  configured: readonly TableName[],
): Promise<OpenDatabase> {
  const rows = await inspect(api, dialect, wanted);
  refuseTrouble(rows, dialect.danger);
  refuseTrouble(rows, dialect.refusal);
  refuseMissing(dialect);
  const now = clockOf(rows);
  const below = await inspectBelow(api, dialect, rows, { wanted, configured });
  const { tables, unfit, warnings } = proveTables(below.rows, wanted, dialect, below);
  const ranged = await withRanges(api, dialect, tables);
  return {
    engine: dialect.engine,
    now,
    ...(dialect.timeZone !== undefined && { timeZone: dialect.timeZone }),
    tables: ranged.tables,
    unfit: [...unfit, ...ranged.unfit],
    warnings,
    roundTripMs: api.usage().fastestMs,
    deleteByCount: dialect.deleteByCount,
    calls: () => api.usage().dataApiCalls,
  };
}

/**
 * The purge's port over a Data API. It sends the first statement in one dialect after the other to find out the engine.
 * `configured`: the tables of the setting, of which a run may want only some.
 */
export function sessionDatabase(
  api: DataApi,
  dialects: readonly Dialect[],
  configured: readonly TableName[] = [],
): SessionDatabase {
  return {
    async open(wanted) {
      const refusals: DatabaseError[] = [];
      for (const dialect of dialects) {
        try {
          return await open(waitingShortly(api, dialect), dialect, wanted, configured);
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
