import { count, onlyRow, type Row } from '../../data-api/rows';
import type { Statement, StorageEstimate, StorageWalk, Stretch, TableId } from '../dialect';
import {
  END,
  FILL,
  type KeyPosition,
  nextRanges,
  past,
  prefixAt,
  rangeWithin,
  withCounts,
} from './key-ranges';
import { localCutoff } from './local-time';
import { CUTOFF, qualified } from './sql';

/** So many rows after each of these keys are looked at. */
const SAMPLE_ROWS = 125;
const SAMPLE_KEYS = ['', '4', '8', 'd', 'h', 'm', 'q', 'v'];

/**
 * From this share on the storage walk costs less: it reads every row, and deletes one at about two thirds of what the index
 * walk pays for it (`bench/`, a million rows). Near the border either walk does.
 */
const EXPIRED_SHARE = 0.1;

function positionOf({ at }: Pick<Stretch, 'at'>): KeyPosition {
  return JSON.parse(at);
}

/** The range's ends are no keys: nothing of a session is in them. */
function keysBetween(from: number, to: number): string {
  const [low, high] = [prefixAt(from), prefixAt(to)];
  const ends = [
    ...(low === null ? [] : [`session_key >= '${low}'`]),
    ...(high === null ? [] : [`session_key < '${high}'`]),
  ];
  return ends.length === 0 ? 'TRUE' : ends.join(' AND ');
}

function readEstimate(row: Row): StorageEstimate {
  const sampled = count(row, 'sampled');
  const share = count(row, 'expired') / Math.max(1, sampled);
  const reason = `${Math.round(100 * share)} % of ${sampled} sampled rows have expired`;
  const density = Math.max(1, count(row, 'total')) / END;
  const position: KeyPosition = { place: 0, density, counted: [] };
  return { reason, start: share >= EXPIRED_SHARE ? JSON.stringify(position) : null };
}

function survey(table: TableId, stretch: Stretch): Statement | null {
  const position = positionOf(stretch);
  if (rangeWithin(position, stretch.limit) !== null) return null;
  const ends = nextRanges(position, stretch.limit * FILL);
  const counts = ends.map((end, at) => {
    const keys = keysBetween(ends[at - 1] ?? position.place, end);
    const rows = `SELECT 1 FROM ${qualified(table)} WHERE ${keys} LIMIT ${stretch.limit + 1}`;
    return `SELECT ${at} AS at, COUNT(*) AS counted FROM (${rows}) AS range${at}`;
  });
  return { sql: counts.join(' UNION ALL '), parameters: {} };
}

function surveyed(stretch: Stretch, rows: readonly Row[]): string | null {
  const position = positionOf(stretch);
  const ends = nextRanges(position, stretch.limit * FILL);
  const counts = ends.map((_, at) =>
    count(onlyRow(rows.filter((row) => count(row, 'at') === at)), 'counted'),
  );
  const next = withCounts(position, ends, counts, stretch.limit);
  return next === null ? null : JSON.stringify(next);
}

/** What `survey` found to be small enough; the walk never deletes from any other range. */
function rangeOf(stretch: Stretch) {
  const position = positionOf(stretch);
  const range = rangeWithin(position, stretch.limit) ?? { end: position.place, rows: 0 };
  return { position, range };
}

function readStep(stretch: Stretch, rowsChanged: number): ReturnType<StorageWalk['readStep']> {
  const { position, range } = rangeOf(stretch);
  const next = past(position, range);
  return {
    rows: rowsChanged,
    leftBehind: false,
    ahead: 1 - next.place / END,
    next: next.place >= END ? null : JSON.stringify(next),
  };
}

/**
 * InnoDB stores a table in the order of its primary key, here the random session key. Ranges of keys are cut by
 * prefixes that nobody had to read, and counted before they are used, so that each statement reads, and locks, at
 * most `limit` rows. ORDER BY the key, since without it the optimizer may take the index on `expire_date`.
 *
 * Needs the right to SELECT (session_key), which a WHERE asks for.
 */
export function keyWalk(timeZone: string): StorageWalk {
  return {
    estimate(table, cutoff) {
      const samples = SAMPLE_KEYS.map(
        (key) =>
          `(SELECT expire_date FROM ${qualified(table)} WHERE session_key >= '${key}' ORDER BY session_key LIMIT ${SAMPLE_ROWS})`,
      );
      const sql = `SELECT COUNT(*) AS sampled, CAST(COALESCE(SUM(expire_date < ${CUTOFF}), 0) AS SIGNED) AS expired,
  (SELECT CAST(COALESCE(MAX(TABLE_ROWS), 0) AS SIGNED) FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = :schema AND TABLE_NAME = :table) AS total
FROM (${samples.join(' UNION ALL ')}) AS sample`;
      const cutoffText = localCutoff(cutoff, timeZone);
      return { sql, parameters: { cutoff: cutoffText, schema: table.schema, table: table.table } };
    },
    readEstimate,
    survey,
    surveyed,
    delete(table, stretch) {
      const { position, range } = rangeOf(stretch);
      return {
        sql: `DELETE FROM ${qualified(table)} WHERE ${keysBetween(position.place, range.end)} AND expire_date < ${CUTOFF} ORDER BY session_key LIMIT ${stretch.limit}`,
        parameters: { cutoff: localCutoff(stretch.cutoff, timeZone) },
      };
    },
    // A DELETE of MySQL waits for a lock, and does not tell.
    carefully: (at) => at,
    readStep: (stretch, _rows, rowsChanged) => readStep(stretch, rowsChanged),
  };
}
