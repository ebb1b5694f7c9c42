import { TableError } from '../../lambda/errors';
import type {
  Backlog,
  Batch,
  BatchOutcome,
  Position,
  SessionDatabase,
  SessionTable,
} from '../../lambda/session-port';
import { COUNT_CAP } from '../../lambda/session-table';
import { type FakeClock, fakeClock } from './fake-clock';

/** A session; the instant in UTC as ISO 8601 with six decimals, so that the order of texts is that of times. */
export interface StoredSession {
  readonly key: string;
  readonly expireDate: string;
}

/** What is to become of one delete; an error is thrown, with nothing deleted. */
export interface Turn {
  readonly outcome?: 'deleted' | 'timed-out' | 'lost-before' | 'lost-after' | Error;
  readonly durationMs?: number;
}

/** One call, and when it began, in milliseconds since the database was made. */
export type Call =
  | { readonly kind: 'open'; readonly atMs: number }
  | { readonly kind: 'count' | 'oldest'; readonly atMs: number; readonly table: string }
  | {
      readonly kind: 'delete';
      readonly atMs: number;
      readonly table: string;
      readonly batch: Batch;
      readonly outcome: BatchOutcome | null;
      /** Rows that went, whatever the answer says. */
      readonly gone: number;
    };

export interface InMemoryTable extends SessionTable {
  insert(sessions: readonly StoredSession[]): void;
  remaining(): string[];
  /** Locks a row as the application does; the result lets go of it. */
  lock(key: string): () => void;
}

export interface InMemorySessions extends SessionDatabase {
  readonly calls: readonly Call[];
  readonly deletes: readonly Extract<Call, { kind: 'delete' }>[];
  table(name: string): InMemoryTable;
}

export interface InMemoryOptions {
  /** By the table's name, which is also what a request calls it. */
  readonly tables: Readonly<Record<string, readonly StoredSession[]>>;
  readonly clock?: FakeClock;
  /** The database's own clock. */
  readonly now?: Date;
  readonly warnings?: readonly string[];
  /** In the order of the deletes; those after the last one are answered. */
  readonly turns?: readonly Turn[];
  /** How long a delete takes where its turn does not say. */
  readonly batchMs?: number;
  readonly failing?: Partial<Record<'open' | 'count' | 'oldest', Error>>;
}

/** A date of the code under test in this file's notation. */
export function micros(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}

/** A Date holds milliseconds; the rest is cut, as the database's own formatting does. */
function toDate(expireDate: string): Date {
  return new Date(`${expireDate.slice(0, -4)}Z`);
}

interface Taken {
  readonly outcome: BatchOutcome;
  readonly keys: readonly string[];
}

function take(
  rows: ReadonlyMap<string, string>,
  locked: ReadonlySet<string>,
  { cutoff, from, limit }: Batch,
  durationMs: number,
): Taken {
  const expired = [...rows]
    .filter(([, at]) => at < micros(cutoff) && (from === null || at >= from))
    .sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)));
  const taken = expired.filter(([key]) => !locked.has(key)).slice(0, limit);
  const last = taken.at(-1)?.[1] ?? null;
  const outcome: BatchOutcome = {
    kind: 'deleted',
    rows: taken.length,
    drained: taken.length < limit,
    empty: from === null && expired.length === 0,
    next: last as Position | null,
    reached: last === null ? null : toDate(last),
    durationMs,
  };
  return { outcome, keys: taken.map(([key]) => key) };
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

/** A database of session tables that obeys a script; it passes the same conformance suite as the real one. */
export function inMemorySessions(options: InMemoryOptions): InMemorySessions {
  const { clock = fakeClock(), now = new Date(), warnings = [], failing = {} } = options;
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

    async function deleteBatch(batch: Batch): Promise<BatchOutcome> {
      const { outcome = 'deleted', durationMs = options.batchMs ?? 100 } = turns.shift() ?? {};
      const call = { kind: 'delete', atMs: atMs(), table: name, batch } as const;
      clock.pass(durationMs);
      if (outcome instanceof Error) {
        called({ ...call, outcome: null, gone: 0 });
        throw outcome;
      }
      const taken = take(rows, locked, batch, durationMs);
      const runs = outcome === 'deleted' || outcome === 'lost-after';
      if (runs) for (const key of taken.keys) rows.delete(key);
      const answer: BatchOutcome =
        outcome === 'deleted'
          ? taken.outcome
          : { kind: outcome === 'timed-out' ? 'timed-out' : 'lost', durationMs };
      called({ ...call, outcome: answer, gone: runs ? taken.keys.length : 0 });
      return answer;
    }

    return {
      name,
      deleteBatch,
      async countExpired(cutoff) {
        called({ kind: 'count', atMs: atMs(), table: name });
        return backlogOf(rows, cutoff);
      },
      async oldestExpired(cutoff) {
        called({ kind: 'oldest', atMs: atMs(), table: name });
        return backlogOf(rows, cutoff).oldest;
      },
      insert(added) {
        for (const { key, expireDate } of added) rows.set(key, expireDate);
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
      return { engine: 'in memory', now, tables: wanted.map(({ text }) => table(text)), warnings };
    },
  };
}
