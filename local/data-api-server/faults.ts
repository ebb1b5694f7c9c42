import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from './errors';

/** An answer in place of the true one. */
export type FaultyAnswer =
  /** An error of the service's model, or any other. Without a `statusCode` it has the model's, or 400. */
  | {
      readonly error: string;
      readonly message?: string;
      readonly statusCode?: number;
      readonly dbConnectionId?: number;
    }
  /** Any answer, such as the page of a load balancer. */
  | { readonly statusCode: number; readonly body: string; readonly contentType?: string }
  /** The connection is closed without an answer. */
  | 'lost'
  /** No answer comes until the client gives up or the server is closed. */
  | 'none'
  /** The first half of the true answer, as if that were all of it. */
  | 'truncated';

/** A fault of one call. */
export interface Fault {
  /** Milliseconds to wait before anything is executed. @default 0 */
  readonly delayBeforeMs?: number;
  /** Milliseconds to wait between the execution and the answer. @default 0 */
  readonly delayAfterMs?: number;
  /** @default the true answer */
  readonly answer?: FaultyAnswer;
  /** Whether the call is executed. @default true if the answer is the true one or the first half of it */
  readonly executes?: boolean;
}

/** An HTTP answer. */
export interface Answer {
  readonly statusCode: number;
  readonly contentType: string;
  /** The name of the error, if the answer is one. */
  readonly error?: string;
  readonly body: string;
}

/** The answer for an error. */
export const errorAnswer = ({ name, statusCode, body }: ServiceError): Answer => ({
  statusCode,
  contentType: 'application/json',
  error: name,
  body: JSON.stringify(body),
});

/**
 * Serves a call with a fault: waits, executes it or not, and decides the answer.
 *
 * @param signal when it aborts, the wait ends and the answer is lost
 */
export async function carryOut(
  fault: Fault,
  execute: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer | 'lost' | 'none'> {
  const { delayBeforeMs = 0, delayAfterMs = 0, answer } = fault;
  const executes = fault.executes ?? (answer === undefined || answer === 'truncated');
  await pause(delayBeforeMs, signal);
  if (signal.aborted) return 'lost';
  const truth = executes ? await execute() : undefined;
  await pause(delayAfterMs, signal);
  return signal.aborted ? 'lost' : inPlaceOf(truth, answer);
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
};

function inPlaceOf(truth: Answer | undefined, answer: FaultyAnswer | undefined) {
  if (answer === 'lost' || answer === 'none') return answer;
  if (answer === undefined || answer === 'truncated') {
    if (truth === undefined) return 'lost';
    const length = answer === undefined ? truth.body.length : truth.body.length / 2;
    return { ...truth, body: truth.body.slice(0, length) };
  }
  if ('error' in answer) return errorAnswer(new ServiceError(answer.error, answer));
  return { contentType: 'text/html', ...answer };
}
