import type { DataApi } from '../../lambda/data-api/data-api';
import type { Row } from '../../lambda/data-api/rows';
import { type Answer, answered, type Mode, type Statement } from '../../lambda/data-api/statement';
import type { Dialect, InspectionPart, TableId } from '../../lambda/database/dialect';
import { foresight, indexBatch } from '../../lambda/database/index-batch';

const namesOf = (tables: readonly TableId[]) =>
  tables.map(({ schema, table }) => `${schema}.${table}`);

/** A dialect whose statements name their arguments, and whose times look like `second 90`. */
export function toyDialect(engine = 'toy'): Dialect {
  const made = <M extends Mode>(mode: M, what: string, ...of: unknown[]): Statement<M> => ({
    sql: `${engine}: ${what} ${JSON.stringify(of)}`,
    parameters: {},
    mode,
  });
  return {
    engine,
    namesAtOnce: 400,
    inspect: (wanted, { withRange, after }) =>
      made(
        withRange ? 'ask' : 'read',
        withRange ? 'inspect with range' : 'inspect',
        wanted.map(({ text }) => text),
        ...(after.at < 0 ? [] : [after]),
      ),
    expiryRanges: (tables) => made('ask', 'ranges', namesOf(tables)),
    locks: null,
    opensOthers: false,
    showLocks: ({ table }) => `SHOW LOCKS ON ${table}`,
    showRowLocks: ({ table }) => `SHOW ROW LOCKS ON ${table}`,
    showTriggers: ({ table }) => `SHOW TRIGGERS ON ${table}`,
    showCascade: ({ table }) => `SHOW CASCADE TO ${table}`,
    waitingShortly: (statement) => statement,
    index: {
      start: (oldest) => ({ walk: 'index', at: `at ${oldest}` }),
      startAt: (instant) => ({ walk: 'index', at: `from ${instant?.toISOString()}` }),
      *batch(table, batch) {
        const { rows, rowsChanged } = answered(yield made('delete', 'delete', table, batch));
        const last = (rows[0]?.reached ?? null) as string | null;
        return indexBatch(
          { ...batch, limit: Number.POSITIVE_INFINITY },
          { rows: rowsChanged, found: 0, last },
        );
      },
      foresee: foresight(true),
      *passOver(table, batch) {
        const [row] = answered(yield made('read', 'pass', table, batch)).rows;
        return { rows: 7, since: String(row?.since), next: batch.from };
      },
      countAhead: (table, batch, until) => made('probe', 'count ahead', table, batch, until),
    },
    storage: {
      *choose(table, cutoff) {
        const [row] = answered(yield made('probe', 'sample', table, cutoff)).rows;
        return { reason: String(row?.reason), start: null };
      },
      *batch(table, batch) {
        const { rowsChanged } = answered(yield made('delete', 'delete stored', table, batch));
        return {
          ...indexBatch(batch, { rows: rowsChanged, found: 0, last: null }),
          shareLeft: 0.25,
        };
      },
      foresee: foresight(true),
      oldestExpired: (table, cutoff) => made('probe', 'oldest stored', table, cutoff),
    },
    deleteByCount: { least: 2, most: 40 },
    deleteNone: (table) => made('ask', 'delete none', table),
    countExpired: (table, cutoff, cap) => made('read', 'count', table, cutoff, cap),
    countAllExpired: (table, cutoff) => made('probe', 'count all', table, cutoff),
    explainExpired: (table, cutoff) => made('read', 'explain', table, cutoff),
    readEstimate: (rows) => Number(rows[0]?.estimate),
    oldestExpired: (table, cutoff) => made('probe', 'oldest', table, cutoff),
    toInstant: (text) => new Date(Number(text.replace('second ', '')) * 1000),
    grant: () => 'GRANT',
    grantUsage: null,
    addKey: ({ schema }) => `key ${schema}`,
    countDuplicates: ({ schema }) => `count in ${schema}`,
    takeOut: null,
    showTable: () => null,
    danger: () => null,
    refusal: () => null,
    obstacles: () => [],
    createIndex: () => 'CREATE INDEX',
    countNulls: ({ table }) => `count nulls in ${table}`,
    refuseNull: () => 'NOT NULL',
  };
}

/** The first part of an inspection, large enough for all of it. */
export const firstPart = (withRange: boolean): InspectionPart => ({
  withRange,
  after: { at: -1, schema: '' },
  limit: 400,
});

/** The inspection's row about `public.django_session`, which may be purged, without its range. */
export const FOUND: Row = {
  wanted: 0,
  now: '2026-11-22T03:17:00.000Z',
  user: 'purger',
  database: 'shop',
  searchPath: '["pg_catalog","public"]',
  schema: 'public',
  table: 'django_session',
  near: null,
  sessionTables: null,
  readOnlyBy: null,
  kind: 'table',
  owner: 'shop_owner',
  schemaOwner: null,
  expireDateType: 'timestamp with time zone',
  isExpireDateTime: true,
  isExpireDateNullable: false,
  hasSessionKey: true,
  isKeyedBySession: true,
  hasPrimaryKey: true,
  hasExpireDateIndex: true,
  otherIndexes: '',
  hasStorageOrder: true,
  hasRowSecurity: false,
  hidesRows: false,
  triggers: '',
  rules: '[]',
  children: '[]',
  missingRights: '',
};

/** The same with its range. */
export const INSPECTED: Row = {
  ...FOUND,
  hasRange: true,
  oldest: 'second 10',
  newest: 'second 99',
};

/** The answer to a statement: rows, another answer, or an error that is thrown. */
export type Scripted = readonly Row[] | Answer | Error;

/** A Data API that answers in the order of a script. */
export interface ScriptedApi extends DataApi {
  /** The statements that it was sent, each with its mode. */
  readonly sent: readonly string[];
}

/** Rows come 120 ms after they were asked for; the fastest answer took `fastestMs`. */
export function scriptedApi(script: readonly Scripted[], fastestMs = 7): ScriptedApi {
  const sent: string[] = [];
  const left = [...script];

  async function send({ mode, sql }: Statement): Promise<Answer> {
    sent.push(`${mode} ${sql}`);
    const scripted = left.shift();
    if (scripted === undefined) throw new Error('the script has no answer to this statement');
    if (scripted instanceof Error) throw scripted;
    if ('kind' in scripted) return scripted;
    return { kind: 'rows', rows: scripted, rowsChanged: 0, durationMs: 120 };
  }

  const usage = () => ({ dataApiCalls: sent.length, retries: 0, wakeMs: 0, fastestMs });
  return { sent, send: send as DataApi['send'], usage };
}
