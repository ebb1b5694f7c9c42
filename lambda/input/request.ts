import * as v from 'valibot';
import type { TableName } from '../../contract/table-name';
import { adviceOn, shown } from '../../contract/text';
import { RequestError } from '../errors';

/** What one run is asked to do. */
export interface PurgeRequest {
  /** Count instead of delete. */
  readonly dryRun: boolean;
  /** Sessions that expired before it go; `null`: the database's clock less the grace period. */
  readonly cutoff: Date | null;
  /** At most so many rows over all tables; `null`: no limit. */
  readonly maxRows: number | null;
  readonly tables: readonly TableName[];
}

/** Asks what the purge of these tables requires, and deletes nothing. */
export interface CheckRequest {
  readonly check: true;
  readonly tables: readonly TableName[];
}

const SCHEDULERS = ['aws.events', 'aws.scheduler'];

const INSTANT = /^((?!0000)\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The runtime rolls 30 February over to March, so the date has to be held against the calendar. */
function isInstant(text: string): boolean {
  const [, date] = INSTANT.exec(text) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

const must =
  (rule: string) =>
  (issue: v.BaseIssue<unknown>): string =>
    `must be ${rule}, got ${shown(issue.input)}`;

const instant = must('a time in ISO 8601 with an offset, like "2026-11-22T02:17:00Z"');
const count = must('a whole number of at least 1');
const listed = must('a list of configured tables, like ["django_session"]');

const schema = v.object({
  dryRun: v.exactOptional(v.boolean(must('true or false')), false),
  cutoff: v.exactOptional(v.pipe(v.string(instant), v.check(isInstant, instant))),
  maxRows: v.exactOptional(v.pipe(v.number(count), v.check(isCount, count))),
  tables: v.exactOptional(v.pipe(v.array(v.string(listed), listed), v.minLength(1, listed))),
  check: v.exactOptional(v.literal(true, must('true'))),
});

const FIELDS = Object.keys(schema.entries);

const BESIDE_CHECK = ['check', 'tables'];

/** The fields of a scheduled event of EventBridge; the last one is that of an event replayed from an archive. */
const ENVELOPE =
  'version id detail-type source account time region resources detail replay-name'.split(' ');

function refuse(problem: string): never {
  throw new RequestError(`${problem}; nothing was deleted`);
}

function isScheduled(event: object): boolean {
  const { source, 'detail-type': detailType } = event as Record<string, unknown>;
  return detailType === 'Scheduled Event' && SCHEDULERS.some((scheduler) => scheduler === source);
}

function unknownField(event: object, known: readonly string[]): string | undefined {
  return Object.keys(event).find((field) => !known.includes(field));
}

/** Somebody who adds `dryRun` to a scheduled event, or nearly that, must not get a purge for it. */
function scheduledRequest(event: object, tables: readonly TableName[]): PurgeRequest {
  const own = FIELDS.find((field) => Object.hasOwn(event, field));
  if (own !== undefined) refuse(`a scheduled event takes no "${own}"; send it without the others`);
  const unknown = unknownField(event, ENVELOPE);
  if (unknown !== undefined) {
    const advice = adviceOn(unknown, FIELDS);
    refuse(
      `unknown field ${shown(unknown)} in a scheduled event; ${advice} send it without the others`,
    );
  }
  return { dryRun: false, cutoff: null, maxRows: null, tables };
}

function refuseUnknownFields(event: object): void {
  const unknown = unknownField(event, FIELDS);
  if (unknown === undefined) return;
  const advice = adviceOn(unknown, FIELDS);
  throw new RequestError(
    `unknown field ${shown(unknown)} in the event; ${advice} nothing was deleted`,
  );
}

function subset(names: readonly string[], configured: readonly TableName[]): TableName[] {
  return [...new Set(names)].map((name) => {
    const table = configured.find(({ text }) => text === name);
    const known = configured.map(({ text }) => text).join(', ');
    return (
      table ?? refuse(`table ${shown(name)} in the event is not configured; known are ${known}`)
    );
  });
}

/** Fields of a purge beside `check` say that somebody expects one. */
function refuseBesideCheck(event: object): void {
  const other = FIELDS.find(
    (field) => !BESIDE_CHECK.includes(field) && Object.hasOwn(event, field),
  );
  if (other !== undefined) refuse(`"check" goes with "tables" alone; send it without "${other}"`);
}

/**
 * Reads an invocation's event: a scheduled one and `{}` ask for the purge as configured, other fields narrow it, and
 * `check` asks for a check-up instead.
 *
 * Throws a `RequestError` for anything else, so that an event meant for another function never purges.
 */
export function readRequest(
  event: unknown,
  configured: readonly TableName[],
): PurgeRequest | CheckRequest {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return refuse(`the event must be a JSON object, got ${shown(event)}`);
  }
  if (isScheduled(event)) return scheduledRequest(event, configured);
  refuseUnknownFields(event);
  const parsed = v.safeParse(schema, event);
  if (!parsed.success) {
    const mistakes = parsed.issues.map((issue) => `${issue.path?.[0].key} ${issue.message}`);
    return refuse(`event: ${mistakes.join('; ')}`);
  }
  const { dryRun, cutoff, maxRows, check } = parsed.output;
  const tables =
    parsed.output.tables === undefined ? configured : subset(parsed.output.tables, configured);
  if (check) {
    refuseBesideCheck(event);
    return { check, tables };
  }
  return {
    dryRun,
    cutoff: cutoff === undefined ? null : new Date(cutoff),
    maxRows: maxRows ?? null,
    tables,
  };
}
