import type { Answer, DataApi } from '../../lambda/data-api/data-api';
import type { Row } from '../../lambda/data-api/rows';
import type { Dialect, Statement } from '../../lambda/database/dialect';
import { UnexpectedAnswer } from '../../lambda/errors';

/** In how many statements a dialect deletes a batch. */
export type Kind = Dialect['batches']['kind'];

/** A dialect whose statements say what they were made of, and whose times are `second 90`. */
export function toyDialect(engine = 'toy', kind: Kind = 'at-once'): Dialect {
  const made = (what: string, ...of: unknown[]): Statement => ({
    sql: `${engine}: ${what} ${JSON.stringify(of)}`,
    parameters: {},
  });
  const batches: Record<Kind, Dialect['batches']> = {
    'at-once': { kind: 'at-once', delete: (table, stretch) => made('delete', table, stretch) },
    'find-then-delete': {
      kind: 'find-then-delete',
      find: (table, stretch) => made('find', table, stretch),
      delete: (table, stretch, found) => made('delete', table, stretch, found),
    },
  };
  return {
    engine,
    inspect: (wanted, withEnds) =>
      made(
        withEnds ? 'inspect with ends' : 'inspect',
        wanted.map(({ text }) => text),
      ),
    ends: (tables) =>
      made(
        'ends',
        tables.map(({ schema, table }) => `${schema}.${table}`),
      ),
    batches: batches[kind],
    storage: {
      estimate: (table, cutoff) => made('estimate', table, cutoff),
      readEstimate: (row) => ({ reason: String(row.reason), start: row.start as string | null }),
      // A position says itself whether it passes over locked rows.
      delete: (table, stretch) => ({
        ...made('delete stored', table, stretch),
        ...(stretch.at.startsWith('careful') ? {} : { endsAtLocks: true }),
      }),
      carefully: (at) => `careful ${at}`,
      readStep({ at, limit }, [row], rowsChanged) {
        if (row?.unreadable === true) throw new UnexpectedAnswer('of another shape');
        return {
          rows: rowsChanged,
          leftBehind: row?.held === true,
          ahead: 0.25,
          next: row?.end === true ? null : `${limit} after ${at}`,
        };
      },
    },
    stuckRow: (table, stretch) => made('stuck', table, stretch),
    countExpired: (table, cutoff, cap) => made('count', table, cutoff, cap),
    explainExpired: (table, cutoff) => made('explain', table, cutoff),
    readEstimate: (rows) => Number(rows[0]?.estimate),
    oldestExpired: (table, cutoff) => made('oldest', table, cutoff),
    toInstant: (text) => new Date(Number(text.replace('second ', '')) * 1000),
    grant: () => 'GRANT',
    createIndex: () => 'CREATE INDEX',
  };
}

/** The inspection's finding of `public.django_session`, which may be purged, without its ends. */
export const FOUND: Row = {
  wanted: 0,
  now: '2026-11-22T03:17:00.000Z',
  user: 'purger',
  database: 'shop',
  schema: 'public',
  table: 'django_session',
  kind: 'table',
  expireDateType: 'timestamp with time zone',
  isExpireDateTime: true,
  hasSessionKey: true,
  isKeyedBySession: true,
  hasExpireDateIndex: true,
  hasStorageOrder: true,
  missingRights: '',
};

/** The same with its ends. */
export const INSPECTED: Row = { ...FOUND, oldest: 'second 10', newest: 'second 99' };

/** What one statement comes to: rows where it is not said otherwise; an error is thrown. */
export type Scripted = readonly Row[] | Answer | Error;

/** A Data API that answers in the order of a script, and keeps what it was sent, by which call. */
export interface ScriptedApi extends DataApi {
  readonly sent: readonly string[];
}

/** Rows come 120 ms after they were asked for; the fastest answer took `fastestMs`. */
export function scriptedApi(script: readonly Scripted[], fastestMs = 7): ScriptedApi {
  const sent: string[] = [];
  const left = [...script];

  function next(call: string, { sql }: Statement): Answer {
    sent.push(`${call} ${sql}`);
    const scripted = left.shift();
    if (scripted === undefined) throw new Error('the script has no answer to this statement');
    if (scripted instanceof Error) throw scripted;
    if ('kind' in scripted) return scripted;
    return { kind: 'rows', rows: scripted, rowsChanged: 0, durationMs: 120 };
  }

  return {
    sent,
    async query(statement) {
      const answer = next('query', statement);
      if (answer.kind === 'rows') return answer.rows;
      throw new Error(`no query is answered with ${answer.kind}`);
    },
    async tryQuery(statement) {
      const answer = next('tryQuery', statement);
      if (answer.kind === 'rows' || answer.kind === 'timed-out') return answer;
      throw new Error(`no query is answered with ${answer.kind}`);
    },
    execute: async (statement) => next('execute', statement),
    usage: () => ({ dataApiCalls: sent.length, retries: 0, wakeMs: 0, fastestMs }),
  };
}
