import { count, onlyRow, optionalText, type Row, text } from '../../data-api/rows';
import { answered, type Refused, type Statement } from '../../data-api/statement';
import type { Batch } from '../../purge/port';
import type { Conversation, Deleted, IndexWalk, PassedRows, TableId } from '../dialect';
import { indexBatch, onward } from '../index-batch';
import type { TimeZone } from './local-time';
import { expiredParameters, expiredRows, isZeroDate, oldestRows } from './sql';

/** The first date after the one of all zeros. */
const AFTER_ZERO_DATE = '0000-01-01 00:00:00';

/** The rows of a batch as a read found them: so many, from the first `expire_date` to the last. */
interface Found {
  readonly taken: number;
  readonly first: string;
  readonly last: string;
}

function foundIn(row: Row): Found | null {
  const taken = count(row, 'taken');
  return taken === 0 ? null : { taken, first: text(row, 'first'), last: text(row, 'last') };
}

const isOneInstant = ({ first, last }: Found) => first === last;

/** The end of a range that leaves the last instant out, unless there is no other. */
const toLast = (found: Found) =>
  `expire_date ${isOneInstant(found) ? '<=' : '<'} CAST(:last AS DATETIME(6))`;

const THROUGH_LAST = 'expire_date <= CAST(:last AS DATETIME(6))';

/** The statements about the rows of a batch. */
function statementsIn(timeZone: TimeZone) {
  const positionOf = ({ from }: Batch) => String(from.at);

  function find<M extends 'read' | 'probe'>(table: TableId, batch: Batch, mode: M): Statement<M> {
    const at = positionOf(batch);
    const rows = oldestRows(table, batch.limit, at, batch.skip);
    return {
      sql: `SELECT COUNT(*) AS taken, CAST(MIN(expire_date) AS CHAR) AS first, CAST(MAX(expire_date) AS CHAR) AS last FROM ${rows}`,
      parameters: expiredParameters(timeZone, batch.cutoff, at),
      mode,
    };
  }

  const parametersOf = ({ cutoff }: Batch, { first, last }: Found) => ({
    ...expiredParameters(timeZone, cutoff, first),
    last: isZeroDate(last) ? AFTER_ZERO_DATE : last,
  });

  function deleteFound(table: TableId, batch: Batch, found: Found): Statement<'delete'> {
    return {
      sql: `DELETE ${expiredRows(table, found.first)} AND ${THROUGH_LAST} ORDER BY expire_date LIMIT ${found.taken}`,
      parameters: parametersOf(batch, found),
      mode: 'delete',
    };
  }

  /**
   * Leaves the rows to which another table refers, and does not count them towards its limit. So it has to end at an
   * instant. Where it leaves the last one out, the row at which it ends has expired; where there is no other, it only
   * locks the gap behind that instant.
   */
  function deleteSparing(table: TableId, batch: Batch, found: Found): Statement<'delete'> {
    return {
      sql: `DELETE IGNORE ${expiredRows(table, found.first)} AND ${toLast(found)} ORDER BY expire_date LIMIT ${found.taken}`,
      parameters: parametersOf(batch, found),
      mode: 'delete',
    };
  }

  /** The rows of a range, and where the next one after the last instant is. */
  function countRows(table: TableId, batch: Batch, found: Found, to: string): Statement<'read'> {
    return {
      sql: `SELECT COUNT(*) AS here, (SELECT CAST(MIN(expire_date) AS CHAR) ${expiredRows(table)} AND expire_date > CAST(:last AS DATETIME(6))) AS next ${expiredRows(table, found.first)} AND ${to}`,
      parameters: parametersOf(batch, found),
      mode: 'read',
    };
  }

  return { find, deleteFound, deleteSparing, countRows };
}

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
  const { find, deleteFound, deleteSparing, countRows } = statementsIn(timeZone);

  /** The batch once more, without the rows that refuse it. */
  function* spare(
    table: TableId,
    batch: Batch,
    found: Found,
    { error }: Refused,
  ): Conversation<Deleted> {
    const { rowsChanged: rows } = answered(yield deleteSparing(table, batch, found));
    const deleted = { rows, reached: found.last, shareLeft: 0 };
    // A limit that was reached says nothing of the rows that are left at this instant.
    if (isOneInstant(found) && rows === found.taken)
      return { ...deleted, next: onward(batch.from, found.last), staying: null };
    const left = onlyRow(answered(yield countRows(table, batch, found, toLast(found))).rows);
    const here = count(left, 'here');
    const at = isOneInstant(found) ? optionalText(left, 'next') : found.last;
    return {
      ...deleted,
      next: at === null ? null : onward(batch.from, at),
      staying: here === 0 ? null : { rows: here, since: found.first, error },
    };
  }

  return {
    start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),

    *batch(table, batch) {
      const found = foundIn(onlyRow(answered(yield find(table, batch, 'probe')).rows));
      if (found === null) return indexBatch(batch, { rows: 0, taken: 0, next: null });
      const statement = deleteFound(table, batch, found);
      const isWhole = batch.skip === undefined;
      const answer = yield { ...statement, ...(isWhole && { goesOnAfter: 'refused' }) };
      if (answer.kind === 'refused') return yield* spare(table, batch, found, answer);
      const { rowsChanged: rows } = answered(answer);
      return indexBatch(batch, { rows, taken: found.taken, next: found.last });
    },

    // Only its key would tell one row from another, so all rows are passed that expired at the same time as the last.
    *passOver(table, batch): Conversation<PassedRows> {
      const found = foundIn(onlyRow(answered(yield find(table, batch, 'read')).rows));
      if (found === null) return { rows: 0, since: null, next: null };
      const row = onlyRow(answered(yield countRows(table, batch, found, THROUGH_LAST)).rows);
      const at = optionalText(row, 'next');
      const next = at === null ? null : onward(batch.from, at);
      return { rows: count(row, 'here'), since: found.first, next };
    },
  };
}
