import { count, onlyRow, optionalText, type Row, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch, Until } from '../../purge/port';
import type { Conversation, IndexWalk, PassedRows, Step, TableId } from '../dialect';
import {
  type Ahead,
  foresight,
  indexBatch,
  rowsAhead,
  type Stretch,
  stretchesAhead,
  stretchOf,
} from '../index-batch';
import {
  asText,
  CUTOFF,
  catalogOperators,
  cutoffParameter,
  EXPIRED,
  GIVES_WAY,
  sentName,
} from './sql';

/** The condition for the expired rows from a batch's position on. */
function expiredFrom({ cutoff, from: { at, after } }: Batch) {
  const where = `expire_date >= CAST(:at AS pg_catalog.timestamptz) AND expire_date < ${CUTOFF}`;
  const parameters = { ...cutoffParameter(cutoff), at: String(at) };
  if (after === undefined) return { where, parameters };
  const behind =
    '(expire_date > CAST(:at AS pg_catalog.timestamptz) OR ctid > CAST(:after AS pg_catalog.tid))';
  return { where: `${where} AND ${behind}`, parameters: { ...parameters, after } };
}

/** The greatest instant that a stretch may reach. */
const END = `least(ends[2], ${CUTOFF})`;

/** Whether a leap got to another instant: so do the first, which has no start, and one past the last row, which has no end. */
const MOVES_ON = 'coalesce(start <> ends[2], true)';

/** There are as many rows up to the end of the stretch as it leapt over, since it does not end within an instant. */
const IS_WHOLE = `ends[1] < ${END}`;

/**
 * Leaps from stretch to stretch along the index, and reads nothing else. Each leap brings the instants on both sides of the
 * end of a stretch. They are one where the stretch ends within an instant; then the rows before that instant are counted.
 *
 * - A leap may go beyond the cutoff. With both bounds the planner would take its range for small, where it cannot see their
 *   values, and sort all of it for each leap.
 * - A leap that stays at its instant is the last one: there are more rows of it than a stretch has.
 */
function findEnds(table: TableId, batch: Batch): Statement<'probe'> {
  const name = sentName(table);
  const rows = stretchOf(batch);
  const between = `FROM ONLY ${name} WHERE expire_date >= start AND expire_date < ${END}`;
  const sql = `
WITH RECURSIVE leaps AS (
  SELECT 0 AS leap, CAST(NULL AS pg_catalog.timestamptz) AS start, ARRAY[NULL, CAST(:at AS pg_catalog.timestamptz)] AS ends
  UNION ALL
  SELECT leap + 1, ends[2], ARRAY(
    SELECT expire_date FROM ONLY ${name} WHERE expire_date >= leaps.ends[2]
    ORDER BY expire_date LIMIT 2 OFFSET ${rows - 1})
  FROM leaps
  WHERE leap < ${stretchesAhead(batch)} AND ends[2] < ${CUTOFF} AND ${MOVES_ON}
)
SELECT CASE WHEN ${IS_WHOLE} THEN ${rows} ELSE (SELECT pg_catalog.count(*) ${between}) END AS rows,
  ${asText(`CASE WHEN ${IS_WHOLE} THEN ends[1] ELSE (SELECT pg_catalog.max(expire_date) ${between}) END`)} AS last,
  CASE WHEN ends[2] < ${CUTOFF} THEN ${asText('ends[2]')} END AS next
FROM leaps WHERE leap > 0 AND ${MOVES_ON} ORDER BY leap`;
  const parameters = { ...cutoffParameter(batch.cutoff), at: String(batch.from.at) };
  return { sql: catalogOperators(sql), parameters, mode: 'probe' };
}

function* stretches(table: TableId, batch: Batch): Conversation<readonly Stretch[]> {
  const { rows } = answered(yield findEnds(table, batch));
  return rows.map((row) => ({
    rows: count(row, 'rows'),
    last: optionalText(row, 'last'),
    next: optionalText(row, 'next'),
  }));
}

/** Costs about what one large DELETE costs: it takes no row locks first and returns no rows. */
function deleteRange(table: TableId, { cutoff, from }: Batch, { next }: Ahead): Step {
  const end = next === null ? cutoff.toISOString() : String(next.at);
  const sql = `
DELETE FROM ONLY ${sentName(table)}
WHERE expire_date >= CAST(:at AS pg_catalog.timestamptz) AND expire_date < CAST(:end AS pg_catalog.timestamptz) AND ${EXPIRED}
  AND ${GIVES_WAY}`;
  const parameters = { ...cutoffParameter(cutoff), at: String(from.at), end };
  return { sql: catalogOperators(sql), parameters, mode: 'delete', goesOnAfter: 'locked' };
}

/**
 * The rows that a plain range DELETE may take; `null`: they have to be locked first. In a repeat they have: the database says
 * that a DELETE gave way a moment before it releases its rows, and the next one would take them for those of others.
 */
function* rangeOf(table: TableId, batch: Batch): Conversation<Ahead | null> {
  const { skip, isExact, isRepeat, from } = batch;
  if (skip !== undefined || isExact || isRepeat || from.after !== undefined) return null;
  return yield* rowsAhead(batch, () => stretches(table, batch));
}

/** Reads the index alone, but for rows of one instant behind others. */
function countAhead(table: TableId, batch: Batch, until: Until): Statement<'probe'> {
  const { where, parameters } = expiredFrom(batch);
  const tied = until === 'instant' ? ' AND expire_date <= CAST(:at AS pg_catalog.timestamptz)' : '';
  const sql = `
SELECT pg_catalog.count(*) AS ahead FROM (
  SELECT expire_date FROM ONLY ${sentName(table)} WHERE ${where}${tied}
  ORDER BY expire_date LIMIT ${batch.limit}
) AS ahead`;
  return { sql: catalogOperators(sql), parameters, mode: 'probe' };
}

/**
 * The rows of a batch. Rows of one instant are sorted only where a place among them has to mean something: in a normal
 * batch a million of them would be sorted for a few thousand.
 */
function rowsOf(table: TableId, batch: Batch) {
  const { where, parameters } = expiredFrom(batch);
  const { skip, limit } = batch;
  const order = skip === undefined ? 'expire_date' : 'expire_date, ctid';
  const sql = `
  SELECT ctid, expire_date FROM ONLY ${sentName(table)} WHERE ${where}
  ORDER BY ${order} LIMIT ${limit}${skip ? ` OFFSET ${skip}` : ''}`;
  return { sql, parameters };
}

const LOCK = 'FOR UPDATE SKIP LOCKED';

/**
 * The row locks that a delete begins with. A whole batch takes later rows in place of those that others hold. A part of one
 * takes the rows at its places and no others, so that what it could not lock is known to be held.
 */
function takenOf(table: TableId, batch: Batch) {
  const { sql: rows, parameters } = rowsOf(table, batch);
  if (batch.skip === undefined)
    return { sql: `taken AS MATERIALIZED (${rows} ${LOCK}\n)`, found: 'taken', parameters };
  const sql = `places AS MATERIALIZED (${rows}
), taken AS MATERIALIZED (
  SELECT ctid, expire_date FROM ONLY ${sentName(table)}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM places)) AND ${EXPIRED} ${LOCK}
)`;
  return { sql, found: 'places', parameters };
}

/**
 * Locks the rows before it deletes them, so that "fewer than the limit" means the end of the walk. The row locks also
 * make SKIP LOCKED possible, which is why the role needs an UPDATE right.
 *
 * - MATERIALIZED: an inlined subquery may run twice and delete more rows.
 * - An array of ctids: a join on ctid may become a hash join over the whole table.
 * - ONLY: a ctid means nothing in a child table.
 * - The limit is part of the text: a generic plan cannot see the value of a parameter.
 * - `kept` counts the rows as the statement first saw them. One that was updated before its lock was granted is taken
 *   in its new version, which this statement can neither see nor delete, and which nobody keeps from going.
 */
function deleteBatch(table: TableId, batch: Batch): Statement<'delete'> {
  const name = sentName(table);
  const { sql: taken, found, parameters } = takenOf(table, batch);
  const ofTaken = `FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${EXPIRED}`;
  const sql = `
WITH ${taken}, deleted AS (
  DELETE ${ofTaken}
  RETURNING expire_date
)
SELECT (SELECT pg_catalog.count(*) FROM deleted) AS deleted, pg_catalog.count(*) AS found,
  pg_catalog.count(*) - (SELECT pg_catalog.count(*) FROM taken) AS held,
  CASE WHEN (SELECT pg_catalog.count(*) FROM taken) = (SELECT pg_catalog.count(*) FROM deleted) THEN 0
    ELSE (SELECT pg_catalog.count(*) ${ofTaken}) - (SELECT pg_catalog.count(*) FROM deleted) END AS kept,
  ${asText('pg_catalog.max(expire_date)')} AS last
FROM ${found}`;
  return { sql: catalogOperators(sql), parameters, mode: 'delete' };
}

function findPassed(table: TableId, batch: Batch): Statement<'read'> {
  const { sql: rows, parameters } = rowsOf(table, { ...batch, skip: 0 });
  const sql = `
WITH taken AS MATERIALIZED (${rows}
)
SELECT pg_catalog.count(*) AS passed, ${asText('pg_catalog.min(expire_date)')} AS since, ${asText('pg_catalog.max(expire_date)')} AS at,
  (SELECT CAST(ctid AS pg_catalog.text) FROM taken ORDER BY taken.expire_date DESC, taken.ctid DESC LIMIT 1) AS after
FROM taken`;
  return { sql: catalogOperators(sql), parameters, mode: 'read' };
}

function* passOver(table: TableId, batch: Batch): Conversation<PassedRows> {
  const row: Row = onlyRow(answered(yield findPassed(table, batch)).rows);
  const rows = count(row, 'passed');
  if (rows === 0) return { rows, since: null, next: null };
  const next = { walk: 'index', at: text(row, 'at'), after: text(row, 'after') } as const;
  return { rows, since: text(row, 'since'), next };
}

/**
 * A read brings the ends of many batches, and each is then a range DELETE. A position is an `expire_date` before which
 * nothing is left to do.
 *
 * The rows are locked first where others hold one of them, where a limit has to be kept to the row, where more rows than a
 * batch has expired at one instant, and where places count.
 */
export const indexWalk: IndexWalk = {
  start: (oldest) => ({ walk: 'index', at: oldest ?? '-infinity' }),
  startAt: (instant) => ({ walk: 'index', at: instant?.toISOString() ?? '-infinity' }),

  *batch(table, batch) {
    const ahead = yield* rangeOf(table, batch);
    if (ahead !== null) {
      const { last: reached, next } = ahead;
      const done = { next, reached, held: 0, shareLeft: 0 };
      if (ahead.rows === 0) return { ...done, rows: 0, kept: 0 };
      const answer = yield deleteRange(table, batch, ahead);
      if (answer.kind === 'rows') {
        const { rowsChanged: rows } = answer;
        return { ...done, rows, kept: Math.max(0, ahead.rows - rows) };
      }
    }
    const row = onlyRow(answered(yield deleteBatch(table, batch)).rows);
    const deleted = indexBatch(batch, {
      rows: count(row, 'deleted'),
      found: count(row, 'found'),
      last: optionalText(row, 'last'),
      kept: count(row, 'kept'),
      held: count(row, 'held'),
    });
    // It does not say whether it has passed over locked rows.
    return { ...deleted, reached: null };
  },

  foresee: foresight(true),

  passOver,
  countAhead,
};
