import { TOTALS } from './figures';
import { FIELDS_OF_INPUT } from './input';
import { jsonata } from './jsonata';

const totals = Object.fromEntries(
  Object.entries(TOTALS).map(([name, expression]) => [name, jsonata(expression)]),
);

const INEXACT = `
  'rowsDeleted has the rows that are known to be deleted; '
  & $string($lost) & ' rounds ended without a report and '
  & $string($unknown) & ' deletes without an answer, and their rows are in no count. The tables had '
  & ($expected = null ? 'an unknown number of expired rows at the start'
    : $string($expected) & ' expired rows at the start (counted ' & $counted & ')')
  & ' and ' & ($left = null ? 'an unknown number' : $string($left)) & ' at the end'`;

/** The end of a drain that did not come to its end: why, what to do, and what was done until then. */
function failure(error: string, why: string, remedy: string) {
  const figures = Object.entries(TOTALS).map(([name, expression]) => `'${name}': ${expression}`);
  return {
    Type: 'Fail',
    Error: error,
    Cause: jsonata(`
      $string({
        'why': ${why},
        'remedy': '${remedy}',
        'lastProblem': $problem,
        ${figures.join(', ')}
      })`),
  };
}

const START_AGAIN = 'then start another drain, which goes on where this one ended';

/** How a drain ends. */
export const ENDS = {
  Drained: { Type: 'Succeed', Output: totals },
  'Drained, with a total that is not exact': {
    Type: 'Succeed',
    Output: { ...totals, expiredAtEnd: jsonata('$left'), note: jsonata(INEXACT) },
  },
  'Failed too often': failure(
    'FailedTooOften',
    `$string($failuresInARow) & ' rounds in a row failed, each without a row or within half a minute'`,
    `mend the last problem, ${START_AGAIN}`,
  ),
  'No progress': failure(
    'NoProgress',
    `$string($idleInARow) & ' rounds in a row ran out of time without a row'`,
    `look at the function log for what holds it up, ${START_AGAIN}`,
  ),
  'Too many rounds': failure(
    'TooManyRounds',
    `'the history of an execution has no room for more than ' & $string($rounds) & ' rounds'`,
    'start another drain, which goes on where this one ended',
  ),
  'Asked for something': failure(
    'Refused',
    `'a drain takes no input, and this one has the fields ' & $substring($join(${FIELDS_OF_INPUT}, ', '), 0, 200)`,
    'start it with the input {}; for a dry run, or a purge of a part, invoke the function',
  ),
  Refused: failure(
    'Refused',
    `'the function refused to begin'`,
    `mend the last problem, ${START_AGAIN}`,
  ),
  'Not a purge': failure(
    'NotAPurge',
    `'a round ended with ' & $ended & ', which no purge does'`,
    'deploy the drain and the function from the same version',
  ),
} as const;

export type EndName = keyof typeof ENDS;
