import {
  DatabaseErrorException,
  DatabaseResumingException,
  type ExecuteStatementCommand,
  type ExecuteStatementCommandOutput,
  ForbiddenException,
  type RDSDataClient,
  StatementTimeoutException,
} from '@aws-sdk/client-rds-data';
import type { Row, Value } from '../../lambda/data-api/rows';
import type { FakeClock } from '../support/fake-clock';
import { networkError, unmodelled } from '../support/scripted-client';
import type { Operation } from './simulated-dialect';

const said = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

/** Errors after which a statement has not run, or was taken back. */
export const NOT_RUN: Readonly<Record<string, () => Error>> = {
  resuming: () => new DatabaseResumingException(said('resuming')),
  throttled: () => unmodelled('ThrottlingException', 'slow down', 400),
  deadlock: () => new DatabaseErrorException(said('deadlock; SQLState: 40P01')),
  'read-only': () => new DatabaseErrorException(said('read-only; SQLState: 25006')),
  unreachable: () => networkError('ECONNREFUSED', 'refused'),
  'timed out': () => new StatementTimeoutException({ ...said('stopped'), dbConnectionId: 7 }),
  cancelled: () => new DatabaseErrorException(said('canceled; SQLState: 57014')),
};

/** Errors that leave open whether the statement ran. */
export const MAY_HAVE_RUN: Readonly<Record<string, () => Error>> = {
  reset: () => networkError('ECONNRESET', 'socket hang up'),
  'bad gateway': () => unmodelled('UnknownError', 'bad gateway', 502),
  'internal error': () => unmodelled('InternalServerErrorException', 'oh', 500),
  'connection broke': () => new DatabaseErrorException(said('broke; SQLState: 08006')),
  garbled: () =>
    Object.assign(new SyntaxError('Unexpected token'), { $metadata: { httpStatusCode: 200 } }),
};

/** Errors that no repetition mends. */
export const FINAL: Readonly<Record<string, () => Error>> = {
  forbidden: () => new ForbiddenException(said('no')),
  'disk full': () => new DatabaseErrorException(said('full; SQLState: 53100')),
};

/** What becomes of one call. */
export interface Turn {
  /** The name of an error above; none: the call is answered. */
  readonly error?: string;
  /** Whether the statement runs where the error leaves that open, or where the answer takes too long. */
  readonly runs?: boolean;
  readonly durationMs: number;
  /** How often others get their turn first. */
  readonly yields?: number;
}

/** The rows of the one table, by key; the instants as ISO 8601, so that the order of texts is that of times. */
export interface Store {
  readonly rows: Map<string, string>;
  /** Rows that no delete may take. */
  readonly kept: ReadonlySet<string>;
}

const byInstant = ([a, one]: [string, string], [b, other]: [string, string]) =>
  one === other ? Number(a > b) - Number(a < b) : one < other ? -1 : 1;

class Refused extends Error {}

function remove(store: Store, keys: readonly string[]): number {
  if (keys.some((key) => store.kept.has(key))) throw new Refused();
  for (const key of keys) store.rows.delete(key);
  return keys.length;
}

function expired({ rows }: Store, cutoff: string, at = '', avoid: readonly string[] = []) {
  return [...rows]
    .filter(([key, instant]) => instant < cutoff && instant >= at && !avoid.includes(key))
    .sort(byInstant);
}

/** Runs a statement as the database would: whole or not at all. */
function perform(store: Store, operation: Operation): { rows: Row[]; changed?: number } {
  const { cutoff = '', at = '', limit = 0, avoid = [] } = operation;
  const instants = () => [...store.rows.values()].sort();
  const ends = () => ({ oldest: instants()[0] ?? null, newest: instants().at(-1) ?? null });
  switch (operation.op) {
    case 'inspect':
      return { rows: [{ ...operation.row, ...ends() }] };
    case 'ends':
      return { rows: [{ at: 0, ...ends() }] };
    case 'delete': {
      const taken = expired(store, cutoff, at, avoid).slice(0, limit);
      const deleted = remove(
        store,
        taken.map(([key]) => key),
      );
      return { rows: [{ deleted, taken: taken.length, next: taken.at(-1)?.[1] ?? null }] };
    }
    case 'find': {
      const taken = expired(store, cutoff, at, avoid).slice(0, limit);
      return { rows: [{ taken: taken.length, next: taken.at(-1)?.[1] ?? null }] };
    }
    case 'delete found': {
      const { next = '', taken = 0 } = operation;
      const found = expired(store, cutoff, at, avoid).filter(([, instant]) => instant <= next);
      return {
        rows: [],
        changed: remove(
          store,
          found.slice(0, taken).map(([key]) => key),
        ),
      };
    }
    case 'estimate':
      return { rows: [{ start: '' }] };
    case 'delete stored': {
      const ahead = [...store.rows]
        .filter(([key]) => key > at)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      const seen = ahead.slice(0, limit);
      const keys = seen.flatMap(([key, instant]) => (instant < cutoff ? [key] : []));
      const next = seen.length === ahead.length ? null : (seen.at(-1)?.[0] ?? null);
      return { rows: [{ rows: remove(store, keys), next, ahead: next === null ? 0 : 1 }] };
    }
    case 'stuck': {
      const [first] = expired(store, cutoff, at, avoid);
      return { rows: first ? [{ stuck: first[1], row: first[0], next: first[1] }] : [] };
    }
    case 'oldest':
      return { rows: [{ oldest: expired(store, cutoff)[0]?.[1] ?? null }] };
    case 'count': {
      const all = expired(store, cutoff);
      return { rows: [{ expired: all.length, oldest: all[0]?.[1] ?? null }] };
    }
  }
}

const toField = (value: Value) => {
  if (value === null) return { isNull: true as const };
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'number' ? { longValue: value } : { booleanValue: value };
};

function toOutput({ rows, changed }: { rows: Row[]; changed?: number }) {
  return {
    $metadata: {},
    columnMetadata: Object.keys(rows[0] ?? {}).map((label) => ({ label })),
    records: rows.map((row) => Object.values(row).map(toField)),
    ...(changed !== undefined && { numberOfRecordsUpdated: changed }),
  } as ExecuteStatementCommandOutput;
}

/** The service in front of the store: its calls meet the turns one after the other, then all goes well. */
export function simulatedService(
  store: Store,
  clock: FakeClock,
  turns: readonly Turn[],
): Pick<RDSDataClient, 'send'> {
  let calls = 0;

  function answer(operation: Operation) {
    try {
      return toOutput(perform(store, operation));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new DatabaseErrorException(said('violates a constraint; SQLState: 23503'));
    }
  }

  async function send(
    { input }: ExecuteStatementCommand,
    { requestTimeout = 0 }: { readonly requestTimeout?: number } = {},
  ): Promise<ExecuteStatementCommandOutput> {
    const { error, runs = false, durationMs, yields = 0 } = turns[calls] ?? { durationMs: 5 };
    calls += 1;
    const operation: Operation = JSON.parse(input.sql ?? '');
    for (let turn = 0; turn < yields; turn += 1) await Promise.resolve();
    if (durationMs > requestTimeout) {
      clock.pass(requestTimeout);
      if (runs) answer(operation);
      throw networkError('ETIMEDOUT', 'no answer', 'TimeoutError');
    }
    clock.pass(durationMs);
    if (error === undefined) return answer(operation);
    const open = MAY_HAVE_RUN[error];
    if (open !== undefined && runs) answer(operation);
    throw (open ?? NOT_RUN[error] ?? FINAL[error] ?? (() => new Error(error)))();
  }

  return { send: send as RDSDataClient['send'] };
}
