import { type AnswersOn, lockedTables } from '../database/ask-together';
import type { TableId } from '../database/dialect';
import { askRanges, type ExpiryRange } from '../database/expiry-range';
import { isOfLock, lockObstacle } from '../database/table-lock';
import type { JudgedTable } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { attempt } from './attempt';
import type { Answer, Examination } from './table-answers';
import { isExamined, isPurged, tablesOf } from './table-judged';

type Asking = Pick<Examination, 'api' | 'engine'>;

/** Which tables others hold locked, so that a run would leave them alone. */
export interface Locks {
  readonly locked: ReadonlySet<TableId>;
  /** Whether it is known of a table. */
  readonly known: (table: TableId) => Answer<'known'>;
  /** The range of each table, which was read where no catalog tells of locks. */
  readonly ranges: AnswersOn<ExpiryRange>;
}

async function byCatalogs(judged: readonly JudgedTable[], { api, engine }: Asking): Promise<Locks> {
  const { dialect } = engine;
  const tables = tablesOf(judged.filter(isExamined));
  const locks = await attempt(() => lockedTables(tables, { api, dialect }));
  const isError = locks instanceof DatabaseError;
  return {
    locked: new Set(isError ? [] : locks.keys()),
    known: () => (isError ? locks : 'known'),
    ranges: new Map(),
  };
}

async function byReading(judged: readonly JudgedTable[], { api, engine }: Asking): Promise<Locks> {
  const { dialect } = engine;
  const tables = tablesOf(judged.filter(isPurged));
  const ranges = await askRanges(tables, { api, dialect }, () => true);
  return {
    locked: new Set([...ranges].flatMap(([table, answer]) => (isOfLock(answer) ? table : []))),
    known: (table) => {
      const answer = ranges.get(table) ?? null;
      return answer === null || answer instanceof DatabaseError ? answer : 'known';
    },
    ranges,
  };
}

/** Looks for locks: in the catalogs, or by a read of each table that waits a second at the most. */
export function findLocks(judged: readonly JudgedTable[], asking: Asking): Promise<Locks> {
  return asking.engine.dialect.locks === null
    ? byReading(judged, asking)
    : byCatalogs(judged, asking);
}

/** The tables as a run judges them: it leaves alone what is locked. */
export function judgedWithLocks(
  judged: readonly JudgedTable[],
  { locked }: Locks,
  { engine: { dialect } }: Asking,
): JudgedTable[] {
  return judged.map((it) =>
    isExamined(it) && locked.has(it.table)
      ? { ...it, obstacles: [...it.obstacles, lockObstacle(dialect, it.table)] }
      : it,
  );
}
