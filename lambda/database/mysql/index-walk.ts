import { count, onlyRow, type Row, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch, Until } from '../../purge/port';
import type { Conversation, Deleted, IndexWalk, PassedRows, Step, TableId } from '../dialect';
import {
  foresight,
  indexBatch,
  NO_ROWS,
  rowsAhead,
  type Stretch,
  stretchesAhead,
  stretchOf,
} from '../index-batch';
import { fromZeros, inCalendar, knownZone, localCutoff, type TimeZone } from './local-time';
import { expiredParameters, expiredRows, oldestRows } from './sql';

/** It comes before every other date. */
const ZERO_DATE = '0000-00-00 00:00:00';

/** The stretches of which a read brought the ends, each with its place. Below `most` places they are all that is left. */
function stretchesIn(rows: readonly Row[], most: number): Stretch[] {
  const ends = rows.map((row) => ({ place: count(row, 'place'), last: text(row, 'last') }));
  const found = ends.at(-1)?.place ?? 0;
  return ends.map(({ place, last }, at) => ({
    rows: place - (ends[at - 1]?.place ?? 0),
    last,
    next: place === found && found < most ? null : last,
  }));
}

/** So many rows, from the first `expire_date` to the last. */
interface Range {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
}

/** The rows of a batch or a part of one, as a read found them. */
interface Found extends Range {
  /** How many rows from the batch's position on come before the instant that the read was asked about. */
  readonly earlier: number;
}

function foundIn(row: Row): Found | null {
  const rows = count(row, 'found');
  if (rows === 0) return null;
  const [first, last] = [text(row, 'first'), text(row, 'last')];
  return { rows, first, last, earlier: count(row, 'earlier') };
}

/** How many rows from its position on a batch leaves alone. */
const leftAlone = ({ from: { after = '0' }, skip = 0 }: Batch) => Number(after) + skip;

/** When the statement began. It reads fewer rows than it takes nanoseconds, so that the next one begins above its count. */
const BEGAN = 'UNIX_TIMESTAMP(NOW(6)) * 1000000000';

/**
 * Counts the rows of a DELETE on from `BEGAN`, in the order in which it reads them.
 *
 * - `LAST_INSERT_ID(n)` keeps `n` for the next row. The answer to a DELETE does not bring it, and what a trigger inserts
 *   does not change it. Assigning a user variable in an expression is deprecated, and `:=` begins like a parameter.
 * - Without a column in it MariaDB takes it for a constant.
 */
const NUMBER = `LAST_INSERT_ID(GREATEST(LAST_INSERT_ID(), ${BEGAN}) + (expire_date < CAST(:cutoff AS DATETIME(6))))`;

const positionOf = ({ from }: Batch) => String(from.at);

const THROUGH_LAST = 'expire_date <= CAST(:last AS DATETIME(6))';

/** The parameter of it. */
const through = (last: string) => ({ last: inCalendar(last) });

/** Reads the index alone. */
function countAhead(
  timeZone: TimeZone,
  table: TableId,
  batch: Batch,
  until: Until,
): Statement<'probe'> {
  const at = positionOf(batch);
  const tied = until === 'instant' ? ` AND ${THROUGH_LAST}` : '';
  return {
    sql: `SELECT COUNT(*) AS ahead FROM (SELECT expire_date ${expiredRows(table, at)}${tied} ORDER BY expire_date LIMIT ${batch.limit} OFFSET ${leftAlone(batch)}) AS ahead`,
    parameters: {
      ...expiredParameters(timeZone, batch.cutoff, at),
      ...(until === 'instant' && through(at)),
    },
    mode: 'probe',
  };
}

/** The statements about the rows of a batch. */
function statementsIn(timeZone: TimeZone) {
  /** Reads the index alone. The rows are numbered in an order in which they come anyway. */
  function findEnds(table: TableId, batch: Batch, most: number): Statement<'probe'> {
    const at = positionOf(batch);
    return {
      sql: `SELECT place, CAST(expire_date AS CHAR) AS last FROM (SELECT expire_date, ROW_NUMBER() OVER (ORDER BY expire_date) AS place, COUNT(*) OVER () AS found FROM ${oldestRows(table, most, at)}) AS places WHERE place % ${stretchOf(batch)} = 0 OR place = found ORDER BY place`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode: 'probe',
    };
  }

  /** Also finds how many rows there are from the position on before the instant of the first row, or of the last. */
  function find<M extends 'read' | 'probe'>(
    table: TableId,
    batch: Batch,
    mode: M,
    end: 'first' | 'last',
  ): Statement<M> {
    const at = positionOf(batch);
    const rows = oldestRows(table, batch.limit, at, leftAlone(batch));
    const earlier = `(SELECT COUNT(*) ${expiredRows(table, at)} AND expire_date < found.${end}) AS earlier`;
    return {
      sql: `SELECT found.found, CAST(found.first AS CHAR) AS first, CAST(found.last AS CHAR) AS last, ${earlier} FROM (SELECT COUNT(*) AS found, MIN(expire_date) AS first, MAX(expire_date) AS last FROM ${rows}) AS found`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode,
    };
  }

  const parametersOf = ({ cutoff }: Batch, { first, last }: Range) => ({
    ...expiredParameters(timeZone, cutoff, first),
    ...through(last),
  });

  /** Takes the locks that the DELETE will take, and gives them back; fails at once where others hold one. */
  function askForLocks(table: TableId, batch: Batch, found: Range, tied: number): Statement<'ask'> {
    return {
      sql: `SELECT COUNT(*) AS free FROM (SELECT expire_date ${expiredRows(table, found.first)} AND ${THROUGH_LAST} ORDER BY expire_date LIMIT ${found.rows + tied} FOR UPDATE NOWAIT) AS asked`,
      parameters: parametersOf(batch, found),
      mode: 'ask',
    };
  }

  /** `tied`: how many rows of the first instant it leaves alone. */
  function deleteRows(
    table: TableId,
    batch: Batch,
    found: Range,
    tied: number,
  ): Statement<'delete'> {
    const behind = tied === 0 ? '' : ` AND ${NUMBER} > ${BEGAN} + ${tied}`;
    return {
      sql: `DELETE ${expiredRows(table, found.first)} AND ${THROUGH_LAST}${behind} ORDER BY expire_date LIMIT ${found.rows}`,
      parameters: parametersOf(batch, found),
      mode: 'delete',
    };
  }

  /**
   * How many rows went; `null`: others hold a row of the same instant before them. The DELETE waits for a lock that was taken
   * after the question.
   */
  function* deleteFound(
    table: TableId,
    batch: Batch,
    found: Range,
    tied: number,
  ): Conversation<number | null> {
    if (batch.asksFirst) {
      const isTied = tied > 0 && found.first === found.last && batch.skip !== undefined;
      const ask: Step = askForLocks(table, batch, found, tied);
      if ((yield isTied ? { ...ask, goesOnAfter: 'locked' } : ask).kind === 'locked') return null;
    }
    return answered(yield deleteRows(table, batch, found, tied)).rowsChanged;
  }

  return { find, findEnds, deleteFound };
}

/**
 * The walk along the index on `expire_date`; a position is the `expire_date` of the last row found, with how many rows of
 * that instant were passed.
 *
 * A DELETE returns no rows on MySQL, so batches are looked for first: where each ends and how many rows it has. With that
 * number as its limit the DELETE ends at the last of these rows. A DELETE that ran out of rows would go on to lock the row
 * behind them, which may be the first live session, and the gap before it. So the last batch is always looked for anew.
 * A row that comes to a place that was counted already leaves another one behind, which a second pass takes.
 *
 * Nothing but the key, which the user may not read, tells rows of one instant apart. They have places in the order of the
 * index, and a DELETE that begins within an instant counts them. This was tried on MariaDB. A server that counts otherwise
 * still takes expired rows alone and no more than the limit, and those that it has not taken are told.
 * `DELETE IGNORE` would leave those to which another table refers, but also what a trigger has written about them, and the
 * user cannot see whether there is a trigger.
 *
 * There is no walk along the primary key: a DELETE locks every row that it reads there, live sessions too.
 */
export function indexWalk(timeZone: TimeZone): IndexWalk {
  const { find, findEnds, deleteFound } = statementsIn(timeZone);

  function* stretches(table: TableId, batch: Batch): Conversation<readonly Stretch[]> {
    const most = stretchesAhead(batch) * stretchOf(batch);
    return stretchesIn(answered(yield findEnds(table, batch, most)).rows, most);
  }

  /** A whole batch, by stretches that are known from before or that are read now. */
  function* wholeBatch(table: TableId, batch: Batch): Conversation<Deleted> {
    const ahead = yield* rowsAhead(batch, () => stretches(table, batch));
    const { rows, last: reached, next } = ahead ?? NO_ROWS;
    const done = { next, reached, kept: 0, held: 0, shareLeft: 0 };
    if (reached === null) return { ...done, rows };
    const found = { rows, first: String(batch.from.at), last: reached };
    return { ...done, rows: (yield* deleteFound(table, batch, found, 0)) ?? 0 };
  }

  /** A part of a batch, or a batch behind rows that were passed. */
  function* behindOthers(table: TableId, batch: Batch): Conversation<Deleted> {
    const found = foundIn(onlyRow(answered(yield find(table, batch, 'probe', 'first')).rows));
    if (found === null) return indexBatch(batch, { rows: 0, found: 0, last: null });
    const tied = leftAlone(batch) - found.earlier;
    const rows = yield* deleteFound(table, batch, found, tied);
    const given = { found: found.rows, last: found.last };
    if (rows === null) return indexBatch(batch, { ...given, rows: 0, unreached: found.rows });
    const kept = tied === 0 ? 0 : Math.max(0, found.rows - rows);
    return indexBatch(batch, { ...given, rows, kept });
  }

  return {
    start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),

    startAt: (instant) => ({
      walk: 'index',
      at: instant === null ? ZERO_DATE : fromZeros(localCutoff(instant, knownZone(timeZone))),
    }),

    batch: (table, batch) =>
      batch.skip === undefined && batch.from.after === undefined
        ? wholeBatch(table, batch)
        : behindOthers(table, batch),

    foresee: foresight(false),

    *passOver(table, batch): Conversation<PassedRows> {
      const found = foundIn(onlyRow(answered(yield find(table, batch, 'read', 'last')).rows));
      if (found === null) return { rows: 0, since: null, next: null };
      const { rows, first, last, earlier } = found;
      const after = String(leftAlone(batch) + rows - earlier);
      return { rows, since: first, next: { walk: 'index', at: last, after } };
    },

    countAhead: (...of) => countAhead(timeZone, ...of),
  };
}
