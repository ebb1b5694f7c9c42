import type { HeapPosition } from '../../../../lambda/database/postgresql/heap-walk';
import type { Batch, Position } from '../../../../lambda/purge/port';

export const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
export const PUBLIC = { schema: 'public', table: 'django_session' };

/** Names that a catalog may hold although no setting can. Each would end its quotes or the statement. */
export const HOSTILE = { schema: 'a"b', table: 'c"; DROP TABLE users; --' };
export const HOSTILE_QUOTED = '"a""b"."c""; DROP TABLE users; --"';

/** On one line, and without the schema of operators and types: neither is a part of the promises here. */
export const flat = (sql: string) =>
  sql
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/OPERATOR\(pg_catalog\.(\S+)\)(?= )/g, '$1')
    .replaceAll(' AS pg_catalog.', ' AS ');

export const CUTOFF_TEXT = 'CAST(:cutoff AS timestamptz)';

/** The expiry test that no index serves. */
export const UNINDEXABLE = `CASE WHEN expire_date < (SELECT ${CUTOFF_TEXT}) THEN true ELSE false END`;

/** A batch along the index. */
export const AT = '2026-11-21T00:00:01.500001+00:00';
export const BATCH: Batch = { cutoff: CUTOFF, from: { walk: 'index', at: AT }, limit: 1500 };

/** The same, whose rows are locked first. */
export const LOCKING: Batch = { ...BATCH, isExact: true };

type Heap = Partial<Record<'blocks' | 'rowsPerBlock', number>>;

/** A position in a heap of 100 blocks with 30 rows each, unless it is given otherwise. */
export function position(after: string, given: Heap = {}): Position {
  const at: HeapPosition = { after, blocks: 100, rowsPerBlock: 30, ...given };
  return { walk: 'storage', at };
}

/** Batches in the heap, from the 18th row of the 8th block on. */
export const STORED: Batch = { ...BATCH, from: position('(7,18)') };
export const STORED_CAREFULLY: Batch = { ...STORED, isExact: true };
