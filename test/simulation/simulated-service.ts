import {
  DatabaseErrorException,
  DatabaseResumingException,
  type ExecuteStatementCommand,
  type ExecuteStatementCommandOutput,
  ForbiddenException,
  type RDSDataClient,
  StatementTimeoutException,
} from '@aws-sdk/client-rds-data';
import type { Value } from '../../lambda/data-api/rows';
import type { FakeClock } from '../support/fake-clock';
import { networkError, unmodelled } from '../support/scripted-client';
import { type Performed, RowIsKept, type simulatedDatabase } from '../support/simulated-database';

const said = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

/** Errors after which a statement has not run, or was rolled back. */
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

/** Errors after which a repetition cannot help. */
export const FINAL: Readonly<Record<string, () => Error>> = {
  forbidden: () => new ForbiddenException(said('no')),
  'disk full': () => new DatabaseErrorException(said('full; SQLState: 53100')),
};

/** The outcome of one call. */
export interface Turn {
  /** The name of an error above; none: the call is answered. */
  readonly error?: string;
  /** Whether the statement runs when the error leaves that open, or when the answer takes too long. */
  readonly runs?: boolean;
  readonly durationMs: number;
  /** How often other runs go on first. */
  readonly yields?: number;
  /** What others do just before. */
  readonly others?: () => void;
}

const toField = (value: Value) => {
  if (value === null) return { isNull: true as const };
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'number' ? { longValue: value } : { booleanValue: value };
};

function toOutput({ rows, changed }: Performed) {
  return {
    $metadata: {},
    columnMetadata: Object.keys(rows[0] ?? {}).map((label) => ({ label })),
    records: rows.map((row) => Object.values(row).map(toField)),
    ...(changed !== undefined && { numberOfRecordsUpdated: changed }),
  } as ExecuteStatementCommandOutput;
}

/** The service in front of a database: its calls meet the turns one after the other, then all goes well. */
export function simulatedService(
  perform: ReturnType<typeof simulatedDatabase>,
  clock: FakeClock,
  turns: readonly Turn[],
): Pick<RDSDataClient, 'send'> {
  let calls = 0;

  function answer({ sql = '', parameters: given = [] }: ExecuteStatementCommand['input']) {
    const parameters = given.map(({ name = '', value }) => [name, value?.stringValue ?? '']);
    try {
      return toOutput(perform({ sql, parameters: Object.fromEntries(parameters) }));
    } catch (error) {
      if (!(error instanceof RowIsKept)) throw error;
      throw new DatabaseErrorException(said('violates a constraint; SQLState: 23503'));
    }
  }

  async function send(
    { input }: ExecuteStatementCommand,
    { requestTimeout = 0 }: { readonly requestTimeout?: number } = {},
  ): Promise<ExecuteStatementCommandOutput> {
    const turn = turns[calls] ?? { durationMs: 5 };
    const { error, runs = false, durationMs, yields = 0, others } = turn;
    calls += 1;
    others?.();
    for (let yielded = 0; yielded < yields; yielded += 1) await Promise.resolve();
    if (durationMs > requestTimeout) {
      clock.pass(requestTimeout);
      if (runs) answer(input);
      throw networkError('ETIMEDOUT', 'no answer', 'TimeoutError');
    }
    clock.pass(durationMs);
    if (error === undefined) return answer(input);
    const open = MAY_HAVE_RUN[error];
    if (open !== undefined && runs) answer(input);
    throw (open ?? NOT_RUN[error] ?? FINAL[error] ?? (() => new Error(error)))();
  }

  return { send: send as RDSDataClient['send'] };
}
