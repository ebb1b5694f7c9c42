import { count, onlyRow, optionalText, text } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import type { Batch } from '../../purge/port';
import type { IndexWalk, TableId } from '../dialect';
import { indexBatch } from '../index-batch';
import { asText, CUTOFF, cutoffParameter, EXPIRED, qualified } from './sql';

/** The condition for the expired rows from a batch's position on, without those that it avoids. */
function expiredFrom({ cutoff, from: { at, avoid = [] } }: Batch) {
  const where = `expire_date >= CAST(:at AS timestamptz) AND expire_date < ${CUTOFF}`;
  const parameters = { ...cutoffParameter(cutoff), at: String(at) };
  if (avoid.length === 0) return { where, parameters };
  return {
    where: `${where} AND ctid <> ALL (CAST(:avoid AS tid[]))`,
    parameters: { ...parameters, avoid: `{${avoid.map((ctid) => `"${ctid}"`).join()}}` },
  };
}

/**
 * Locks the rows before it deletes them, so that "fewer than the limit" means the end of the walk. The row locks also
 * make SKIP LOCKED possible, which is why the role needs an UPDATE right.
 *
 * - MATERIALIZED: an inlined subquery may run twice and delete more rows.
 * - An array of ctids: a join on ctid may become a hash join over the whole table.
 * - ONLY: a ctid means nothing in a child table.
 * - The limit is part of the text: a generic plan cannot see the value of a parameter.
 */
function deleteBatch(table: TableId, batch: Batch): Statement<'delete'> {
  const name = qualified(table);
  const { where, parameters } = expiredFrom(batch);
  const sql = `
WITH taken AS MATERIALIZED (
  SELECT ctid, expire_date FROM ONLY ${name} WHERE ${where}
  ORDER BY expire_date LIMIT ${batch.limit} FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${EXPIRED}
  RETURNING expire_date
)
SELECT (SELECT count(*) FROM deleted) AS deleted, count(*) AS taken, ${asText('max(expire_date)')} AS next
FROM taken`;
  return { sql: sql.trim(), parameters, mode: 'delete' };
}

/**
 * The row that a batch of one could not delete, by its ctid, which says nothing about the session. SKIP LOCKED, because
 * that batch skipped the rows that others hold, too.
 */
function findStuckRow(table: TableId, batch: Batch): Statement<'read'> {
  const { where, parameters } = expiredFrom(batch);
  const sql = `
SELECT ${asText('expire_date')} AS stuck, CAST(ctid AS text) AS "row"
FROM ONLY ${qualified(table)} WHERE ${where} ORDER BY expire_date LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return { sql: sql.trim(), parameters, mode: 'read' };
}

/** One statement deletes a batch. A position is the `expire_date` of the last row taken. */
export const indexWalk: IndexWalk = {
  start: (oldest) => ({ walk: 'index', at: oldest ?? '' }),

  *batch(table, batch) {
    const row = onlyRow(answered(yield deleteBatch(table, batch)).rows);
    const [rows, taken] = [count(row, 'deleted'), count(row, 'taken')];
    return indexBatch(batch, { rows, taken, next: optionalText(row, 'next') });
  },

  *stepOver(table, batch) {
    const [row] = answered(yield findStuckRow(table, batch)).rows;
    if (row === undefined) return null;
    const { from } = batch;
    const avoid = [...(from.avoid ?? []), text(row, 'row')];
    return { stuck: text(row, 'stuck'), next: { ...from, avoid } };
  },
};
