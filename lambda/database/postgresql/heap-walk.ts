import { count, onlyRow, optionalText, type Row } from '../../data-api/rows';
import { answered, type Statement } from '../../data-api/statement';
import { UnexpectedAnswer } from '../../errors';
import type { Batch, Foreseen, WalkChoice } from '../../purge/port';
import type { Deleted, StorageWalk, TableId } from '../dialect';
import {
  asText,
  CUTOFF,
  catalogOperators,
  cutoffParameter,
  EXPIRED,
  GIVES_WAY,
  sentName,
} from './sql';

/** Where the walk stands in the heap. */
export interface HeapPosition {
  /** The ctid of the last row seen. */
  readonly after: string;
  /** Blocks of the table when the walk began. Rows in blocks appended since then have not expired. */
  readonly blocks: number;
  readonly rowsPerBlock: number;
}

/** A sample of this size costs less than one batch and tells a share of 10 % from one of 20 %. */
const SAMPLED_BLOCKS = 100;

/**
 * From this number on the storage walk costs no more than the index walk. It reads every block with its live rows, and
 * deletes a row at less than half of what the index walk pays for it. In `bench/`, tables with 1.6 expired rows a block
 * took about as long either way.
 */
const EXPIRED_PER_BLOCK = 2;

/** Most rows that a block of 8 kB can hold. A batch is one block at least. */
const MOST_PER_BLOCK = 291;

function blockOf(ctid: string): number {
  const [, block] = /^\((\d+),\d+\)$/.exec(ctid) ?? [];
  if (block === undefined) throw new UnexpectedAnswer('"last" must be a ctid');
  return Number(block);
}

/** The first block after a batch, which has as many blocks as hold about `limit` rows, live ones counted. */
function endOf({ after, rowsPerBlock }: HeapPosition, limit: number): number {
  const blocks = Math.floor(limit / Math.max(1, rowsPerBlock));
  return blockOf(after) + Math.max(1, blocks);
}

function sample(table: TableId, cutoff: Date): Statement<'probe'> {
  const name = sentName(table);
  const sql = `
WITH size AS MATERIALIZED (
  SELECT pg_catalog.pg_relation_size(CAST(:name AS pg_catalog.regclass)) / CAST(pg_catalog.current_setting('block_size') AS int) AS blocks
)
SELECT (SELECT blocks FROM size) AS blocks, pg_catalog.count(*) AS sampled,
  pg_catalog.count(*) FILTER (WHERE expire_date < ${CUTOFF}) AS expired
FROM ONLY ${name} TABLESAMPLE pg_catalog.system ((
  SELECT least(100, CAST(${100 * SAMPLED_BLOCKS}.0 / greatest(1, blocks) AS pg_catalog.float4)) FROM size
))`;
  return {
    sql: catalogOperators(sql),
    parameters: { ...cutoffParameter(cutoff), name },
    mode: 'probe',
  };
}

function choiceFrom(row: Row, isIndexed: boolean): WalkChoice {
  const blocks = count(row, 'blocks');
  const sampledBlocks = Math.max(1, Math.min(blocks, SAMPLED_BLOCKS));
  const perBlock = count(row, 'expired') / sampledBlocks;
  const reason = `a sample of ${sampledBlocks} of ${blocks} blocks has ${perBlock.toFixed(1)} expired rows a block`;
  const rowsPerBlock = count(row, 'sampled') / sampledBlocks;
  const at: HeapPosition = { after: '(0,0)', blocks, rowsPerBlock };
  const start = { walk: 'storage', at } as const;
  if (!isIndexed) return { reason: `no index along expire_date, and ${reason}`, start };
  return { reason, start: perBlock >= EXPIRED_PER_BLOCK ? start : null };
}

const RANGE = 'ctid > CAST(:after AS pg_catalog.tid) AND ctid < CAST(:end AS pg_catalog.tid)';

/**
 * Reads a range of ctids once, as a Tid Range Scan of PostgreSQL 14 and later, and costs about what one large DELETE
 * costs: it takes no row locks first, counts nothing and returns no rows.
 */
function deleteQuickly(name: string): string {
  return `
DELETE FROM ONLY ${name} WHERE ${RANGE} AND ${EXPIRED}
  AND ${GIVES_WAY}`;
}

/** Locks the rows before it deletes them, for the reasons that the index walk has. */
function deleteCarefully(name: string, limit: number): string {
  return `
WITH taken AS MATERIALIZED (
  SELECT ctid FROM ONLY ${name} WHERE ${RANGE} AND ${EXPIRED} LIMIT ${limit} FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${EXPIRED}
  RETURNING expire_date
)
SELECT (SELECT pg_catalog.count(*) FROM deleted) AS deleted, pg_catalog.count(*) AS taken, CAST(pg_catalog.max(ctid) AS pg_catalog.text) AS last
FROM taken`;
}

function rangeOf(position: HeapPosition, { cutoff, limit }: Batch): Statement['parameters'] {
  const end = `(${endOf(position, limit)},0)`;
  return { ...cutoffParameter(cutoff), after: position.after, end };
}

function goOn(at: HeapPosition, rows: number): Deleted {
  const block = blockOf(at.after);
  return {
    rows,
    next: block >= at.blocks ? null : { walk: 'storage', at },
    reached: null,
    kept: 0,
    held: 0,
    shareLeft: Math.max(0, 1 - block / Math.max(1, at.blocks)),
  };
}

/** Where more rows went than the batch should have, its blocks are fuller than those of the sample. */
function afterQuick(position: HeapPosition, limit: number, rows: number): Deleted {
  const end = endOf(position, limit);
  const perBlock = rows / (end - blockOf(position.after));
  const rowsPerBlock = rows > limit ? perBlock : position.rowsPerBlock;
  return goOn({ ...position, after: `(${end},0)`, rowsPerBlock }, rows);
}

function afterCareful(position: HeapPosition, limit: number, row: Row): Deleted {
  const rows = count(row, 'deleted');
  const taken = count(row, 'taken');
  const last = optionalText(row, 'last');
  const isCut = taken === limit && last !== null;
  const after = isCut ? last : `(${endOf(position, limit)},0)`;
  const blocks = blockOf(after) - blockOf(position.after) + 1;
  const rowsPerBlock = isCut
    ? Math.max(position.rowsPerBlock, taken / blocks)
    : position.rowsPerBlock;
  return goOn({ ...position, after, rowsPerBlock }, rows);
}

/** As if the expired rows lay evenly in the blocks that are left. */
function foresee({ from, limit }: Batch, left: number): Foreseen {
  const position = from.at as HeapPosition;
  const block = blockOf(position.after);
  const inBatch = left / Math.max(1, position.blocks - block);
  const rows = Math.min(left, Math.round(inBatch * (endOf(position, limit) - block)));
  if (limit >= MOST_PER_BLOCK) return { ...afterQuick(position, limit, rows), calls: 1 };
  // A block of which rows are left is taken up again.
  const taken = Math.min(limit, rows);
  const end = taken < rows ? block + Math.floor(taken / inBatch) : endOf(position, limit);
  return { ...goOn({ ...position, after: `(${end},0)` }, taken), calls: 1 };
}

/**
 * The walk leaves rows that the database knows to be gone only when it meets them again. Along the index it would meet them
 * in an order in which they do not lie, and read most blocks again for each row. No index has a ctid, so that the condition
 * on it and the OFFSET keep the planner from one.
 */
function oldestExpired(table: TableId, cutoff: Date): Statement<'probe'> {
  const sql = `
SELECT ${asText('pg_catalog.min(expire_date)')} AS oldest
FROM (SELECT expire_date FROM ONLY ${sentName(table)} WHERE ctid >= CAST('(0,0)' AS pg_catalog.tid) AND ${EXPIRED} OFFSET 0) AS expired`;
  return { sql: catalogOperators(sql), parameters: cutoffParameter(cutoff), mode: 'probe' };
}

/** The heap from its first block to its last, a range of blocks a batch; needs PostgreSQL 14 or later. */
export const heapWalk: StorageWalk = {
  *choose(table, cutoff, isIndexed) {
    return choiceFrom(onlyRow(answered(yield sample(table, cutoff)).rows), isIndexed);
  },

  *batch(table, batch) {
    const { limit, from, isExact } = batch;
    const position = from.at as HeapPosition;
    const [name, parameters] = [sentName(table), rangeOf(position, batch)];
    if (!isExact && limit >= MOST_PER_BLOCK) {
      const sql = catalogOperators(deleteQuickly(name));
      const answer = yield { sql, parameters, mode: 'delete', goesOnAfter: 'locked' };
      if (answer.kind === 'rows') return afterQuick(position, limit, answer.rowsChanged);
    }
    const sql = catalogOperators(deleteCarefully(name, limit));
    const { rows } = answered(yield { sql, parameters, mode: 'delete' });
    return afterCareful(position, limit, onlyRow(rows));
  },

  foresee,

  oldestExpired,
};
