import type { Row } from '../../lambda/data-api/rows';
import type { Locked, Rows, Statement } from '../../lambda/data-api/statement';
import type { Conversation } from '../../lambda/database/dialect';
import { failedCall } from './failed-call';

/** The rows of an answer, the number of rows that a statement changed, or why it was rolled back. */
export type Given = readonly Row[] | number | 'locked';

/** What the database says of a statement that it rolled back. */
const ROLLED_BACK = failedCall('rolled back');

function answerOf(given: Given): Rows | Locked {
  if (given === 'locked') return { kind: given, durationMs: 3, error: ROLLED_BACK };
  const rows = typeof given === 'number' ? [] : given;
  const rowsChanged = typeof given === 'number' ? given : 0;
  return { kind: 'rows', rows, rowsChanged, durationMs: 120 };
}

/** The statements of a conversation and its result; `undefined`: its last statement is not answered yet. */
export interface Held<Result> {
  readonly statements: readonly Statement[];
  readonly result: Result | undefined;
}

/** Holds a conversation with these answers, in their order. */
export function hold<Result>(
  conversation: Conversation<Result>,
  answers: readonly Given[] = [],
): Held<Result> {
  const statements: Statement[] = [];
  const left = [...answers];
  let step = conversation.next();
  while (!step.done) {
    statements.push(step.value);
    const given = left.shift();
    if (given === undefined) return { statements, result: undefined };
    step = conversation.next(answerOf(given));
  }
  if (left.length > 0)
    throw new Error(`the conversation ended with ${left.length} answers to spare`);
  return { statements, result: step.value };
}

/** The first statement of a conversation. */
export function firstOf(conversation: Conversation<unknown>): Statement {
  const { done, value } = conversation.next();
  if (done) throw new Error('the conversation has no statement');
  return value as Statement;
}
