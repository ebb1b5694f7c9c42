import {
  ExecuteStatementCommand,
  type ExecuteStatementCommandOutput,
  type Field,
  RDSDataClient,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import { type Clock, workTimeLeft } from './clock';
import type { Statement } from './dialects/dialect';
import { DatabaseError } from './errors';
import { type Failure, isCallError, readFailure } from './failure';
import { nextWaitMs } from './retry';
import type { Row, Value } from './rows';

/** The database, as the Data API addresses it. */
export interface Target {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** What became of a statement that changes rows; times in milliseconds of the last attempt alone. */
export type Answer =
  | {
      readonly kind: 'rows';
      readonly rows: readonly Row[];
      /** Rows changed by a statement that returns none. */
      readonly rowsChanged: number;
      readonly durationMs: number;
    }
  /** Stopped by the database for its duration and taken back. */
  | { readonly kind: 'timed-out'; readonly durationMs: number }
  /** No answer that can be read: it may have run. */
  | { readonly kind: 'lost'; readonly durationMs: number };

/** What the calls of one run came to. */
export interface Usage {
  readonly dataApiCalls: number;
  readonly retries: number;
  /** Time spent on calls that a waking cluster refused, and on the waits after them. */
  readonly wakeMs: number;
}

/** The RDS Data API, with every retry behind it. Both calls throw a `DatabaseError` where retries cannot help. */
export interface DataApi {
  /** Runs a statement that changes rows: repeated only where it is known not to have run. */
  execute(statement: Statement): Promise<Answer>;
  /** Runs a statement that only reads: repeated whatever became of it. */
  query(statement: Statement): Promise<readonly Row[]>;
  usage(): Usage;
}

/** Told before each retry. */
export interface Retry {
  readonly code: string;
  readonly attempt: number;
  readonly waitMs: number;
}

/** The collaborators of the client. */
export interface DataApiWorld {
  readonly client: Pick<RDSDataClient, 'send'>;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly onRetry?: (retry: Retry) => void;
}

/** The service answers or stops a statement within 45 s; longer silence is a lost answer. */
const CALL_TIMEOUT_MS = 50_000;

const CONNECT_TIMEOUT_MS = 5000;

/** A client that makes one attempt a call, so that no retry hides an outcome that is not known. */
export function connect(clusterArn: string): RDSDataClient {
  const region = clusterArn.split(':')[3];
  return new RDSDataClient({
    ...(region ? { region } : {}),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
}

function toSqlParameters(parameters: Statement['parameters']): SqlParameter[] {
  return Object.entries(parameters).map(([name, value]) => ({
    name,
    value: typeof value === 'number' ? { longValue: value } : { stringValue: value },
  }));
}

function toValue(field: Field): Value {
  if (field.isNull) return null;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  if (value !== undefined) return value;
  throw new DatabaseError('unexpected answer: a field must be text, a number or a truth value');
}

function toRows({ columnMetadata = [], records = [] }: ExecuteStatementCommandOutput): Row[] {
  const columns = columnMetadata.map(({ label, name }) => label ?? name ?? '');
  return records.map((fields) =>
    Object.fromEntries(fields.map((field, at) => [columns[at] ?? String(at), toValue(field)])),
  );
}

function gaveUp(failure: Failure, attempts: number, elapsedMs: number): DatabaseError {
  const tries =
    attempts > 1 ? ` after ${attempts} attempts in ${Math.round(elapsedMs / 1000)} s` : '';
  const remedy = failure.remedy === null ? '' : `; ${failure.remedy}`;
  const message = `statement failed${tries}: ${failure.code}: ${failure.text}${remedy}`;
  return new DatabaseError(message, failure.code, failure.sqlState);
}

/** A failure that is an answer about a changing statement, not a reason to repeat it. */
function asAnswer({ kind }: Failure, durationMs: number): Answer | null {
  if (kind === 'timed-out') return { kind, durationMs };
  return kind === 'unknown' ? { kind: 'lost', durationMs } : null;
}

/** The Data API of one run. */
export function dataApi(target: Target, world: DataApiWorld): DataApi {
  const { client, clock, random = Math.random, onRetry } = world;
  const usage = { dataApiCalls: 0, retries: 0, wakeMs: 0 };

  function send({ sql, parameters }: Statement): Promise<ExecuteStatementCommandOutput> {
    usage.dataApiCalls += 1;
    const command = new ExecuteStatementCommand({
      resourceArn: target.clusterArn,
      secretArn: target.secretArn,
      database: target.database,
      sql,
      parameters: toSqlParameters(parameters),
      includeResultMetadata: true,
    });
    const requestTimeout = Math.max(1, Math.min(CALL_TIMEOUT_MS, workTimeLeft(clock)));
    // The client's own limit ends when the answer's head is there, and frees the socket; ours covers the body, too.
    return clock.within(requestTimeout, client.send(command, { requestTimeout }));
  }

  async function waitToRepeat(failure: Failure, failures: number, sinceMs: number): Promise<void> {
    const elapsedMs = clock.now() - sinceMs;
    const state = { failures, elapsedMs, timeLeftMs: workTimeLeft(clock) };
    const waitMs = nextWaitMs(failure.kind, state, random);
    if (waitMs === null) throw gaveUp(failure, failures, elapsedMs);
    usage.retries += 1;
    onRetry?.({ code: failure.code, attempt: failures, waitMs: Math.round(waitMs) });
    await clock.sleep(waitMs);
    if (failure.kind === 'resuming') usage.wakeMs += clock.now() - sinceMs - elapsedMs;
  }

  async function run(statement: Statement, settle: typeof asAnswer): Promise<Answer> {
    const sinceMs = clock.now();
    for (let attempt = 1; ; attempt += 1) {
      const sentMs = clock.now();
      try {
        const output = await send(statement);
        const durationMs = clock.now() - sentMs;
        const rowsChanged = output.numberOfRecordsUpdated ?? 0;
        return { kind: 'rows', rows: toRows(output), rowsChanged, durationMs };
      } catch (error) {
        if (!isCallError(error)) throw error;
        const failure = readFailure(error);
        const durationMs = clock.now() - sentMs;
        if (failure.kind === 'resuming') usage.wakeMs += durationMs;
        const answer = settle(failure, durationMs);
        if (answer !== null) return answer;
        await waitToRepeat(failure, attempt, sinceMs);
      }
    }
  }

  return {
    execute: (statement) => run(statement, asAnswer),
    async query(statement) {
      const answer = await run(statement, () => null);
      return answer.kind === 'rows' ? answer.rows : [];
    },
    usage: () => usage,
  };
}
