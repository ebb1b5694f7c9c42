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
import { type Clock, callTimeLeft } from '../clock';
import { UnexpectedAnswer } from '../errors';
import type { Addressee } from './failure';
import type { Row, Value } from './rows';
import type { Rows, Statement } from './statement';

/** The collaborators of one call. */
export interface CallWorld {
  readonly client: Pick<RDSDataClient, 'send'>;
  readonly clock: Clock;
}

/** The part of a statement that is sent. */
export type Sql = Pick<Statement, 'sql' | 'parameters'>;

/** What the service says to a statement that ran. */
type Output = Pick<Rows, 'rows' | 'rowsChanged'>;

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

/** Makes one call, and gives it up when no answer can come any more. */
function within<Answer>(
  { clock }: CallWorld,
  send: (options: { readonly requestTimeout: number }) => Promise<Answer>,
): Promise<Answer> {
  const requestTimeout = callTimeLeft(clock, CALL_TIMEOUT_MS);
  // The client's own limit closes the socket, but no longer counts once an answer has begun. Ours covers all of it.
  return clock.within(requestTimeout, send({ requestTimeout }));
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

function readOutput(output: ExecuteStatementCommandOutput): Output {
  const rowsChanged = output.numberOfRecordsUpdated ?? 0;
  if (!Number.isSafeInteger(rowsChanged) || rowsChanged < 0) {
    throw new UnexpectedAnswer('numberOfRecordsUpdated must be a count');
  }
  return { rows: toRows(output), rowsChanged };
}

/**
 * Sends a statement once. `transactionId`: the transaction that it belongs to.
 *
 * Rejects with an `UnexpectedAnswer` where the answer has another shape, and else with the error of the call.
 */
export async function execute(
  { clusterArn: resourceArn, secretArn, database }: Addressee,
  world: CallWorld,
  { sql, parameters }: Sql,
  transactionId?: string,
): Promise<Output> {
  const command = new ExecuteStatementCommand({
    resourceArn,
    secretArn,
    database,
    sql,
    parameters: toSqlParameters(parameters),
    includeResultMetadata: true,
    ...(transactionId !== undefined && { transactionId }),
  });
  return readOutput(await within(world, (options) => world.client.send(command, options)));
}

/** A transaction that has begun. Each of its calls is made once. */
export interface Transaction {
  execute(statement: Sql): Promise<Output>;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
}

/** Begins a transaction, in one call. */
export async function beginTransaction(to: Addressee, world: CallWorld): Promise<Transaction> {
  const { client } = world;
  const { clusterArn: resourceArn, secretArn, database } = to;
  const begin = new BeginTransactionCommand({ resourceArn, secretArn, database });
  const { transactionId } = await within(world, (options) => client.send(begin, options));
  const end = { resourceArn, secretArn, transactionId };
  const [commit, rollback] = [
    new CommitTransactionCommand(end),
    new RollbackTransactionCommand(end),
  ];
  return {
    execute: (statement) => execute(to, world, statement, transactionId),
    commit: () => within(world, (options) => client.send(commit, options)),
    rollback: () => within(world, (options) => client.send(rollback, options)),
  };
}
