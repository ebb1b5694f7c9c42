import { jsonata } from './jsonata';

// An expression that yields nothing fails an execution, so whatever may be missing is asked for with $exists or $count.

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

/** Sums up the tables of a dry run's report; those that the report leaves out are in one sum. */
function countOf(report: string): string {
  return `
    $sum(${report}.tables.($exists(rowsExpiredEstimate) ? rowsExpiredEstimate
      : rowsExpired = null ? 0 : rowsExpired))
    + ($exists(${report}.tablesLeftOut.rowsExpired) and ${report}.tablesLeftOut.rowsExpired != null
      ? ${report}.tablesLeftOut.rowsExpired : 0)`;
}

/** Whether a dry run knows the count of any table. */
function isCounted(report: string): string {
  return `$count(${report}.tables[rowsExpired != null]) > 0`;
}

export const COUNT_ASSIGN = {
  expected: jsonata(`${isCounted(REPORT)} ? (${countOf(REPORT)}) : null`),
  counted: jsonata(`
    $count(${REPORT}.tables[rowsExpired != null]) = 0 ? 'not counted'
    : $count(${REPORT}.tables[rowsExpired = null]) > 0 or $exists(${REPORT}.tablesLeftOut) ? 'in part'
    : $count(${REPORT}.tables[rowsExpiredCapped]) > 0 ? 'by estimate'
    : 'exactly'`),
};

/** The count failed, and the purge may work all the same. */
export const COUNTED_NOTHING = { expected: null };

export const LEFT_ASSIGN = {
  left: jsonata(`${isCounted(REPORT)} ? (${countOf(REPORT)}) : null`),
};

const IS_FAILED = `${REPORT}.stopReason = 'failed'`;

/** A round that deleted rows has made progress, even if something was in its way. */
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
  failuresInARow: jsonata(
    `${IS_FAILED} ? (${REPORT}.rowsDeleted > 0 ? 0 : $failuresInARow + 1) : 0`,
  ),
  idleInARow: jsonata(`
    ${REPORT}.rowsDeleted > 0 ? 0
    : ${REPORT}.stopReason in ['time-budget', 'row-limit'] ? $idleInARow + 1
    : $idleInARow`),
};

const NO_REPORT = {
  rounds: jsonata('$rounds + 1'),
  failuresInARow: jsonata('$failuresInARow + 1'),
  rowsDeletedInRound: 0,
  problem: jsonata(`
    $states.errorOutput.Error & ($exists($states.errorOutput.Cause)
      ? ': ' & $substring($states.errorOutput.Cause, 0, 2000) : '')`),
};

/** The round was killed, or its answer was lost: it may have deleted rows. */
export const LOST_ASSIGN = { ...NO_REPORT, ended: 'no report', lost: jsonata('$lost + 1') };

/** The function refused to begin, so that nothing was deleted. */
export const REFUSED_ASSIGN = { ...NO_REPORT, ended: 'refused' };

const OF_ABOUT = '($expected = null ? null : $max([$expected, $deleted]))';

const RATE = '($workedMs > 0 ? $round(1000 * $deleted / $workedMs) : 0)';

/** What a round has come to. The times of waiting are in none of its figures. */
export const PROGRESS = {
  round: jsonata('$rounds'),
  rowsDeletedSoFar: jsonata('$deleted'),
  ofAbout: jsonata(OF_ABOUT),
  percent: jsonata(`
    $expected = null ? null
    : ${OF_ABOUT} = 0 ? 100 : $floor(1000 * $deleted / ${OF_ABOUT}) / 10`),
  rowsPerSecond: jsonata(RATE),
  doneAbout: jsonata(`
    $expected = null or ${RATE} = 0 ? null
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
