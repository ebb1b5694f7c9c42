import { COUNT_CAP } from '../../lambda/database/session-table';
import { DatabaseError, type SessionPurgeError, TableError } from '../../lambda/errors';
import type {
  Backlog,
  Batch,
  DeletedBatch,
  DeleteOutcome,
  SessionDatabase,
  SessionTable,
} from '../../lambda/purge/port';
import { type FakeClock, fakeClock } from './fake-clock';

/** A session. Its instant is in UTC as ISO 8601 with six decimals, so that texts have the order of times. */
export interface StoredSession {
  readonly key: string;
  readonly expireDate: string;
}

/** The outcome of one delete. An error is thrown, and nothing is deleted. */
export interface Turn {
  readonly outcome?:
    | 'deleted'
    | 'too-large'
    | 'refused'
    | 'locked'
    | 'unknown-not-run'
    | 'unknown-run'
    | Error;
  readonly durationMs?: number;
}

/** What becomes of a delete that takes a row: it fails, also by any error, or the row is kept without a word. */
export type Obstruction = 'refused' | 'too-large' | 'locked' | 'kept' | DatabaseError;

/** One call, and when it began, in milliseconds since the database was made. */
export type Call =
  | { readonly kind: 'open'; readonly atMs: number }
  | {
      readonly kind: 'count' | 'ahead' | 'oldest' | 'choose' | 'pass' | 'none';
      readonly atMs: number;
      readonly table: string;
      /** Of a look for the oldest. */
      readonly since?: Date;
    }
  | {
      readonly kind: 'delete';
      readonly atMs: number;
      readonly table: string;
      readonly batch: Batch;
      readonly outcome: DeleteOutcome | null;
      /** Rows that were deleted, whatever the answer says. */
      readonly gone: number;
    };

export interface InMemoryTable extends SessionTable {
  insert(sessions: readonly StoredSession[]): void;
  remaining(): string[];
  /** Locks a row as the application does; call the result to release it. */
  lock(key: string): () => void;
  /** Puts something in the way of a row; `null` takes it away. */
  obstruct(key: string, how: Obstruction | null): void;
  /** Called with each row that went: the rows that come in its place. */
  replace(by: (gone: StoredSession) => readonly StoredSession[]): void;
  /** Puts something in the way of every delete, even of one that takes no row; `null` takes it away. */
  bar(error: DatabaseError | null): void;
}

export interface InMemorySessions extends SessionDatabase {
  readonly calls: readonly Call[];
  readonly deletes: readonly Extract<Call, { kind: 'delete' }>[];
  table(name: string): InMemoryTable;
}

export interface InMemoryOptions {
  /** By the table's name, which is also its name in a request. */
  readonly tables: Readonly<Record<string, readonly StoredSession[]>>;
  readonly clock?: FakeClock;
  /** The database's clock. */
  readonly now?: Date;
  readonly timeZone?: string;
  readonly warnings?: readonly string[];
  /** What `open` says of these tables, by their names, which are not in `tables`. */
  readonly unfit?: Readonly<Record<string, SessionPurgeError>>;
  /** In the order of the deletes; all later deletes succeed. */
  readonly turns?: readonly Turn[];
  /** How long a delete takes when its turn does not say. */
  readonly batchMs?: number;
  readonly roundTripMs?: number;
  readonly failing?: Partial<Record<Exclude<Call['kind'], 'delete'>, Error>>;
  /** A delete waits in vain for a locked row, or asks first. So it does for one of its first instant that it leaves alone. */
  readonly waitsForLocks?: boolean;
  /** How long a delete waits for a row whose lock it meets without a question, or to which `locked` is in the way. */
  readonly lockWaitMs?: number;
  /** No index leads along the instants, so that the ends of a table are not known. */
  readonly withoutIndex?: boolean;
  /** Nothing is walked in the order of storage. */
  readonly withoutStorageWalk?: boolean;
  /** Counting all rows takes too long. */
  readonly countTimesOut?: boolean;
  /** The look for the oldest row takes too long. */
  readonly oldestTimesOut?: boolean;
}

/** A date in this file's notation. */
export function micros(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

/** A Date holds milliseconds; the rest is cut off, as the database's formatting does. */
function toDate(expireDate: string): Date {
  return new Date(`${expireDate.slice(0, -4)}Z`);
}

interface Taken {
  readonly outcome: DeletedBatch;
  readonly keys: readonly string[];
  /** It waits for a locked row. */
  readonly waits?: boolean;
}

type Row = readonly [key: string, at: string];

/** What a walk does not see, or takes without a result. */
interface InTheWay {
  readonly locked: ReadonlySet<string>;
  /** Its deletes read locked rows, too. */
  readonly waitsForLocks: boolean;
  isKept(key: string): boolean;
}

const byInstant = ([oneKey, one]: Row, [otherKey, other]: Row) =>
  one < other ? -1 : one > other ? 1 : oneKey < otherKey ? -1 : 1;

/** The oldest expired rows from a batch's position on. Rows of one instant have the order of their keys. */
function ahead(rows: readonly Row[], { cutoff, from }: Batch): Row[] {
  const [at, before] = [String(from.at), micros(cutoff)];
  const isAhead = ([key, instant]: Row) =>
    instant > at || (instant === at && key > (from.after ?? ''));
  return rows
    .filter(([, instant]) => instant < before)
    .filter(isAhead)
    .sort(byInstant);
}

/** The position at a row. */
const behind = ([key, at]: Row) => ({ walk: 'index', at, after: key }) as const;

const NOTHING = { reached: null, kept: 0, held: 0, shareLeft: 0, durationMs: 0 };

/** A whole batch passes over locked rows; a part has places, which they take up. A position is the instant of the last row. */
function takeAlongIndex(
  rows: readonly Row[],
  { locked, isKept, waitsForLocks }: InTheWay,
  batch: Batch,
): Taken {
  const { from, limit, skip } = batch;
  const places = ahead(rows, batch);
  const isLocked = ([key]: Row) => locked.has(key);
  const skipsLocked = skip === undefined && !waitsForLocks;
  const seen = skipsLocked ? places.filter((row) => !isLocked(row)) : places.slice(skip);
  const found = seen.slice(0, limit);
  const passesHeld = skipsLocked && places.slice(0, found.length).some(isLocked);
  const taken = found.filter((row) => !isLocked(row));
  const [last, kept] = [found.at(-1), taken.filter(([key]) => isKept(key))];
  const onward =
    last === undefined || last[1] === from.at ? from : { walk: from.walk, at: last[1] };
  const outcome: DeletedBatch = {
    ...NOTHING,
    kind: 'deleted',
    rows: taken.length - kept.length,
    next: found.length < limit ? null : onward,
    reached: last === undefined || passesHeld ? null : toDate(last[1]),
    kept: kept.length,
    held: found.length - taken.length,
  };
  const keys = taken.map(([key]) => key).filter((key) => !isKept(key));
  const leftAlone = rows.filter(([key, at]) => at === found[0]?.[1] && key < found[0][0]);
  return { outcome, keys, waits: waitsForLocks && [...leftAlone, ...found].some(isLocked) };
}

/** The next `limit` rows by key, live ones counted; a position is the last key passed. */
function takeAlongStorage(
  rows: readonly Row[],
  { locked, isKept }: InTheWay,
  { cutoff, from, limit }: Batch,
): Taken {
  const others = rows
    .filter(([key]) => key > String(from.at))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const seen = others.slice(0, limit);
  const expired = seen.filter(([, at]) => at < micros(cutoff)).map(([key]) => key);
  const keys = expired.filter((key) => !locked.has(key) && !isKept(key));
  const last = seen.at(-1)?.[0];
  const isEnd = last === undefined || seen.length === others.length;
  const outcome: DeletedBatch = {
    ...NOTHING,
    kind: 'deleted',
    rows: keys.length,
    next: isEnd ? null : { walk: 'storage', at: last },
    shareLeft: rows.length === 0 ? 0 : (others.length - seen.length) / rows.length,
  };
  return { outcome, keys };
}

const failure = { code: 'DatabaseErrorException', sqlState: null, errorNumber: null, remedy: null };

/** What the database says of a row that it keeps. */
export const REFUSAL = new DatabaseError('statement failed: another table refers to it', {
  ...failure,
  kind: 'refused',
  at: 'row',
  text: 'another table refers to it',
});

/** What it says of a delete that it stopped. */
export const STOPPED = new DatabaseError('statement failed: it took too long', {
  ...failure,
  kind: 'too-large',
  at: 'server',
  text: 'it took too long',
});

/** What the service says of an answer that was lost. */
const LOST = new DatabaseError('statement failed: the connection was lost', {
  ...failure,
  kind: 'unknown',
  at: 'server',
  text: 'the connection was lost',
});

/** What it says of a lock. */
export const LOCK = new DatabaseError('statement failed: a lock was not free in time', {
  ...failure,
  kind: 'transient',
  at: 'lock',
  text: 'a lock was not free in time',
});

/** What it says of a right that is missing, be it the purge's or that of a trigger. */
export const DENIED = new DatabaseError('statement failed: permission denied; grant it', {
  ...failure,
  kind: 'final',
  at: 'table',
  text: 'permission denied',
  remedy: 'grant it',
});

/** What a delete comes to that the database answers with an error. */
function answerWith(error: DatabaseError, durationMs: number): DeleteOutcome {
  const { at, kind } = error.failure ?? {};
  if (at === 'lock') return { kind: 'locked', durationMs, error };
  if (kind === 'unknown') return { kind, durationMs, error };
  const hasFailed = kind === 'final' || kind === 'transient';
  return { kind: hasFailed ? 'failed' : 'refused', durationMs, error };
}

function backlogOf(rows: ReadonlyMap<string, string>, cutoff: Date): Backlog {
  const expired = [...rows.values()].filter((at) => at < micros(cutoff)).sort();
  const capped = expired.length > COUNT_CAP;
  return {
    rows: Math.min(expired.length, COUNT_CAP),
    capped,
    estimate: capped ? expired.length : null,
    oldest: expired[0] === undefined ? null : toDate(expired[0]),
  };
}

/** A database of session tables that follows a script. It passes the same conformance suite as the real ones. */
export function inMemorySessions(options: InMemoryOptions): InMemorySessions {
  const {
    clock = fakeClock(),
    now = new Date(),
    warnings = [],
    unfit = {},
    failing = {},
  } = options;
  const startedMs = clock.now();
  const turns = [...(options.turns ?? [])];
  const calls: Call[] = [];
  const atMs = () => clock.now() - startedMs;

  function called(call: Call): void {
    calls.push(call);
    const failure = call.kind === 'delete' ? undefined : failing[call.kind];
    if (failure !== undefined) throw failure;
  }

  function inMemoryTable(name: string, sessions: readonly StoredSession[]): InMemoryTable {
    const rows = new Map(sessions.map(({ key, expireDate }) => [key, expireDate]));
    const locked = new Set<string>();
    const obstructed = new Map<string, Obstruction>();
    const { waitsForLocks = false } = options;
    const isKept = (key: string) => obstructed.get(key) === 'kept';
    let barred: DatabaseError | null = null;
    let replaced: (gone: StoredSession) => readonly StoredSession[] = () => [];
    /** The first instant in an order; `undefined`: there are no rows. */
    function firstBy(isBefore: (one: string, other: string) => boolean): string | undefined {
      let first: string | undefined;
      for (const at of rows.values()) if (first === undefined || isBefore(at, first)) first = at;
      return first;
    }
    const oldest = () => firstBy((one, other) => one < other);
    const newest = () => firstBy((one, other) => one > other);

    function answerTo(
      taken: Taken,
      turn: Exclude<Turn['outcome'], Error>,
      durationMs: number,
    ): DeleteOutcome {
      if (turn === 'unknown-not-run' || turn === 'unknown-run')
        return { kind: 'unknown', durationMs, error: LOST };
      const obstacle = taken.keys.flatMap((key) => obstructed.get(key) ?? [])[0];
      const waits = taken.waits ? 'locked' : undefined;
      const how = turn !== 'deleted' ? turn : (barred ?? waits ?? obstacle);
      if (how === 'too-large') return { kind: how, durationMs, error: STOPPED };
      if (how === 'refused') return answerWith(REFUSAL, durationMs);
      if (how === 'locked') return answerWith(LOCK, durationMs);
      return how instanceof DatabaseError
        ? answerWith(how, durationMs)
        : { ...taken.outcome, durationMs };
    }

    function takeOut(keys: readonly string[]): void {
      const gone = keys.map((key) => ({ key, expireDate: rows.get(key) as string }));
      for (const key of keys) rows.delete(key);
      for (const { key, expireDate } of gone.flatMap(replaced)) rows.set(key, expireDate);
    }

    /** How long a delete takes whose turn does not say. */
    function durationOf({ waits, keys }: Taken, { asksFirst }: Batch): number {
      const { batchMs = 100, lockWaitMs = batchMs } = options;
      const meetsLock = keys.some((key) => obstructed.get(key) === 'locked');
      return meetsLock || (waits && !asksFirst) ? lockWaitMs : batchMs;
    }

    async function deleteBatch(batch: Batch): Promise<DeleteOutcome> {
      const { outcome = 'deleted', durationMs: given } = turns.shift() ?? {};
      const call = { kind: 'delete', atMs: atMs(), table: name, batch } as const;
      const take = batch.from.walk === 'index' ? takeAlongIndex : takeAlongStorage;
      const inTheWay = { locked, isKept, waitsForLocks };
      const taken = take([...rows], inTheWay, batch);
      const durationMs = given ?? durationOf(taken, batch);
      clock.pass(durationMs);
      if (outcome instanceof Error) {
        called({ ...call, outcome: null, gone: 0 });
        throw outcome;
      }
      const answer = answerTo(taken, outcome, durationMs);
      // A delete whose answer is lost deletes what it would have deleted.
      const ran = outcome === 'unknown-run' ? answerTo(taken, 'deleted', durationMs) : answer;
      const runs = ran.kind === 'deleted';
      if (runs) takeOut(taken.keys);
      called({ ...call, outcome: answer, gone: runs ? taken.keys.length : 0 });
      return answer;
    }

    return {
      name,
      isIndexed: !options.withoutIndex,
      get oldest() {
        const first = oldest();
        return first === undefined || options.withoutIndex ? null : toDate(first);
      },
      get newest() {
        const last = newest();
        return last === undefined ? null : toDate(last);
      },
      get start() {
        return { walk: 'index', at: oldest() ?? '' } as const;
      },
      startAt: (instant) => ({ walk: 'index', at: micros(instant) }),
      deleteBatch,
      foresee({ from, limit }, left) {
        const taken = Math.min(limit, left);
        const next = taken < limit ? null : { ...from, at: `${left - taken} left` };
        return { rows: taken, next, shareLeft: 0, calls: 1 };
      },
      async chooseWalk(cutoff) {
        called({ kind: 'choose', atMs: atMs(), table: name });
        const expired = [...rows.values()].filter((at) => at < micros(cutoff)).length;
        const isMuch = 10 * expired >= rows.size && !options.withoutStorageWalk;
        const start = isMuch ? ({ walk: 'storage', at: '' } as const) : null;
        return { reason: `${expired} of ${rows.size} rows have expired`, start };
      },
      async passOver(batch) {
        called({ kind: 'pass', atMs: atMs(), table: name });
        const passed = ahead([...rows], batch).slice(0, batch.limit);
        const [first, last] = [passed[0], passed.at(-1)];
        if (first === undefined || last === undefined) return { rows: 0, since: null, next: null };
        return { rows: passed.length, since: toDate(first[1]), next: behind(last) };
      },
      async countAhead(batch, until) {
        called({ kind: 'ahead', atMs: atMs(), table: name });
        const isCounted = ([, at]: Row) => until === 'cutoff' || at === String(batch.from.at);
        return ahead([...rows], batch)
          .filter(isCounted)
          .slice(0, batch.limit).length;
      },
      queries: { rowLocks: `SHOW ROW LOCKS ON ${name}`, triggers: `SHOW TRIGGERS ON ${name}` },
      async deleteNone() {
        called({ kind: 'none', atMs: atMs(), table: name });
        if (barred !== null) throw barred;
      },
      async countExpired(cutoff) {
        called({ kind: 'count', atMs: atMs(), table: name });
        return backlogOf(rows, cutoff);
      },
      async countAllExpired(cutoff) {
        called({ kind: 'count', atMs: atMs(), table: name });
        const { estimate, rows: counted } = backlogOf(rows, cutoff);
        return options.countTimesOut ? null : (estimate ?? counted);
      },
      async oldestExpired({ cutoff, since }) {
        called({ kind: 'oldest', atMs: atMs(), table: name, ...(since && { since }) });
        if (options.oldestTimesOut) return 'unknown';
        const left = [...rows].filter(([, at]) => since === undefined || toDate(at) >= since);
        return backlogOf(new Map(left), cutoff).oldest;
      },
      insert(added) {
        for (const { key, expireDate } of added) rows.set(key, expireDate);
      },
      obstruct(key, how) {
        if (how === null) obstructed.delete(key);
        else obstructed.set(key, how);
      },
      replace(by) {
        replaced = by;
      },
      bar(error) {
        barred = error;
      },
      remaining: () => [...rows.keys()],
      lock(key) {
        locked.add(key);
        return () => {
          locked.delete(key);
        };
      },
    };
  }

  const tables = new Map(
    Object.entries(options.tables).map(([name, rows]) => [name, inMemoryTable(name, rows)]),
  );

  function table(name: string): InMemoryTable {
    const found = tables.get(name);
    if (found === undefined) throw new TableError(`table "${name}" was not found`);
    return found;
  }

  return {
    calls,
    get deletes() {
      return calls.filter((call) => call.kind === 'delete');
    },
    table,
    async open(wanted) {
      called({ kind: 'open', atMs: atMs() });
      const { roundTripMs = 0 } = options;
      const names = wanted.map(({ text }) => text);
      return {
        engine: 'in memory',
        now,
        ...(options.timeZone !== undefined && { timeZone: options.timeZone }),
        tables: names.filter((name) => !(name in unfit)).map(table),
        unfit: names.flatMap((name) => {
          const error = unfit[name];
          return error === undefined ? [] : [{ name, error }];
        }),
        warnings,
        roundTripMs,
        deleteByCount: { least: 2, most: 40 },
        calls: () => calls.length,
      };
    },
  };
}
