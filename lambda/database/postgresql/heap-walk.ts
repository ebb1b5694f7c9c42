import { count, onlyRow, optionalText, type Row } from '../../data-api/rows';
import { UnexpectedAnswer } from '../../errors';
import type { Statement, StorageEstimate, StorageWalk, Stretch, TableId } from '../dialect';
import { CUTOFF, cutoffParameter, EXPIRED, qualified } from './sql';

/** Where the walk stands in the heap: the last row seen, of so many blocks with so many rows each. */
interface HeapPosition {
  /** A ctid; its row was seen. */
  readonly after: string;
  /** Blocks of the table when the walk began: what was appended since has not expired. */
  readonly blocks: number;
  readonly rowsPerBlock: number;
  /** The next stretch is to be looked at before it is deleted: see `deleteCarefully`. */
  readonly careful: boolean;
}

/** A sample that small costs less than one batch, and tells a share of 10 % from one of 20 %. */
const SAMPLED_BLOCKS = 100;

/**
 * From here on the storage walk costs no more: it reads every block, live rows and all, and deletes a row at less than
 * half of what the index walk pays for it. In `bench/`, tables with 1.6 expired rows a block took about as long either way.
 */
const EXPIRED_PER_BLOCK = 2;

function blockOf(ctid: string): number {
  const [, block] = /^\((\d+),\d+\)$/.exec(ctid) ?? [];
  if (block === undefined) throw new UnexpectedAnswer('"last" must be a ctid');
  return Number(block);
}

function positionOf({ at }: Pick<Stretch, 'at'>): HeapPosition {
  return JSON.parse(at);
}

/** Blocks differ by a few rows, and a stretch of too many rows is done in two statements. */
const FILL = 0.9;

/** The first block after a batch: as many as hold the limit's rows, live ones counted. */
function endOf({ after, rowsPerBlock }: HeapPosition, limit: number): number {
  const blocks = Math.floor((FILL * limit) / Math.max(1, rowsPerBlock));
  return blockOf(after) + Math.max(1, blocks);
}

function estimate(table: TableId, cutoff: Date): Statement {
  const name = qualified(table);
  const sql = `
WITH size AS MATERIALIZED (
  SELECT pg_relation_size(CAST(:name AS regclass)) / CAST(current_setting('block_size') AS int) AS blocks
)
SELECT (SELECT blocks FROM size) AS blocks, count(*) AS sampled,
  count(*) FILTER (WHERE expire_date < ${CUTOFF}) AS expired
FROM ONLY ${name} TABLESAMPLE SYSTEM ((
  SELECT least(100, CAST(100.0 * ${SAMPLED_BLOCKS} / greatest(1, blocks) AS float4)) FROM size
))`;
  return { sql: sql.trim(), parameters: { ...cutoffParameter(cutoff), name } };
}

function readEstimate(row: Row): StorageEstimate {
  const blocks = count(row, 'blocks');
  const sampledBlocks = Math.max(1, Math.min(blocks, SAMPLED_BLOCKS));
  const perBlock = count(row, 'expired') / sampledBlocks;
  const reason = `a sample of ${sampledBlocks} of ${blocks} blocks has ${perBlock.toFixed(1)} expired rows a block`;
  const rowsPerBlock = count(row, 'sampled') / sampledBlocks;
  const position: HeapPosition = { after: '(0,0)', blocks, rowsPerBlock, careful: false };
  return { reason, start: perBlock >= EXPIRED_PER_BLOCK ? JSON.stringify(position) : null };
}

const RANGE = 'ctid > CAST(:after AS tid) AND ctid < CAST(:end AS tid)';

/**
 * One pass over a range of ctids, which PostgreSQL 14 and later read as such (a Tid Range Scan), at about the cost of
 * one large DELETE: without row locks first, and without a word on each row. It deletes nothing where the range has
 * more rows than the limit, and ends at a row that others hold locked after a millisecond, the least that
 * `lock_timeout` can be; `deleteCarefully` then does the stretch.
 */
function deleteQuickly(name: string, limit: number): string {
  return `
DELETE FROM ONLY ${name} WHERE ${RANGE} AND ${EXPIRED}
  AND (SELECT count(*) FROM ONLY ${name} WHERE ${RANGE}) <= ${limit}
  AND (SELECT set_config('lock_timeout', '1', true)) IS NOT NULL`;
}

/** Locks first, for the reasons that the index walk has; what had expired by then tells whether others hold some of it. */
function deleteCarefully(name: string, limit: number): string {
  return `
WITH taken AS MATERIALIZED (
  SELECT ctid FROM ONLY ${name} WHERE ${RANGE} AND ${EXPIRED} LIMIT ${limit} FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM ONLY ${name}
  WHERE ctid = ANY (ARRAY (SELECT ctid FROM taken)) AND ${EXPIRED}
  RETURNING expire_date
)
SELECT (SELECT count(*) FROM deleted) AS deleted, count(*) AS taken, CAST(max(ctid) AS text) AS last,
  (SELECT count(*) FROM ONLY ${name} WHERE ${RANGE} AND ${EXPIRED} AND (
    (SELECT count(*) FROM taken) < ${limit} OR ctid <= (SELECT max(ctid) FROM taken))) AS expired
FROM taken`;
}

function deleteStretch(table: TableId, stretch: Stretch): Statement {
  const { cutoff, limit } = stretch;
  const position = positionOf(stretch);
  const { after, careful } = position;
  const end = `(${endOf(position, limit)},0)`;
  const parameters = { ...cutoffParameter(cutoff), after, end };
  const name = qualified(table);
  if (careful) return { sql: deleteCarefully(name, limit).trim(), parameters };
  return { sql: deleteQuickly(name, limit).trim(), parameters, endsAtLocks: true };
}

type Step = ReturnType<StorageWalk['readStep']>;

function stepTo(position: HeapPosition, rows: number, leftBehind: boolean): Step {
  const block = blockOf(position.after);
  return {
    rows,
    leftBehind,
    ahead: Math.max(0, 1 - block / Math.max(1, position.blocks)),
    next: block >= position.blocks ? null : JSON.stringify(position),
  };
}

/** No row deleted: none had expired, or the range had too many rows to go in one pass. */
function quickStep(position: HeapPosition, limit: number, rows: number): Step {
  if (rows === 0) return stepTo({ ...position, careful: true }, 0, false);
  return stepTo({ ...position, after: `(${endOf(position, limit)},0)` }, rows, false);
}

/** Stays careful as long as nothing has expired, since a quick pass could not tell. */
function carefulStep(position: HeapPosition, limit: number, row: Row): Step {
  const rows = count(row, 'deleted');
  const taken = count(row, 'taken');
  const last = optionalText(row, 'last');
  const isCut = taken === limit && last !== null;
  const after = isCut ? last : `(${endOf(position, limit)},0)`;
  const blocks = blockOf(after) - blockOf(position.after) + 1;
  const rowsPerBlock = isCut
    ? Math.max(position.rowsPerBlock, taken / blocks)
    : position.rowsPerBlock;
  const next = { ...position, after, rowsPerBlock, careful: rows === 0 };
  return stepTo(next, rows, count(row, 'expired') > taken);
}

/** PostgreSQL's heap from its first block to its last, a range of blocks a batch. */
export const heapWalk: StorageWalk = {
  estimate,
  readEstimate,
  delete: deleteStretch,
  carefully: (at) => JSON.stringify({ ...positionOf({ at }), careful: true }),
  readStep(stretch, rows, rowsChanged) {
    const position = positionOf(stretch);
    return position.careful
      ? carefulStep(position, stretch.limit, onlyRow(rows))
      : quickStep(position, stretch.limit, rowsChanged);
  },
};
