import { count, onlyRow, optionalText, type Row, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch } from '../../purge/port';
import type { Conversation, Deleted, IndexWalk, PassedRows, TableId } from '../dialect';
import {
  type Ahead,
  indexBatch,
  onward,
  rowsAhead,
  type Stretch,
  stretchesAhead,
  stretchOf,
} from '../index-batch';
import type { TimeZone } from './local-time';
import { expiredParameters, expiredRows, isZeroDate, oldestRows } from './sql';

/** The first date after the one of all zeros. */
const AFTER_ZERO_DATE = '0000-01-01 00:00:00';

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

/** The rows of a part of a batch, as a read found them. */
interface Found extends Range {
  /** How many of them, from the first on, share their instant with a row before the batch. */
  readonly tied: number;
}

/** `skip`: how many rows the batch leaves alone. */
function foundIn(row: Row, skip: number): Found | null {
  const rows = count(row, 'found');
  if (rows === 0) return null;
  const isTied = skip > 0 && count(row, 'earlier') < skip;
  const tied = isTied ? count(row, 'through') - skip : 0;
  return { rows, first: text(row, 'first'), last: text(row, 'last'), tied };
}

const NOTHING: Ahead = { rows: 0, last: null, next: null };

/** The statements about the rows of a batch. */
function statementsIn(timeZone: TimeZone) {
  const positionOf = ({ from }: Batch) => String(from.at);

  /** Reads the index alone. The rows are numbered in an order in which they come anyway. */
  function findEnds(table: TableId, batch: Batch, most: number): Statement<'probe'> {
    const at = positionOf(batch);
    return {
      sql: `SELECT place, CAST(expire_date AS CHAR) AS last FROM (SELECT expire_date, ROW_NUMBER() OVER (ORDER BY expire_date) AS place, COUNT(*) OVER () AS found FROM ${oldestRows(table, most, at)}) AS places WHERE place % ${stretchOf(batch)} = 0 OR place = found ORDER BY place`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode: 'probe',
    };
  }

  /** With a `skip`, also how many rows there are from the position on before the first instant, and through it. */
  function find<M extends 'read' | 'probe'>(table: TableId, batch: Batch, mode: M): Statement<M> {
    const at = positionOf(batch);
    const rows = oldestRows(table, batch.limit, at, batch.skip);
    const upTo = (end: string) =>
      `(SELECT COUNT(*) ${expiredRows(table, at)} AND expire_date ${end} found.first)`;
    const places = batch.skip ? `, ${upTo('<')} AS earlier, ${upTo('<=')} AS through` : '';
    return {
      sql: `SELECT found.found, CAST(found.first AS CHAR) AS first, CAST(found.last AS CHAR) AS last${places} FROM (SELECT COUNT(*) AS found, MIN(expire_date) AS first, MAX(expire_date) AS last FROM ${rows}) AS found`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode,
    };
  }

  const parametersOf = ({ cutoff }: Batch, { first, last }: Omit<Range, 'rows'>) => ({
    ...expiredParameters(timeZone, cutoff, first),
    last: isZeroDate(last) ? AFTER_ZERO_DATE : last,
  });

  const THROUGH_LAST = 'expire_date <= CAST(:last AS DATETIME(6))';

  function deleteFound(table: TableId, batch: Batch, found: Range): Statement<'delete'> {
    return {
      sql: `DELETE ${expiredRows(table, found.first)} AND ${THROUGH_LAST} ORDER BY expire_date LIMIT ${found.rows}`,
      parameters: parametersOf(batch, found),
      mode: 'delete',
    };
  }

  /** The rows up to the end of the last instant, and where the next one is. */
  function countFound(table: TableId, batch: Batch, found: Found): Statement<'read'> {
    return {
      sql: `SELECT COUNT(*) AS here, (SELECT CAST(MIN(expire_date) AS CHAR) ${expiredRows(table)} AND expire_date > CAST(:last AS DATETIME(6))) AS next ${expiredRows(table, found.first)} AND ${THROUGH_LAST}`,
      parameters: parametersOf(batch, found),
      mode: 'read',
    };
  }

  return { find, findEnds, deleteFound, countFound };
}

/**
 * The walk along the index on `expire_date`; a position is the `expire_date` of the last row found.
 *
 * A DELETE returns no rows on MySQL, so batches are looked for first: where each ends and how many rows it has. With that
 * number as its limit the DELETE ends at the last of these rows. A DELETE that ran out of rows would go on to lock the row
 * behind them, which may be the first live session, and the gap before it. So the last batch is always looked for anew.
 * A row that comes to a place that was counted already leaves another one behind, which a second pass takes.
 *
 * Of the rows of one instant a DELETE can only take the first ones: nothing but the key, which the user may not read,
 * tells them apart. `DELETE IGNORE` would leave those to which another table refers, but also what a trigger has written
 * about them, and the user cannot see whether there is a trigger.
 *
 * There is no walk along the primary key: a DELETE locks every row that it reads there, live sessions too.
 */
export function indexWalk(timeZone: TimeZone): IndexWalk {
  const { find, findEnds, deleteFound, countFound } = statementsIn(timeZone);

  function* stretches(table: TableId, batch: Batch): Conversation<readonly Stretch[]> {
    const most = stretchesAhead(batch) * stretchOf(batch);
    return stretchesIn(answered(yield findEnds(table, batch, most)).rows, most);
  }

  /** A whole batch, by stretches that are known from before or that are read now. */
  function* wholeBatch(table: TableId, batch: Batch): Conversation<Deleted> {
    const ahead = yield* rowsAhead(batch, () => stretches(table, batch));
    const { rows, last: reached, next } = ahead ?? NOTHING;
    const done = { next, reached, kept: 0, held: 0, tied: 0, shareLeft: 0 };
    if (reached === null) return { ...done, rows };
    const found = { rows, first: String(batch.from.at), last: reached };
    return { ...done, rows: answered(yield deleteFound(table, batch, found)).rowsChanged };
  }

  function* partOf(table: TableId, batch: Batch): Conversation<Deleted> {
    const row = onlyRow(answered(yield find(table, batch, 'probe')).rows);
    const found = foundIn(row, batch.skip ?? 0);
    if (found === null) return indexBatch(batch, { rows: 0, found: 0, last: null });
    const { last, tied } = found;
    if (tied > 0) return indexBatch(batch, { rows: 0, found: batch.limit, last, tied });
    const { rowsChanged: rows } = answered(yield deleteFound(table, batch, found));
    return indexBatch(batch, { rows, found: found.rows, last });
  }

  return {
    start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),
    skipsLocked: false,

    batch: (table, batch) =>
      batch.skip === undefined ? wholeBatch(table, batch) : partOf(table, batch),

    // All rows are passed that expired at the same time as the last.
    *passOver(table, batch): Conversation<PassedRows> {
      const found = foundIn(onlyRow(answered(yield find(table, batch, 'read')).rows), 0);
      if (found === null) return { rows: 0, since: null, next: null };
      const row = onlyRow(answered(yield countFound(table, batch, found)).rows);
      const at = optionalText(row, 'next');
      const next = at === null ? null : onward(batch.from, at);
      return { rows: count(row, 'here'), since: found.first, next };
    },
  };
}
