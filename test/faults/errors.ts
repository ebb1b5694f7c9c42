import type { Fault } from '../../local/data-api-server/index';
import type { FailureRow } from './failures';

/** What the SDK throws at a fault of the service. */
function thrownAt(fault: Fault | null, { see, thrown }: FailureRow): Error {
  const answer = fault?.answer;
  if (typeof answer === 'object' && 'error' in answer) {
    const { error: name, message, statusCode: httpStatusCode = 400 } = answer;
    return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
  }
  if (thrown === undefined) throw new Error(`the row "${see}" does not say what is thrown`);
  const { status, ...rest } = thrown;
  return Object.assign(new Error('no words for it'), rest, {
    $metadata: status === undefined ? {} : { httpStatusCode: status },
  });
}

/** What the SDK throws at the faults of a row. */
export function errorsOf(row: FailureRow): Error[] {
  const { cause, others = [] } = row;
  return ['env' in cause ? null : cause, ...others].map((fault) => thrownAt(fault, row));
}
