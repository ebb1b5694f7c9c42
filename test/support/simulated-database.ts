import type { Row } from '../../lambda/data-api/rows';
import type { Statement } from '../../lambda/data-api/statement';
import { plainSql } from './sent-sql';
import { FOUND } from './toy-dialect';

/** The rows of the one table by key, with their instants as ISO 8601. */
export interface Store {
  readonly rows: Map<string, string>;
  /** Rows that no delete can take. */
  readonly kept: ReadonlySet<string>;
}

/** The result of a statement. */
export interface Performed {
  readonly rows: readonly Row[];
  readonly changed?: number;
}

/** A delete met a row that is kept; nothing was deleted. */
export class RowIsKept extends Error {}

export type Engine = 'postgresql' | 'mysql';

/** Few, so that a small table has several blocks. */
const ROWS_PER_BLOCK = 7;

/** An instant in the form in which texts have the order of times, as MySQL writes it. */
export function mysqlText(instant: string): string {
  const [, second = '', fraction = ''] = /^(.{19})(?:\.(\d+))?/.exec(instant) ?? [];
  return `${second.replace('T', ' ')}.${fraction.padEnd(6, '0')}`;
}

/** A row: its key, its instant, and its place in the heap. */
interface Tuple {
  readonly key: string;
  readonly instant: string;
  readonly place: number;
}

/** The table as one statement finds it. */
interface Table {
  readonly store: Store;
  readonly places: ReadonlyMap<string, number>;
  readonly now: Date;
  readonly hasStorageOrder: boolean;
  /** An instant as the engine writes it; `null` of none. */
  written(instant: string | undefined): string | null;
}

type Parameters = Statement['parameters'];

const ctidOf = (place: number) =>
  `(${Math.floor(place / ROWS_PER_BLOCK)},${(place % ROWS_PER_BLOCK) + 1})`;

function placeOf(ctid: string): number {
  const [, block = '', offset = ''] = /^\((\d+),(\d+)\)$/.exec(ctid) ?? [];
  return Number(block) * ROWS_PER_BLOCK + Number(offset) - 1;
}

const byInstant = ({ instant: one, ...a }: Tuple, { instant: other, ...b }: Tuple) =>
  one < other ? -1 : one > other ? 1 : a.place - b.place;

function tuplesOf({ store, places }: Table): Tuple[] {
  return [...store.rows].map(([key, instant]) => ({ key, instant, place: places.get(key) ?? 0 }));
}

/** The expired rows from the position on, the oldest first. */
function oldest(table: Table, { cutoff = '', at = '', after = '(0,0)' }: Parameters): Tuple[] {
  const [before, from] = [mysqlText(String(cutoff)), at === '' ? '' : mysqlText(String(at))];
  return tuplesOf(table)
    .filter(({ instant }) => mysqlText(instant) < before && mysqlText(instant) >= from)
    .filter(({ instant, place }) => mysqlText(instant) > from || place > placeOf(String(after)))
    .sort(byInstant);
}

/** The rows of a range of the heap, in the order of storage. */
function inRange(table: Table, { after, end }: Parameters): Tuple[] {
  const [first, last] = [placeOf(String(after)), placeOf(String(end))];
  return tuplesOf(table)
    .filter(({ place }) => place > first && place <= last)
    .sort((one, other) => one.place - other.place);
}

const expiredOf = (tuples: readonly Tuple[], { cutoff }: Parameters) =>
  tuples.filter(({ instant }) => mysqlText(instant) < mysqlText(String(cutoff)));

function remove({ store }: Table, taken: readonly Tuple[]): number {
  if (taken.some(({ key }) => store.kept.has(key))) throw new RowIsKept();
  for (const { key } of taken) store.rows.delete(key);
  return taken.length;
}

/** `limit` and `skip`: those of the statement. */
type Perform = (table: Table, parameters: Parameters, limit: number, skip: number) => Performed;

const inspect: Perform = ({ store, written, now, hasStorageOrder }) => {
  const sorted = [...store.rows.values()].sort();
  const range = { hasRange: true, oldest: written(sorted[0]), newest: written(sorted.at(-1)) };
  return {
    rows: [{ ...FOUND, engine: 'InnoDB', now: now.toISOString(), hasStorageOrder, ...range }],
  };
};

const findOldest: Perform = (table, parameters) => ({
  rows: [{ oldest: table.written(oldest(table, parameters)[0]?.instant) }],
});

const deleteAlongIndex: Perform = (table, parameters, limit, skip) => {
  const taken = oldest(table, parameters).slice(skip, skip + limit);
  const next = table.written(taken.at(-1)?.instant);
  const deleted = remove(table, taken);
  return { rows: [{ deleted, found: taken.length, kept: 0, held: 0, last: next }] };
};

/** The rows from the position to the end of a range, which is the last one where it is the cutoff. */
const inReach = (table: Table, parameters: Parameters) =>
  oldest(table, parameters).filter(
    ({ instant }) => mysqlText(instant) < mysqlText(String(parameters.end)),
  );

const deleteRange: Perform = (table, parameters) => ({
  rows: [],
  changed: remove(table, inReach(table, parameters)),
});

/** `size`: of a stretch. */
const findEnds: Perform = (table, parameters, size) => {
  const ahead = oldest(table, parameters);
  const rows: Row[] = [];
  for (let first = 0; first < ahead.length || rows.length === 0; ) {
    const next = ahead[first + size]?.instant;
    if (next !== undefined && next === ahead[first]?.instant) break;
    const end = next === undefined ? ahead.length : ahead.findIndex((row) => row.instant === next);
    const last = table.written(ahead[end - 1]?.instant);
    rows.push({ rows: end - first, last, next: table.written(next) });
    if (next === undefined) break;
    first = end;
  }
  return { rows };
};

const passAlongIndex: Perform = (table, parameters, limit) => {
  const passed = oldest(table, parameters).slice(0, limit);
  const [first, last] = [passed[0], passed.at(-1)];
  const since = first?.instant ?? null;
  const after = last === undefined ? null : ctidOf(last.place);
  return { rows: [{ passed: passed.length, since, at: last?.instant ?? null, after }] };
};

const sample: Perform = (table, { cutoff = '' }) => {
  const blocks = Math.ceil(table.places.size / ROWS_PER_BLOCK);
  const expired = oldest(table, { cutoff }).length;
  return { rows: [{ blocks, sampled: table.store.rows.size, expired }] };
};

const deleteQuickly: Perform = (table, parameters) => ({
  rows: [],
  changed: remove(table, expiredOf(inRange(table, parameters), parameters)),
});

const deleteCarefully: Perform = (table, parameters, limit) => {
  const expired = expiredOf(inRange(table, parameters), parameters);
  const taken = expired.slice(0, limit);
  const last = taken.at(-1);
  const row = {
    deleted: remove(table, taken),
    taken: taken.length,
    last: last === undefined ? null : ctidOf(last.place),
    expired: taken.length < limit ? expired.length : taken.length,
  };
  return { rows: [row] };
};

const findBatch =
  (end: 'first' | 'last'): Perform =>
  (table, parameters, limit, skip) => {
    const places = oldest(table, parameters);
    const found = places.slice(skip, skip + limit);
    const ends = { first: found[0]?.instant, last: found.at(-1)?.instant };
    const before = mysqlText(ends[end] ?? '');
    return {
      rows: [
        {
          found: found.length,
          first: table.written(ends.first),
          last: table.written(ends.last),
          earlier: places.filter(({ instant }) => mysqlText(instant) < before).length,
        },
      ],
    };
  };

/** `most`: places. */
const findPlaces: Perform = (table, parameters, most, size) => {
  const found = oldest(table, parameters).slice(0, most);
  const rows = found.map(({ instant }, at) => ({ place: at + 1, last: table.written(instant) }));
  return { rows: rows.filter(({ place }) => place % size === 0 || place === found.length) };
};

const deleteFound: Perform = (table, parameters, limit, skip) => {
  const end = mysqlText(String(parameters.last));
  const found = oldest(table, parameters).filter(({ instant }) => mysqlText(instant) <= end);
  return { rows: [], changed: remove(table, found.slice(skip, skip + limit)) };
};

const countExpired: Perform = (table, parameters) => {
  const found = oldest(table, parameters);
  return { rows: [{ expired: found.length, oldest: table.written(found[0]?.instant) }] };
};

const countAhead =
  (until: 'instant' | 'cutoff'): Perform =>
  (table, parameters, limit, skip) => {
    const at = mysqlText(String(parameters.at));
    const ahead = oldest(table, parameters).slice(skip, skip + limit);
    const counted = ahead.filter(({ instant }) => until === 'cutoff' || mysqlText(instant) === at);
    return { rows: [{ ahead: counted.length }] };
  };

/** A delete of no row changes nothing. */
const deleteNone: Perform = () => ({ rows: [], changed: 0 });

/** Nobody holds a row here. */
const isFree: Perform = () => ({ rows: [{ free: 0 }], changed: 0 });

/** By how a statement begins, and where its limit stands in it. */
const STATEMENTS: Readonly<Record<Engine, readonly (readonly [RegExp, Perform])[]>> = {
  postgresql: [
    [/^SELECT found\.\*/, inspect],
    [
      /^WITH (?:taken|places) AS MATERIALIZED \(\s+SELECT ctid, expire_date .*? LIMIT (\d+)(?: OFFSET (\d+))?(?: FOR UPDATE|\n\), taken)/s,
      deleteAlongIndex,
    ],
    [
      /^WITH taken AS MATERIALIZED \(\s+SELECT ctid FROM .*? LIMIT (\d+) FOR UPDATE/s,
      deleteCarefully,
    ],
    [/^DELETE FROM ONLY \S+ WHERE ctid > .*\(SELECT set_config\('lock_timeout'/s, deleteQuickly],
    [/^DELETE FROM ONLY \S+\s+WHERE expire_date >= .* CAST\(:end AS/s, deleteRange],
    [/^WITH RECURSIVE leaps AS .* THEN (\d+) ELSE \(SELECT count/s, findEnds],
    [/^WITH size AS MATERIALIZED/, sample],
    [
      /^WITH taken AS MATERIALIZED \(.* LIMIT (\d+)\s+\)\s+SELECT count\(\*\) AS passed/s,
      passAlongIndex,
    ],
    [/^DELETE FROM ONLY \S+ WHERE false AND expire_date IS NULL$/, deleteNone],
    [/^SELECT count\(\*\) AS expired, /, countExpired],
    [/^SELECT count\(\*\) AS ahead .* <= CAST\(:at AS .* LIMIT (\d+)/s, countAhead('instant')],
    [/^SELECT count\(\*\) AS ahead .* LIMIT (\d+)/s, countAhead('cutoff')],
    [
      /^SELECT regexp_replace\(json_array_element_text\(json_build_array\(min\(expire_date\)/,
      findOldest,
    ],
  ],
  mysql: [
    [/^SELECT found\.\*/, inspect],
    [
      /^SELECT found\.found, .* found\.first\) AS earlier .* LIMIT (\d+)(?: OFFSET (\d+))?\)/s,
      findBatch('first'),
    ],
    [
      /^SELECT found\.found, .* found\.last\) AS earlier .* LIMIT (\d+)(?: OFFSET (\d+))?\)/s,
      findBatch('last'),
    ],
    [/^SELECT place, .* LIMIT (\d+)\) AS oldest\) AS places WHERE place % (\d+) = 0/s, findPlaces],
    [/^SELECT COUNT\(\*\) AS free FROM .* FOR UPDATE NOWAIT\) AS asked$/s, isFree],
    [/^DELETE FROM `(?=.* LIMIT (\d+)$)(?:.* \+ (\d+) ORDER BY)?/s, deleteFound],
    [/^DELETE FROM \S+ WHERE FALSE AND expire_date IS NULL$/, deleteNone],
    [/^SELECT COUNT\(\*\) AS expired, /, countExpired],
    [
      /^SELECT COUNT\(\*\) AS ahead .* <= CAST\(:last AS .* LIMIT (\d+) OFFSET (\d+)/,
      countAhead('instant'),
    ],
    [/^SELECT COUNT\(\*\) AS ahead .* LIMIT (\d+) OFFSET (\d+)/, countAhead('cutoff')],
    [/^SELECT CAST\(MIN\(expire_date\) AS CHAR\) AS oldest/, findOldest],
  ],
};

/** A database that understands the walks' statements and no others; each runs whole or not at all. */
export function simulatedDatabase(
  store: Store,
  engine: Engine,
  { now = new Date(), hasStorageOrder = true } = {},
): (statement: Pick<Statement, 'sql' | 'parameters'>) => Performed {
  const places = new Map([...store.rows.keys()].sort().map((key, place) => [key, place]));
  const table: Table = {
    store,
    places,
    now,
    hasStorageOrder,
    written: (instant = '') => {
      if (instant === '') return null;
      return engine === 'mysql' ? mysqlText(instant) : instant;
    },
  };
  return ({ sql: text, parameters }) => {
    const sql = plainSql(text)
      .replaceAll(/OPERATOR\(pg_catalog\.(\S+)\)/g, '$1')
      .replaceAll('pg_catalog.', '');
    for (const [pattern, perform] of STATEMENTS[engine]) {
      const match = pattern.exec(sql);
      if (match !== null)
        return perform(table, parameters, Number(match[1]), Number(match[2] ?? 0));
    }
    throw new Error(`the simulated database does not understand ${sql}`);
  };
}
