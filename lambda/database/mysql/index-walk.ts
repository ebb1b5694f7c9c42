import { count, onlyRow, optionalText, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch } from '../../purge/port';
import type { IndexWalk, TableId } from '../dialect';
import { indexBatch } from '../index-batch';
import type { TimeZone } from './local-time';
import { expiredParameters, expiredRows, isZeroDate, oldestRows } from './sql';

/** The first date after the one of all zeros. */
const AFTER_ZERO_DATE = '0000-01-01 00:00:00';

/**
 * The walk along the index on `expire_date`; a position is the `expire_date` of the last row found.
 *
 * A DELETE returns no rows on MySQL, so a batch is looked for first: where it ends and how many rows it has. With that
 * number as its limit the DELETE ends at the last of these rows. A DELETE that ran out of rows would go on to lock the
 * first live session and the gap before it.
 *
 * There is no walk along the primary key: a DELETE locks every row that it reads there, live sessions too.
 */
export function indexWalk(timeZone: TimeZone): IndexWalk {
  const positionOf = ({ from }: Batch) => String(from.at);

  function find(table: TableId, batch: Batch): Statement<'probe'> {
    const at = positionOf(batch);
    return {
      sql: `SELECT COUNT(*) AS taken, CAST(MAX(expire_date) AS CHAR) AS next FROM ${oldestRows(table, batch.limit, at)}`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode: 'probe',
    };
  }

  function deleteFound(
    table: TableId,
    batch: Batch,
    taken: number,
    next: string,
  ): Statement<'delete'> {
    const at = positionOf(batch);
    return {
      sql: `DELETE ${expiredRows(table, at)} AND expire_date <= CAST(:next AS DATETIME(6)) ORDER BY expire_date LIMIT ${taken}`,
      parameters: {
        ...expiredParameters(timeZone, batch.cutoff, at),
        next: isZeroDate(next) ? AFTER_ZERO_DATE : next,
      },
      mode: 'delete',
    };
  }

  function findStuckRow(table: TableId, batch: Batch): Statement<'read'> {
    const at = positionOf(batch);
    return {
      sql: `SELECT stuck, (SELECT CAST(MIN(expire_date) AS CHAR) ${expiredRows(table)} AND expire_date > CAST(stuck AS DATETIME(6))) AS next
FROM (SELECT CAST(MIN(expire_date) AS CHAR) AS stuck FROM ${oldestRows(table, 1, at)}) AS first WHERE stuck IS NOT NULL`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode: 'read',
    };
  }

  return {
    start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),

    *batch(table, batch) {
      const found = onlyRow(answered(yield find(table, batch)).rows);
      const taken = count(found, 'taken');
      if (taken === 0) return indexBatch(batch, { rows: 0, taken, next: null });
      const next = text(found, 'next');
      const { rowsChanged } = answered(yield deleteFound(table, batch, taken, next));
      return indexBatch(batch, { rows: rowsChanged, taken, next });
    },

    // Only its key would tell one row from another, so all rows are passed that expired at the same time.
    *stepOver(table, batch) {
      const [row] = answered(yield findStuckRow(table, batch)).rows;
      if (row === undefined) return null;
      const at = optionalText(row, 'next');
      return { stuck: text(row, 'stuck'), next: at === null ? null : { ...batch.from, at } };
    },
  };
}
