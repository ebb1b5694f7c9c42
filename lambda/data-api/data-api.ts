import { OutOfPatience, UnexpectedAnswer } from '../errors';
import { type CallWorld, execute } from './client';
import { type Addressee, databaseCode, type FailedLink, type Failure } from './failure';
import { isCallError, readFailure } from './read-failure';
import { finalError, type Retry, retries } from './retry';
import type { Answer, AnswerTo, Failed, Mode, Statement } from './statement';

/** The database, as the Data API addresses it. */
export interface Target extends Addressee {
  /** How long the statements wait for a paused cluster to wake. */
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

/** The RDS Data API. It repeats the calls that may pass. */
export interface DataApi {
  /** Sends a statement until it is answered; throws a `DatabaseError` where sending it again cannot help. */
  send<M extends Mode>(statement: Statement<M>): Promise<AnswerTo[M]>;
  usage(): Usage;
}

/** The collaborators of the client. */
export interface DataApiWorld extends CallWorld {
  readonly random?: () => number;
  readonly onRetry?: (retry: Retry) => void;
  /** Somebody waits for the answer; see `RetryLimits`. @default false */
  readonly isAttended?: boolean;
}

/** The links at which an error may be one of a trigger, so that not every row meets it. A full disk is met at a row as well. */
const MAY_BE_OF_A_ROW: ReadonlySet<FailedLink> = new Set([
  'row',
  'table',
  'login',
  'database',
  'grammar',
  'server',
]);

/** How a failed delete is answered, so that its caller can go on with other rows; `null`: others would fail as well. */
function kindOfAnswer({ kind, at }: Failure): Exclude<Answer['kind'], 'rows'> | null {
  if (at === 'lock') return 'locked';
  if (kind === 'final') return MAY_BE_OF_A_ROW.has(at) ? 'failed' : null;
  return kind === 'refused' || kind === 'unknown' ? kind : null;
}

/** The answer where the caller can go on after a failure; `null`: the statement may have to be sent again. */
function asAnswer({ mode }: Statement, failure: Failure, durationMs: number): Answer | null {
  const { kind } = failure;
  if (mode === 'read') return null;
  if (kind === 'too-large') return { kind, durationMs, error: finalError(failure) };
  if (mode === 'probe') return null;
  const answer = kindOfAnswer(failure);
  if (answer === null || (mode === 'ask' && answer !== 'locked')) return null;
  return { kind: answer, durationMs, error: finalError(failure) };
}

/** The Data API of one run. */
export function dataApi(target: Target, world: DataApiWorld): DataApi {
  const { clock } = world;
  const usage = { dataApiCalls: 0, retries: 0, wakeMs: 0, fastestMs: Number.POSITIVE_INFINITY };
  const { begin, answered } = retries({ ...world, ...target, usage });
  /** Codes of the database after which a delete was sent again for as long as it may be. */
  const lasting = new Set<string>();

  /**
   * What a delete comes to that the database has refused for so long. A trigger may raise an error of any code, so its caller
   * may go on with other rows. From then on no delete that meets this code is sent again: a run waits for it once.
   */
  function afterPatience(statement: Statement, end: unknown, durationMs: number): Failed {
    if (!(end instanceof OutOfPatience) || statement.mode !== 'delete') throw end;
    if (end.databaseCode === null) throw end;
    lasting.add(end.databaseCode);
    return { kind: 'failed', durationMs, error: end };
  }

  function answerTo(statement: Statement, failure: Failure, durationMs: number): Answer | null {
    const isLasting = statement.mode === 'delete' && lasting.has(databaseCode(failure) ?? '');
    if (isLasting && failure.kind === 'transient')
      return { kind: 'failed', durationMs, error: finalError(failure) };
    return asAnswer(statement, failure, durationMs);
  }

  async function untilAnswered(statement: Statement): Promise<Answer> {
    const wait = begin();
    for (;;) {
      const sentMs = clock.now();
      try {
        usage.dataApiCalls += 1;
        const output = await execute(target, world, statement);
        const durationMs = clock.now() - sentMs;
        usage.fastestMs = Math.min(usage.fastestMs, durationMs);
        return { kind: 'rows', ...output, durationMs };
      } catch (error) {
        const durationMs = clock.now() - sentMs;
        if (error instanceof UnexpectedAnswer && statement.mode === 'delete') {
          return { kind: 'unknown', durationMs, error };
        }
        if (!isCallError(error)) throw error;
        const failure = readFailure(error, target);
        const answer = answerTo(statement, failure, durationMs);
        if (answer !== null) return answer;
        try {
          await wait(failure, durationMs);
        } catch (end) {
          return afterPatience(statement, end, durationMs);
        }
      }
    }
  }

  async function send(statement: Statement): Promise<Answer> {
    const answer = await untilAnswered(statement);
    // What met a lock or was stopped is asked for in another way, and that shares the budgets.
    const isAskedAnew = statement.mode === 'ask' && answer.kind !== 'rows';
    // The server may be failing over.
    const isLasting = answer.kind === 'failed' && answer.error.failure?.kind === 'transient';
    if (answer.kind !== 'unknown' && !isAskedAnew && !isLasting) answered();
    return answer;
  }

  // The mode decides which answers are possible: see `asAnswer`.
  return { send: send as DataApi['send'], usage: () => usage };
}
