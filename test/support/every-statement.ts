import { POSTGRESQL_VERSION } from '../../lambda/checkup/checkup';
import type { Statement } from '../../lambda/data-api/statement';
import type { Dialect } from '../../lambda/database/dialect';
import { postgresql } from '../../lambda/database/postgresql';
import { postgresqlCheckup } from '../../lambda/database/postgresql/checkup';
import type { Batch } from '../../lambda/purge/port';
import { firstOf, hold } from './conversation';
import { firstPart } from './toy-dialect';

export const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
const SINCE = new Date('2026-11-21T02:17:00Z');
/** The table of each statement on one. */
export const TABLE = { schema: 'shop', table: 'django_session' };
const WANTED = [null, '*', 'shop'].map((schema) => ({ text: 'any', schema, table: 'any' }));
const BATCH: Batch = {
  cutoff: CUTOFF,
  from: { walk: 'index', at: '2026-11-21 00:00:01.500001' },
  limit: 1500,
};

/** A row of one instant, as each engine identifies it. */
const AFTER: Readonly<Record<string, string>> = { postgresql: '(7,12)', mysql: '7' };

/** A statement, and what it is for. */
export type Named = readonly [name: string, statement: Statement];

/** The answer to a read of what is ahead, and to a look for a part of a batch that begins within an instant. */
const FOUND = {
  rows: 42,
  place: 42,
  last: '2026-11-21 00:00:07.123456',
  next: null,
  found: 42,
  first: '2026-11-21 00:00:02',
  earlier: 5,
};

/** The statements of a batch along the index, as far as its rows are found. */
function indexStatements({ index }: Dialect, batch: Batch, which: string): Named[] {
  const first = firstOf(index.batch(TABLE, batch));
  if (first.mode === 'delete') return [[`delete ${which}`, first]];
  const { statements } = hold(index.batch(TABLE, batch), [[FOUND]]);
  return statements.map((statement, at) => [`${statement.mode} ${at} ${which}`, statement]);
}

/** What a sample may say of a table in which every row has expired. */
const SAMPLE = { blocks: 40, sampled: 12_000, expired: 12_000 };

/** The statements of the storage walk, where the engine has one. */
function storageStatements({ storage }: Dialect): Named[] {
  if (storage === null) return [];
  const { statements, result } = hold(storage.choose(TABLE, CUTOFF, true), [[SAMPLE]]);
  const from = result?.start;
  if (from == null) throw new Error('the walk was not chosen');
  const deletes = hold(storage.batch(TABLE, { ...BATCH, from }), ['locked']).statements;
  const oldest = storage.oldestExpired(TABLE, CUTOFF);
  return [...statements, ...deletes, oldest].map((it, at) => [`storage ${at}`, it]);
}

/** Every statement on a table that a run may send in a dialect. */
export const ON_TABLES = (dialect: Dialect): Named[] => [
  ...indexStatements(dialect, BATCH, 'from a position'),
  ...indexStatements(
    dialect,
    { ...BATCH, from: { ...BATCH.from, after: AFTER[dialect.engine] as string } },
    'past a row',
  ),
  ...indexStatements(dialect, { ...BATCH, isExact: true }, 'to the row'),
  ...indexStatements(dialect, { ...BATCH, skip: 7 }, 'of a part'),
  ...storageStatements(dialect),
  ['expiryRanges', dialect.expiryRanges([TABLE, { ...TABLE, schema: 'other' }])],
  ['passOver', firstOf(dialect.index.passOver(TABLE, BATCH))],
  ['countAhead', dialect.index.countAhead(TABLE, BATCH, 'cutoff')],
  ['countAhead of an instant', dialect.index.countAhead(TABLE, BATCH, 'instant')],
  ['countExpired', dialect.countExpired(TABLE, CUTOFF, 10)],
  ['countAllExpired', dialect.countAllExpired(TABLE, CUTOFF)],
  ['oldestExpired', dialect.oldestExpired(TABLE, CUTOFF)],
  ['oldestExpired since', dialect.oldestExpired(TABLE, CUTOFF, SINCE)],
  ['explainExpired', dialect.explainExpired(TABLE, CUTOFF)],
];

/** The reads of the catalogs with which a run begins. */
export const INSPECTIONS = (dialect: Dialect): Named[] => [
  ['inspect one table', dialect.inspect(WANTED.slice(0, 1), firstPart(true))],
  ['inspect three tables', dialect.inspect(WANTED, firstPart(true))],
  ['inspect every schema', dialect.inspect(WANTED.slice(1, 2), firstPart(true))],
  ['inspect without ranges', dialect.inspect(WANTED, firstPart(false))],
];

/** Every statement that a run or a check-up may send to a PostgreSQL. */
export const ON_POSTGRESQL: Named[] = [
  ...ON_TABLES(postgresql),
  ...INSPECTIONS(postgresql),
  ['deleteNone', postgresql.deleteNone(TABLE)],
  ['locks', postgresql.locks([TABLE])],
  ['version', POSTGRESQL_VERSION],
  ['settings', postgresqlCheckup.server.settings],
  ['facts', postgresqlCheckup.facts([TABLE])],
  ['explain', postgresqlCheckup.explain([TABLE, TABLE], CUTOFF, null)],
  ['explain the walk', postgresqlCheckup.explain([TABLE], CUTOFF, 1000)],
];
