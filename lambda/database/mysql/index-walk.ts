import { count, onlyRow, optionalText, type Row, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch } from '../../purge/port';
import type { Conversation, IndexWalk, PassedRows, TableId } from '../dialect';
import { indexBatch, onward } from '../index-batch';
import type { TimeZone } from './local-time';
import { expiredParameters, expiredRows, isZeroDate, oldestRows } from './sql';

/** The first date after the one of all zeros. */
const AFTER_ZERO_DATE = '0000-01-01 00:00:00';

/** The rows of a batch as a read found them: so many, from the first `expire_date` to the last. */
interface Found {
  readonly rows: number;
  readonly first: string;
  readonly last: string;
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

/** The statements about the rows of a batch. */
function statementsIn(timeZone: TimeZone) {
  const positionOf = ({ from }: Batch) => String(from.at);

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

  const parametersOf = ({ cutoff }: Batch, { first, last }: Found) => ({
    ...expiredParameters(timeZone, cutoff, first),
    last: isZeroDate(last) ? AFTER_ZERO_DATE : last,
  });

  const THROUGH_LAST = 'expire_date <= CAST(:last AS DATETIME(6))';

  function deleteFound(table: TableId, batch: Batch, found: Found): Statement<'delete'> {
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

  return { find, deleteFound, countFound };
}

/**
 * The walk along the index on `expire_date`; a position is the `expire_date` of the last row found.
 *
 * A DELETE returns no rows on MySQL, so a batch is looked for first: where it ends and how many rows it has. With that
 * number as its limit the DELETE ends at the last of these rows. A DELETE that ran out of rows would go on to lock the
 * first live session and the gap before it.
 *
 * Of the rows of one instant a DELETE can only take the first ones: nothing but the key, which the user may not read,
 * tells them apart. `DELETE IGNORE` would leave those to which another table refers, but also what a trigger has written
 * about them, and the user cannot see whether there is a trigger.
 *
 * There is no walk along the primary key: a DELETE locks every row that it reads there, live sessions too.
 */
export function indexWalk(timeZone: TimeZone): IndexWalk {
  const { find, deleteFound, countFound } = statementsIn(timeZone);

  return {
    start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),

    *batch(table, batch) {
      const row = onlyRow(answered(yield find(table, batch, 'probe')).rows);
      const found = foundIn(row, batch.skip ?? 0);
      if (found === null) return indexBatch(batch, { rows: 0, found: 0, last: null });
      const { last, tied } = found;
      if (tied > 0) return indexBatch(batch, { rows: 0, found: batch.limit, last, tied });
      const { rowsChanged: rows } = answered(yield deleteFound(table, batch, found));
      return indexBatch(batch, { rows, found: found.rows, last });
    },

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
