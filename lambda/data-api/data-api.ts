import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandOutput,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import { clusterRegion } from '../../contract/arn';
import { type Clock, workTimeLeft } from '../clock';
import { UnexpectedAnswer } from '../errors';
import type { Addressee, Failure } from './failure';
import { isCallError, readFailure } from './read-failure';
import { finalError, type Retry, retries } from './retry';
import type { Row, Value } from './rows';
import type { Answer, AnswerTo, Mode, Rows, Statement } from './statement';

/** The database, as the Data API addresses it. */
export interface Target extends Addressee {
  /** How long one statement waits for a paused cluster to wake. */
  readonly wakeBudgetSeconds: number;
}

/** The calls of one run. */
export interface Usage {
  readonly dataApiCalls: number;
  readonly retries: number;
  /** Time spent waiting for a paused cluster: from its first refusal to the first accepted call. */
  readonly wakeMs: number;
  /** The fastest answer, in milliseconds: the round trip takes no longer. `Infinity` before the first answer. */
  readonly fastestMs: number;
}

/** The RDS Data API, with all retries behind it. */
export interface DataApi {
  /** Sends a statement until it is answered; throws a `DatabaseError` where sending it again cannot help. */
  send<M extends Mode>(statement: Statement<M>): Promise<AnswerTo[M]>;
  usage(): Usage;
}

/** The collaborators of the client. */
export interface DataApiWorld {
  readonly client: Pick<RDSDataClient, 'send'>;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly onRetry?: (retry: Retry) => void;
  /** Somebody waits for the answer; see `RetryLimits`. @default false */
  readonly isAttended?: boolean;
}

/** The service answers or stops a statement within 45 s, so after this time no answer will come. */
const CALL_TIMEOUT_MS = 50_000;

const CONNECT_TIMEOUT_MS = 5000;

/** A client that makes one attempt a call, so that no retry of the SDK hides an unknown outcome. */
export function connect(clusterArn: string): RDSDataClient {
  const region = clusterRegion(clusterArn);
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
  throw new UnexpectedAnswer('a field must be text, a number or a truth value');
}

/** The SDK does not check the shape of an answer, and a proxy on the way may change it. */
function isTable(records: unknown): records is Field[][] {
  const isField = (field: unknown) => typeof field === 'object' && field !== null;
  return Array.isArray(records) && records.every((row) => Array.isArray(row) && row.every(isField));
}

function toRows({ columnMetadata, records }: ExecuteStatementCommandOutput): Row[] {
  const [columns, rows] = [[columnMetadata ?? []], records ?? []];
  if (!isTable(columns) || !isTable(rows)) {
    throw new UnexpectedAnswer('records must be rows of fields');
  }
  const names = (columnMetadata ?? []).map(({ label, name }) => label ?? name ?? '');
  return rows.map((fields) =>
    Object.fromEntries(fields.map((field, at) => [names[at] ?? String(at), toValue(field)])),
  );
}

function readOutput(output: ExecuteStatementCommandOutput): Pick<Rows, 'rows' | 'rowsChanged'> {
  const rowsChanged = output.numberOfRecordsUpdated ?? 0;
  if (!Number.isSafeInteger(rowsChanged) || rowsChanged < 0) {
    throw new UnexpectedAnswer('numberOfRecordsUpdated must be a count');
  }
  return { rows: toRows(output), rowsChanged };
}

/** The answer that a failure amounts to; `null`: none, so that the statement may have to be sent again. */
function asAnswer(
  { mode, endsAtLocks }: Statement,
  failure: Failure,
  durationMs: number,
): Answer | null {
  const { kind, at } = failure;
  if (mode === 'read') return null;
  if (kind === 'too-large') return { kind, durationMs };
  if (mode === 'probe') return null;
  if (endsAtLocks && at === 'lock') return { kind: 'locked', durationMs };
  if (kind === 'refused') return { kind, durationMs, error: finalError(failure) };
  return kind === 'unknown' ? { kind, durationMs } : null;
}

/** One call. It is given up when its answer can no longer come. */
function within<Output>(
  { clock }: DataApiWorld,
  send: (options: { readonly requestTimeout: number }) => Promise<Output>,
): Promise<Output> {
  const requestTimeout = Math.max(1, Math.min(CALL_TIMEOUT_MS, workTimeLeft(clock)));
  // The client's limit frees the socket but ends with the head of the answer; ours covers the body, too.
  return clock.within(requestTimeout, send({ requestTimeout }));
}

/** Sends a statement once. `transactionId`: the transaction that it belongs to. */
function execute(
  target: Target,
  world: DataApiWorld,
  { sql, parameters }: Pick<Statement, 'sql' | 'parameters'>,
  transactionId?: string,
): Promise<ExecuteStatementCommandOutput> {
  const command = new ExecuteStatementCommand({
    resourceArn: target.clusterArn,
    secretArn: target.secretArn,
    database: target.database,
    sql,
    parameters: toSqlParameters(parameters),
    includeResultMetadata: true,
    ...(transactionId !== undefined && { transactionId }),
  });
  return within(world, (options) => world.client.send(command, options));
}

/** The Data API of one run. */
export function dataApi(target: Target, world: DataApiWorld): DataApi {
  const { clock, random = Math.random, onRetry, isAttended = false } = world;
  const usage = { dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: Number.POSITIVE_INFINITY };

  async function send(statement: Statement): Promise<Answer> {
    const { wakeBudgetSeconds } = target;
    const wait = retries({ clock, random, onRetry, usage, wakeBudgetSeconds, isAttended });
    for (;;) {
      const sentMs = clock.now();
      try {
        usage.dataApiCalls += 1;
        const output = await execute(target, world, statement);
        const durationMs = clock.now() - sentMs;
        usage.fastestMs = Math.min(usage.fastestMs, durationMs);
        return { kind: 'rows', ...readOutput(output), durationMs };
      } catch (error) {
        const durationMs = clock.now() - sentMs;
        if (error instanceof UnexpectedAnswer && statement.mode === 'delete') {
          return { kind: 'unknown', durationMs };
        }
        if (!isCallError(error)) throw error;
        const failure = readFailure(error, target);
        const answer = asAnswer(statement, failure, durationMs);
        if (answer !== null) return answer;
        await wait(failure, durationMs);
      }
    }
  }

  // The mode decides which answers are possible: see `asAnswer`.
  return { send: send as DataApi['send'], usage: () => usage };
}

/** Sends a statement of a transaction, once; returns its rows, or rejects with the error of the call. */
export type SendInTransaction = (
  statement: Pick<Statement, 'sql' | 'parameters'>,
) => Promise<readonly Row[]>;

async function transaction<Result>(
  target: Target,
  world: DataApiWorld,
  work: (send: SendInTransaction) => Promise<Result>,
): Promise<Result> {
  const { client } = world;
  const { clusterArn: resourceArn, secretArn, database } = target;
  const begin = new BeginTransactionCommand({ resourceArn, secretArn, database });
  const { transactionId } = await within(world, (options) => client.send(begin, options));
  const end = { resourceArn, secretArn, transactionId };
  try {
    const result = await work(async (statement) =>
      toRows(await execute(target, world, statement, transactionId)),
    );
    await within(world, (options) => client.send(new CommitTransactionCommand(end), options));
    return result;
  } catch (error) {
    // Where this fails, too, the service rolls back by itself, after three minutes.
    const rollback = new RollbackTransactionCommand(end);
    await within(world, (options) => client.send(rollback, options)).catch(() => {});
    throw error;
  }
}

/**
 * Does the work in one transaction, which is committed when the work returns, and rolled back when it throws.
 *
 * A failure that may pass makes all of it run again, also after a commit whose answer was lost: the work has to come to
 * the same when it is done twice. Throws a `DatabaseError` where that cannot help.
 */
export async function inTransaction<Result>(
  target: Target,
  world: DataApiWorld,
  work: (send: SendInTransaction) => Promise<Result>,
): Promise<Result> {
  const { clock, random = Math.random, onRetry, isAttended = false } = world;
  const usage = { retries: 0, wakeMs: 0 };
  const { wakeBudgetSeconds } = target;
  const wait = retries({ clock, random, onRetry, usage, wakeBudgetSeconds, isAttended });
  for (;;) {
    const sentMs = clock.now();
    try {
      return await transaction(target, world, work);
    } catch (error) {
      if (!isCallError(error)) throw error;
      await wait(readFailure(error, target), clock.now() - sentMs);
    }
  }
}
