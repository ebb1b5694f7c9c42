import type { Engine, Login, Outcome, Session, Statement } from './engines/engine';
import { validationError } from './errors';
import { plainValue, toJson } from './fields';
import { assertJsonFits } from './limits';
import { type Input, REQUESTS, type SqlParameter, type Structure } from './model';
import { type Job, limitTime } from './time-limit';
import type { Transactions } from './transactions';

/** The service, as its operations use it. */
export interface Service {
  /** @throws {ServiceError} when there is no such cluster */
  engineOf(resourceArn: string): Engine;
  /** @throws {ServiceError} when there is no such secret */
  credentialsOf(secretArn: string): Omit<Login, 'database'>;
  readonly transactions: Transactions;
  readonly statementTimeoutMs: number;
}

/** An operation of the service. */
export interface Operation {
  readonly name: string;
  readonly request: Structure;
  /** @throws {ServiceError} whatever the service would answer */
  serve(input: Input, service: Service): Promise<Record<string, unknown>>;
}

const operation = (name: keyof typeof REQUESTS, serve: Operation['serve']): Operation => ({
  name,
  request: REQUESTS[name],
  serve,
});

/** The operations by path. `ExecuteSql` is missing because it no longer exists. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['/Execute', operation('ExecuteStatement', executeStatement)],
  ['/BatchExecute', operation('BatchExecuteStatement', batchExecuteStatement)],
  ['/BeginTransaction', operation('BeginTransaction', beginTransaction)],
  ['/CommitTransaction', operation('CommitTransaction', endTransaction('commit'))],
  ['/RollbackTransaction', operation('RollbackTransaction', endTransaction('rollback'))],
]);

async function executeStatement(input: Input, service: Service) {
  const work = (session: Session) => session.execute(statementOf(input, input.parameters));
  return responseTo(await onSession(input, service, work), input);
}

function responseTo(outcome: Outcome, { formatRecordsAs }: Input): Record<string, unknown> {
  if ('updated' in outcome) {
    const { updated, generatedFields = [] } = outcome;
    return { generatedFields, numberOfRecordsUpdated: updated };
  }
  const { labels, records, columnMetadata } = outcome;
  if (formatRecordsAs !== 'JSON') return { columnMetadata, numberOfRecordsUpdated: 0, records };
  const rows = records.map((record) =>
    Object.fromEntries(record.map((field, index) => [labels[index], plainValue(field)])),
  );
  const formattedRecords = toJson(rows);
  assertJsonFits(formattedRecords);
  return { formattedRecords, numberOfRecordsUpdated: 0 };
}

/** Executes all parameter sets or none: outside a transaction, a batch is a transaction of its own. */
async function batchExecuteStatement(input: Input, service: Service) {
  const sets = input.parameterSets ?? [];
  const all = async (session: Session) => {
    const updateResults = [];
    for (const parameters of sets) {
      const outcome = await session.execute(statementOf(input, parameters));
      const generatedFields = 'updated' in outcome ? (outcome.generatedFields ?? []) : [];
      updateResults.push({ generatedFields });
    }
    return { updateResults };
  };
  return onSession(input, service, input.transactionId === undefined ? atomically(all) : all);
}

const atomically =
  <T>(work: (session: Session) => Promise<T>) =>
  async (session: Session): Promise<T> => {
    await session.begin();
    const result = await work(session);
    await session.commit();
    return result;
  };

async function beginTransaction(input: Input, service: Service) {
  const session = await openSession(input, service);
  await session.begin().catch(async (error) => {
    await session.release();
    throw error;
  });
  return { transactionId: service.transactions.add(session, input) };
}

function endTransaction(how: 'commit' | 'rollback'): Operation['serve'] {
  const transactionStatus = how === 'commit' ? 'Transaction Committed' : 'Rollback Complete';
  return async (input, service) => {
    assertKnown(input, service);
    const session = service.transactions.remove(input.transactionId ?? '', input);
    await session[how]().finally(() => session.release());
    return { transactionStatus };
  };
}

/** Runs the work with the time limit, in the request's transaction or on a connection of its own. */
async function onSession<T>(
  input: Input,
  service: Service,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const limit = {
    ms: service.statementTimeoutMs,
    continueAfterTimeout: input.continueAfterTimeout ?? false,
  };
  const { session, giveBack } = await acquire(input, service);
  const job: Job<T> = limitTime(session, work(session), limit);
  void job.settled.then(giveBack);
  return job.answer;
}

async function acquire(input: Input, service: Service) {
  if (input.transactionId === undefined) {
    const session = await openSession(input, service);
    return { session, giveBack: () => session.release() };
  }
  assertKnown(input, service);
  return service.transactions.borrow(input.transactionId, input);
}

function openSession(input: Input, service: Service): Promise<Session> {
  const { engine, credentials } = assertKnown(input, service);
  return engine.open({ ...credentials, database: input.database });
}

function assertKnown({ resourceArn, secretArn, schema }: Input, service: Service) {
  if (schema !== undefined) throw validationError("The schema parameter isn't supported");
  return {
    engine: service.engineOf(resourceArn),
    credentials: service.credentialsOf(secretArn),
  };
}

const statementOf = (input: Input, parameters: readonly SqlParameter[] = []): Statement => ({
  sql: input.sql,
  parameters,
  includeMetadata: input.includeResultMetadata ?? false,
  resultSetOptions: input.resultSetOptions ?? {},
});
