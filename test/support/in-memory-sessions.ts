import { COUNT_CAP } from '../../lambda/database/session-table';
import { DatabaseError, type SessionPurgeError, TableError } from '../../lambda/errors';
import type {
  Backlog,
  Batch,
  BatchOutcome,
  DeletedBatch,
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
    | 'unknown-not-run'
    | 'unknown-run'
    | Error;
  readonly durationMs?: number;
}

/** One call, and when it began, in milliseconds since the database was made. */
export type Call =
  | { readonly kind: 'open'; readonly atMs: number }
  | {
      readonly kind: 'count' | 'oldest' | 'choose' | 'step';
      readonly atMs: number;
      readonly table: string;
    }
  | {
      readonly kind: 'delete';
      readonly atMs: number;
      readonly table: string;
      readonly batch: Batch;
      readonly outcome: BatchOutcome | null;
      /** Rows that were deleted, whatever the answer says. */
      readonly gone: number;
    };

export interface InMemoryTable extends SessionTable {
  insert(sessions: readonly StoredSession[]): void;
  remaining(): string[];
  /** Locks a row as the application does; call the result to release it. */
  lock(key: string): () => void;
  /** Makes the database refuse every delete that takes this row, or stop it as too large. */
  obstruct(key: string, how: 'refused' | 'too-large'): void;
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
  /** Only its key, which the purge may not read, tells a row from others. */
  readonly withoutHandles?: boolean;
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
}

type Row = readonly [key: string, at: string];

const byInstant = ([, one]: Row, [, other]: Row) => (one < other ? -1 : Number(one > other));

/** The oldest rows first; a position is the instant of the last row taken. */
function takeAlongIndex(
  rows: readonly Row[],
  locked: ReadonlySet<string>,
  { cutoff, from, limit }: Batch,
  durationMs: number,
): Taken {
  const free = rows
    .filter(([key, at]) => at < micros(cutoff) && at >= String(from.at) && !locked.has(key))
    .filter(([key]) => !from.avoid?.includes(key))
    .sort(byInstant);
  const taken = free.slice(0, limit);
  const last = taken.at(-1)?.[1] ?? null;
  const outcome: DeletedBatch = {
    kind: 'deleted',
    rows: taken.length,
    next: taken.length < limit ? null : { ...from, at: last ?? from.at },
    reached: last === null ? null : toDate(last),
    leftBehind: true,
    shareLeft: 0,
    durationMs,
  };
  return { outcome, keys: taken.map(([key]) => key) };
}

/** The next `limit` rows by key, live ones counted; a position is the last key passed. */
function takeAlongStorage(
  rows: readonly Row[],
  locked: ReadonlySet<string>,
  { cutoff, from, limit }: Batch,
  durationMs: number,
): Taken {
  const ahead = rows
    .filter(([key]) => key > String(from.at))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const seen = ahead.slice(0, limit);
  const expired = seen.filter(([, at]) => at < micros(cutoff)).map(([key]) => key);
  const keys = expired.filter((key) => !locked.has(key));
  const last = seen.at(-1)?.[0];
  const outcome: DeletedBatch = {
    kind: 'deleted',
    rows: keys.length,
    next: last === undefined || seen.length === ahead.length ? null : { walk: 'storage', at: last },
    reached: null,
    leftBehind: keys.length < expired.length,
    shareLeft: rows.length === 0 ? 0 : (ahead.length - seen.length) / rows.length,
    durationMs,
  };
  return { outcome, keys };
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
    const obstructed = new Map<string, 'refused' | 'too-large'>();
    const instants = () => [...rows.values()].sort();

    function answerTo(taken: Taken, turn: Turn['outcome'], durationMs: number): BatchOutcome {
      if (turn === 'unknown-not-run' || turn === 'unknown-run')
        return { kind: 'unknown', durationMs };
      const obstacle = taken.keys.flatMap((key) => obstructed.get(key) ?? [])[0];
      const kind = turn === 'deleted' ? obstacle : turn;
      if (kind === 'too-large') return { kind, durationMs };
      if (kind !== 'refused') return taken.outcome;
      const error = new DatabaseError('statement failed: another table refers to it');
      return { kind, durationMs, error };
    }

    async function deleteBatch(batch: Batch): Promise<BatchOutcome> {
      const { outcome = 'deleted', durationMs = options.batchMs ?? 100 } = turns.shift() ?? {};
      const call = { kind: 'delete', atMs: atMs(), table: name, batch } as const;
      clock.pass(durationMs);
      if (outcome instanceof Error) {
        called({ ...call, outcome: null, gone: 0 });
        throw outcome;
      }
      const take = batch.from.walk === 'index' ? takeAlongIndex : takeAlongStorage;
      const taken = take([...rows], locked, batch, durationMs);
      const answer = answerTo(taken, outcome, durationMs);
      const runs = answer.kind === 'deleted' || outcome === 'unknown-run';
      if (runs) for (const key of taken.keys) rows.delete(key);
      called({ ...call, outcome: answer, gone: runs ? taken.keys.length : 0 });
      return answer;
    }

    return {
      name,
      get oldest() {
        const [first] = instants();
        return first === undefined ? null : toDate(first);
      },
      get newest() {
        const last = instants().at(-1);
        return last === undefined ? null : toDate(last);
      },
      get start() {
        return { walk: 'index', at: instants()[0] ?? '' } as const;
      },
      deleteBatch,
      async chooseWalk(cutoff) {
        called({ kind: 'choose', atMs: atMs(), table: name });
        const expired = instants().filter((at) => at < micros(cutoff)).length;
        const start = 10 * expired >= rows.size ? ({ walk: 'storage', at: '' } as const) : null;
        return { reason: `${expired} of ${rows.size} rows have expired`, start };
      },
      async stepOver(batch) {
        called({ kind: 'step', atMs: atMs(), table: name });
        const [key] = takeAlongIndex([...rows], locked, batch, 0).keys;
        if (key === undefined) return null;
        const { from, cutoff } = batch;
        const expiredAt = rows.get(key) as string;
        const stuck = toDate(expiredAt);
        if (options.withoutHandles) {
          const at = instants().find((each) => each > expiredAt && each < micros(cutoff));
          return { stuck, next: at === undefined ? null : { ...from, at } };
        }
        return { stuck, next: { ...from, avoid: [...(from.avoid ?? []), key] } };
      },
      async countExpired(cutoff) {
        called({ kind: 'count', atMs: atMs(), table: name });
        return backlogOf(rows, cutoff);
      },
      async oldestExpired(cutoff) {
        called({ kind: 'oldest', atMs: atMs(), table: name });
        return options.oldestTimesOut ? 'unknown' : backlogOf(rows, cutoff).oldest;
      },
      insert(added) {
        for (const { key, expireDate } of added) rows.set(key, expireDate);
      },
      obstruct(key, how) {
        obstructed.set(key, how);
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
      };
    },
  };
}
