import { nameOf } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { count, onlyRow, optionalText } from '../data-api/rows';
import type { Answer, Mode, Rows, Statement } from '../data-api/statement';
import { DatabaseError, UnexpectedAnswer } from '../errors';
import type {
  Backlog,
  Batch,
  DeleteOutcome,
  Look,
  Passed,
  SessionTable,
  Until,
  WalkChoice,
} from '../purge/port';
import { type Conversation, type Dialect, YEAR_ONE } from './dialect';
import type { ExpiryRange } from './expiry-range';
import { type TableAccess, tellingOf } from './guarded-rows';
import { isInTheWay, isOfLock, lockError, rowsOf } from './table-lock';

/** The first count stops here, so that it is quick on any table. */
export const COUNT_CAP = 100_000;

/** The instant; throws a `DatabaseError` with the demand when it is none. */
export function validDate(instant: Date, demand: string): Date {
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new UnexpectedAnswer(demand);
}

/** A conversation that came to its end. The duration is that of its last statement. */
interface Ended<Result> {
  readonly kind: 'ended';
  readonly result: Result;
  readonly durationMs: number;
}

/**
 * Sends the statements of a conversation until it ends or a statement is not answered. Where the conversation cannot read
 * the answer to a delete, its rows may be deleted or not.
 */
async function converse<Result>(
  api: DataApi,
  conversation: Conversation<Result>,
): Promise<Ended<Result> | Exclude<Answer, Rows>> {
  let step = conversation.next();
  let durationMs = 0;
  while (!step.done) {
    const { mode, goesOnAfter } = step.value;
    const answer = await api.send(step.value);
    if (answer.kind === 'too-large' || answer.kind === 'unknown') return answer;
    if (answer.kind !== 'rows' && answer.kind !== goesOnAfter) return answer;
    durationMs = answer.durationMs;
    try {
      step = conversation.next(answer);
    } catch (error) {
      if (mode === 'delete' && error instanceof UnexpectedAnswer)
        return { kind: 'unknown', durationMs, error };
      throw error;
    }
  }
  return { kind: 'ended', result: step.value, durationMs };
}

const NO_STORAGE_WALK: WalkChoice = {
  reason: 'only PostgreSQL 14 and later have a storage walk',
  start: null,
};

const TOO_LARGE_TO_SAMPLE: WalkChoice = { reason: 'sampling the table took too long', start: null };

function instant({ toInstant }: Dialect, text: string): Date {
  return validDate(toInstant(text), 'an expire_date must be a time');
}

/** The instant; `null` for the first year, which stands for everything earlier. */
const afterYearOne = (given: Date) => (given > YEAR_ONE ? given : null);

function optionalInstant(dialect: Dialect, text: string | null): Date | null {
  return text === null ? null : instant(dialect, text);
}

function walkOf(dialect: Dialect, { from }: Batch) {
  const walk = dialect[from.walk];
  if (walk === null) throw new TypeError(`${dialect.engine} has no storage walk`);
  return walk;
}

/** The batch along its walk. More rows than an exact limit cannot be the answer to this statement. */
function* deleteAlong({ dialect, table }: TableAccess, batch: Batch) {
  const deleted = yield* walkOf(dialect, batch).batch(table, batch);
  if (batch.isExact && deleted.rows > batch.limit)
    throw new UnexpectedAnswer('more rows than the limit were deleted');
  return { ...deleted, reached: optionalInstant(dialect, deleted.reached) };
}

async function deleteBatch(access: TableAccess, batch: Batch): Promise<DeleteOutcome> {
  const outcome = await converse(access.api, deleteAlong(access, batch));
  if (outcome.kind !== 'ended') return outcome;
  return { kind: 'deleted', ...outcome.result, durationMs: outcome.durationMs };
}

async function chooseWalk(
  { api, dialect, table }: TableAccess,
  cutoff: Date,
  isIndexed: boolean,
): Promise<WalkChoice> {
  if (dialect.storage === null) return NO_STORAGE_WALK;
  const choice = await converse(api, dialect.storage.choose(table, cutoff, isIndexed));
  return choice.kind === 'ended' ? choice.result : TOO_LARGE_TO_SAMPLE;
}

async function passOver({ api, dialect, table }: TableAccess, batch: Batch): Promise<Passed> {
  const passed = await converse(api, dialect.index.passOver(table, batch));
  if (passed.kind !== 'ended') throw new TypeError(`a read was answered with "${passed.kind}"`);
  return { ...passed.result, since: optionalInstant(dialect, passed.result.since) };
}

async function countAhead({ api, dialect, table }: TableAccess, batch: Batch, until: Until) {
  const answer = await api.send(dialect.index.countAhead(table, batch, until));
  return answer.kind === 'rows' ? count(onlyRow(answer.rows), 'ahead') : null;
}

async function countExpired({ api, dialect, table }: TableAccess, cutoff: Date): Promise<Backlog> {
  const counted = await api.send(dialect.countExpired(table, cutoff, COUNT_CAP + 1));
  const row = onlyRow(counted.rows);
  const rows = count(row, 'expired');
  const oldest = optionalInstant(dialect, optionalText(row, 'oldest'));
  if (rows <= COUNT_CAP) return { rows, capped: false, estimate: null, oldest };
  const plan = await api.send(dialect.explainExpired(table, cutoff));
  const estimate = Math.max(dialect.readEstimate(plan.rows), rows);
  return { rows: COUNT_CAP, capped: true, estimate, oldest };
}

async function countAllExpired({ api, dialect, table }: TableAccess, cutoff: Date) {
  const answer = await api.send(dialect.countAllExpired(table, cutoff));
  return answer.kind === 'rows' ? count(onlyRow(answer.rows), 'expired') : null;
}

async function oldestExpired(
  { api, dialect, table }: TableAccess,
  { cutoff, walk, since = YEAR_ONE }: Look,
) {
  const from = afterYearOne(since) ?? undefined;
  const look =
    walk === 'storage' && dialect.storage !== null
      ? dialect.storage.oldestExpired(table, cutoff)
      : dialect.oldestExpired(table, cutoff, from);
  const answer = await api.send(look);
  if (answer.kind !== 'rows') return 'unknown';
  return optionalInstant(dialect, optionalText(onlyRow(answer.rows), 'oldest'));
}

/**
 * The same, but the error of a read that met a lock says that it is on the whole table: a read waits for no row. And where
 * something guards the rows, the error has the query that shows it, or the SQL that mends it.
 */
function tellingMore(access: TableAccess): TableAccess {
  const { api, dialect, table } = access;
  const told = tellingOf(access);
  const send = async <M extends Mode>(statement: Statement<M>) => {
    try {
      const answer = await api.send(statement);
      const isOfRows = answer.kind === 'refused' || answer.kind === 'failed';
      return isOfRows ? { ...answer, error: await told(answer.error) } : answer;
    } catch (error) {
      if (isOfLock(error)) throw lockError(dialect, table, error);
      throw error instanceof DatabaseError ? await told(error) : error;
    }
  };
  return { api: { ...api, send }, dialect, table };
}

/** A delete of no row waits for no row, so what is in its way is on the whole table. */
async function deleteNone({ api, dialect, table }: TableAccess): Promise<void> {
  try {
    await rowsOf(api, dialect.deleteNone(table));
  } catch (error) {
    throw isInTheWay(error) ? lockError(dialect, table, error) : error;
  }
}

/** The port's table over a Data API. `range`: `null` if no index leads to it. */
export function sessionTable(
  given: TableAccess,
  range: ExpiryRange | null,
  hasStorageOrder: boolean,
): SessionTable {
  const access = tellingMore(given);
  const { dialect, table } = given;
  return {
    name: nameOf(table),
    queries: { rowLocks: dialect.showRowLocks(table), triggers: dialect.showTriggers(table) },
    isIndexed: range !== null,
    oldest: optionalInstant(dialect, range?.oldest ?? null),
    newest: optionalInstant(dialect, range?.newest ?? null),
    start: dialect.index.start(range?.oldest ?? null),
    startAt: (instant) => dialect.index.startAt(afterYearOne(instant)),
    deleteBatch: (batch) => deleteBatch(access, batch),
    foresee: (batch, left) => walkOf(dialect, batch).foresee(batch, left),
    chooseWalk: async (cutoff) =>
      hasStorageOrder ? chooseWalk(access, cutoff, range !== null) : NO_STORAGE_WALK,
    passOver: (batch) => passOver(access, batch),
    countAhead: (batch, until) => countAhead(access, batch, until),
    deleteNone: () => deleteNone(access),
    countExpired: (cutoff) => countExpired(access, cutoff),
    countAllExpired: (cutoff) => countAllExpired(access, cutoff),
    oldestExpired: (look) => oldestExpired(access, look),
  };
}
