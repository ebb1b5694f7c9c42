import { jsonata } from './jsonata';

// An expression that yields nothing fails its state, so whatever may be missing is asked for with $exists or $count.

const REPORT = '$states.result.Payload';

/** The values that a drain begins with. Whoever reads an execution sees these names. */
export const FIRST_VALUES = {
  /** Rows known to be deleted. */
  deleted: 0,
  /** Deletes whose answer was lost. */
  unknown: 0,
  /** Invocations, however they ended. */
  rounds: 0,
  /** Rounds that may have deleted rows and ended without a report. */
  lost: 0,
  failuresInARow: 0,
  /** Rounds that ran out of time without a row. */
  idleInARow: 0,
  workedMs: 0,
  /** Why the last round ended. */
  ended: 'not begun',
  rowsDeletedInRound: 0,
  problem: 'none',
  /** The expired rows at the start and at the end; null: not known. */
  expected: null,
  left: null,
  counted: 'not counted',
};

/** Those that the report of a count leaves out. */
const LEFT_OUT = `${REPORT}.tablesLeftOut`;

/** The expired rows of all tables, as far as they are known. */
const ROWS_EXPIRED = `
  $sum([0,
    ${REPORT}.tables.($exists(rowsExpiredEstimate) ? rowsExpiredEstimate
      : rowsExpired = null ? 0 : rowsExpired),
    $exists(${LEFT_OUT}) ? ${LEFT_OUT}.rowsExpired : 0])`;

/** The same; `null` if no table was counted. */
const ROWS_KNOWN = `
  $count(${REPORT}.tables[rowsExpired != null]) > 0 or ${ROWS_EXPIRED} > 0 ? ${ROWS_EXPIRED} : null`;

export const COUNT_ASSIGN = {
  expected: jsonata(ROWS_KNOWN),
  counted: jsonata(`
    $count(${REPORT}.tables[rowsExpired = null]) > 0
      or $count($keys(${LEFT_OUT}.stopReasons)[$ != 'dry-run']) > 0 ? 'in part'
    : $count(${REPORT}.tables[rowsExpiredCapped]) > 0 ? 'by an estimate'
    : 'exactly'`),
};

/** The count failed, and the purge may work all the same. */
export const COUNTED_NOTHING = { expected: null };

export const LEFT_ASSIGN = {
  left: jsonata(ROWS_KNOWN),
};

const IS_FAILED = `${REPORT}.stopReason = 'failed'`;

/** Shorter than the time of any function. A round that fails sooner has done all that it could. */
const SHORT_MS = 30_000;

/**
 * A round that deleted rows until its time was up has made progress, even if something was in its way. On a busy site each
 * round finds rows that expired since the last one, and would go on for ever for the sake of one row that stays.
 */
const HAS_COME_FAR = `${REPORT}.rowsDeleted > 0 and ${REPORT}.durationMs >= ${SHORT_MS}`;

export const ROUND_ASSIGN = {
  deleted: jsonata(`$deleted + ${REPORT}.rowsDeleted`),
  unknown: jsonata(`$unknown + ${REPORT}.unknownOutcomes`),
  rounds: jsonata('$rounds + 1'),
  workedMs: jsonata(`$workedMs + ${REPORT}.durationMs`),
  ended: jsonata(`${REPORT}.stopReason`),
  rowsDeletedInRound: jsonata(`${REPORT}.rowsDeleted`),
  problem: jsonata(`
    $exists(${REPORT}.error) ? $substring(${REPORT}.error, 0, 2000)
    : $exists(${REPORT}.reason) ? ${REPORT}.reason : 'none'`),
  failuresInARow: jsonata(`${IS_FAILED} ? (${HAS_COME_FAR} ? 0 : $failuresInARow + 1) : 0`),
  idleInARow: jsonata(`
    ${REPORT}.rowsDeleted > 0 ? 0
    : ${REPORT}.stopReason in ['time-budget', 'row-limit'] ? $idleInARow + 1
    : $idleInARow`),
};

/** The count was refused. */
export const PROBLEM_ASSIGN = {
  problem: jsonata(`
    $states.errorOutput.Error & ($exists($states.errorOutput.Cause)
      ? ': ' & $substring($states.errorOutput.Cause, 0, 2000) : '')`),
};

const NO_REPORT = { ...PROBLEM_ASSIGN, rounds: jsonata('$rounds + 1'), rowsDeletedInRound: 0 };

/** Lambda had no room for the round, which did not begin. */
export const THROTTLED_ASSIGN = { ...NO_REPORT, ended: 'throttled' };

const FAILURE = { ...NO_REPORT, failuresInARow: jsonata('$failuresInARow + 1') };

/** The function refused to begin, so that nothing was deleted. */
export const REFUSED_ASSIGN = { ...FAILURE, ended: 'refused' };

/** The round was killed, or its answer was lost: it may have deleted rows. */
export const LOST_ASSIGN = { ...FAILURE, ended: 'no report', lost: jsonata('$lost + 1') };

const IS_DRAINED = `$ended = 'drained'`;

/** Not known once more is deleted than was counted, until nothing is left. */
const OF_ABOUT = `
  ($expected = null ? null : $deleted <= $expected ? $expected : ${IS_DRAINED} ? $deleted : null)`;

const RATE = '($workedMs > 0 ? $round(1000 * $deleted / $workedMs) : 0)';

/** What a round has come to. The times of waiting are in none of its figures. */
export const PROGRESS = {
  round: jsonata('$rounds'),
  rowsDeletedSoFar: jsonata('$deleted'),
  ofAbout: jsonata(OF_ABOUT),
  percent: jsonata(`
    ${IS_DRAINED} ? 100
    : ${OF_ABOUT} = null ? null
    : ${OF_ABOUT} = 0 ? 100 : $floor(1000 * $deleted / ${OF_ABOUT}) / 10`),
  rowsPerSecond: jsonata(RATE),
  doneAbout: jsonata(`
    ${IS_DRAINED} or ${OF_ABOUT} = null or ${RATE} = 0 ? null
    : $fromMillis($toMillis($states.context.State.EnteredTime)
      + $round(1000 * (${OF_ABOUT} - $deleted) / ${RATE}))`),
  ended: jsonata('$ended'),
  rowsDeleted: jsonata('$rowsDeletedInRound'),
  roundsWithoutReport: jsonata('$lost'),
  problem: jsonata('$problem'),
};

/** What a drain has come to at its end. */
export const TOTALS = {
  rowsDeleted: '$deleted',
  expectedAtStart: '$expected',
  rounds: '$rounds',
  roundsWithoutReport: '$lost',
  unknownOutcomes: '$unknown',
  startedAt: '$states.context.Execution.StartTime',
  seconds: `$round(($toMillis($states.context.State.EnteredTime)
    - $toMillis($states.context.Execution.StartTime)) / 1000)`,
};
