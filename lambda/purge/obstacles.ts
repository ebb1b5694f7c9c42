import { STOP_REASONS, type StopReason, type TableReport } from '../../contract/report';
import { saysTable } from '../../contract/table-name';
import { fitting, numbered } from '../../contract/text';
import { DatabaseError, type SessionPurgeError, TableError, UnexpectedAnswer } from '../errors';
import { type LeftBehind, LOOK_FOR_INSERTS } from './left-behind';
import type { SessionTable } from './port';

/** The message of an error is logged three times: in the log's line, in its stack, and by Lambda itself. */
const PROBLEMS_BYTES = 6000;

/** What is in the way of one table. */
export interface Obstacle {
  readonly table: string;
  readonly error: SessionPurgeError;
}

/** Records what is in the way of a table. The first obstacle of a table is its problem. */
export function addObstacle(
  report: TableReport,
  error: SessionPurgeError,
  { obstacles }: { readonly obstacles: Obstacle[] },
): void {
  if (report.problem !== undefined) return;
  report.problem = error.message;
  obstacles.push({ table: report.table, error });
}

/**
 * Whether an error is of the table that was worked on, so that the next one may be purged: its rows, its locks, the
 * user's rights to it, or a statement that took too long. All else would meet the next table, too.
 */
export function isOfOneTable(error: unknown): error is DatabaseError {
  if (error instanceof UnexpectedAnswer) return true;
  if (!(error instanceof DatabaseError) || error.failure === null) return false;
  const { kind, at } = error.failure;
  return kind === 'too-large' || at === 'table' || at === 'row' || at === 'lock';
}

type Named = Pick<SessionTable, 'name' | 'queries'>;

const itsTriggers = ({ queries }: Named) => `; its triggers: ${queries.triggers}`;

/**
 * The error of a failure whose table takes a delete of no row. What its code stands for is the less likely reason then, so its
 * remedy comes behind. But such a delete passes on a full disk and a server that only reads, too.
 */
export function triggerError({ message, failure }: DatabaseError, table: Named): DatabaseError {
  const remedy = failure?.remedy ?? null;
  const ofCode = remedy === null ? '' : `; ${remedy}`;
  const seen = message.endsWith(ofCode)
    ? message.slice(0, message.length - ofCode.length)
    : message;
  const trigger = `a delete of no row of ${table.name} passes: if this comes again, look for a trigger on it that fails in this way or lacks a right${itsTriggers(table)}`;
  const isOfServer = failure?.kind === 'final' && failure.at === 'server';
  const both = isOfServer
    ? `${remedy}; if the server is well, ${trigger}`
    : `${trigger}; if there is none: ${remedy}`;
  const told = ofCode === '' ? trigger : both;
  return new DatabaseError(`${seen}; ${told}`, failure && { ...failure, remedy: told });
}

/** What the database itself says may name a table without its schema, which many schemas have. */
function inWords({ table, error }: Obstacle): string {
  const { message } = error;
  const isNamed = error instanceof TableError ? saysTable(message, table) : message.includes(table);
  return isNamed ? message : `${table}: ${message}`;
}

/** The error that a run ends with: the one obstacle, or one that lists them all; `null`: none was in the way. */
export function errorOf(obstacles: readonly Obstacle[]): SessionPurgeError | null {
  const [first = null, ...others] = obstacles;
  if (others.length === 0) return first?.error ?? null;
  const problems = obstacles.map(inWords);
  const told = fitting(problems, PROBLEMS_BYTES);
  const more = problems.length - told.length;
  const end = more === 0 ? '' : `; and ${more} more, which the report has as far as it has room`;
  return new TableError(
    `${obstacles.length} tables were not purged, or not wholly: ${numbered(told)}${end}`,
  );
}

/** The error of a run that ended before its tables were done, with what was in the way of tables before. */
export function errorAtEnd(error: unknown, obstacles: readonly Obstacle[]): unknown {
  const before = errorOf(obstacles);
  if (before === null || !(error instanceof DatabaseError)) return error;
  return new DatabaseError(`${error.message}; before that: ${before.message}`, error.failure);
}

const inRows = (rows: number) => (rows === 1 ? '1 row' : `${rows} rows`);

/** The oldest row of all that are left behind need not be one of those that the sentence is about. */
function sinceWhen({ rows, since }: LeftBehind): string {
  if (since === null) return '';
  const which = rows === 1 ? 'it' : 'the oldest row left behind';
  return ` (${which} expired at ${since.toISOString()})`;
}

const itsHolders = ({ queries }: Named) => `; who may hold the rows: ${queries.rowLocks}`;

/** A trigger may raise the error of a lock, too, in words of its own. */
const inItsWords = ({ lockedBy }: LeftBehind) =>
  lockedBy?.failure ? `, and the database says "${lockedBy.failure.text}"` : '';

function untriedInWords(table: Named, left: LeftBehind): string {
  const { stays, untried } = left;
  const them = untried === 1 ? 'it' : 'them';
  if (stays > 0)
    return `${untried} more ${untried === 1 ? 'was' : 'were'} not tried, because rows around ${them} stay; the next run tries others of ${them}`;
  return `${inRows(untried)} of ${table.name} ${untried === 1 ? 'was' : 'were'} not tried${sinceWhen(left)}, because rows around ${them} are locked${inItsWords(left)}; the next run tries ${them} again; look for a stuck transaction${itsHolders(table)}`;
}

/**
 * Whether nothing but a trigger is there to look for, and the error does not show it yet. Of rows that are kept or come back the
 * database has said nothing.
 */
const isOfTriggers = ({ failure, message }: DatabaseError) =>
  failure === null || (failure.about === 'triggers' && !message.includes('its triggers: '));

/** The rows of a table that stay and that were not tried, in words. It names no row by its key. */
export function leftError(table: Named, left: LeftBehind, stopReason: StopReason): DatabaseError {
  const { stays, untried, error } = left;
  const triggers = error !== null && isOfTriggers(error) ? itsTriggers(table) : '';
  const why = error === null ? '' : `: ${error.message}${triggers}`;
  const sentences = [
    ...(stays > 0
      ? [`${inRows(stays)} of ${table.name} could not be deleted${sinceWhen(left)}${why}`]
      : []),
    ...(untried > 0 ? [untriedInWords(table, left)] : []),
    ...(stopReason === 'drained' || stopReason === 'failed'
      ? []
      : [
          `the purge of the table stopped before its end (${stopReason}): ${STOP_REASONS[stopReason]}`,
        ]),
  ];
  return new DatabaseError(sentences.join('; '), error?.failure);
}

/** The error of a table of whose `rows` none could be deleted for locks, though a delete of no row passes. */
export function lockedError(table: Named, left: LeftBehind, rows: number): DatabaseError {
  return new DatabaseError(
    `no row of ${table.name} could be deleted (${inRows(rows)} that expired ${rows === 1 ? 'is' : 'are'} left), since others hold locks on the rows, or on another table that the delete also changes${inItsWords(left)}; look for a schema migration or a stuck transaction${itsHolders(table)}`,
  );
}

/** The warning of a table of which so many rows are left to the next run, because others hold them locked. */
export function heldWarning(table: Named, left: LeftBehind, rows: number): string {
  const [are, them] = rows === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${inRows(rows)} of ${table.name} that expired ${are} left, since others hold ${them} locked${inItsWords(left)}; the next run tries ${them} again; look for a stuck transaction${itsHolders(table)}`;
}

/** The error of a table of which it is not known whether anything is left. */
export function unprovedError(table: string): DatabaseError {
  return new DatabaseError(
    `the walk through ${table} came to its end, but the look for what is left took too long; look for a missing index on expire_date`,
  );
}

/** The error of a table that does not get smaller. `rows`: so many are left. */
export function addsError(table: Named, rows: number): DatabaseError {
  return new DatabaseError(
    `rows of ${table.name} come back or are added while others are deleted, and ${inRows(rows)} that expired before the cutoff ${rows === 1 ? 'is' : 'are'} left; ${LOOK_FOR_INSERTS}${itsTriggers(table)}`,
  );
}
