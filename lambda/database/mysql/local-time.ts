import { FIND_TIME_ZONE, variableOf } from '../../../contract/settings';
import { DatabaseError } from '../../errors';
import type { Trouble } from '../trouble';

/**
 * Django's local time in a time zone, as a column without a zone holds it: `2026-10-25 01:30:00.000000`.
 *
 * Where clocks are set back, a local time comes twice. The second time counts, because a session that may be alive counts
 * as alive. Where clocks are set forward, a local time never comes. It has passed as soon as the clocks have jumped over it.
 */

/** The zone of the local times in the column, by its IANA name; `null`: nobody has said it. */
export type TimeZone = string | null;

/** What is wrong where nobody has said the zone. */
export const NO_TIME_ZONE: Trouble = {
  problem: `${variableOf('timeZone')} is not set, and on MySQL an expire_date has no zone of its own`,
  remedy: FIND_TIME_ZONE,
};

/** The zone. Throws a `DatabaseError` if nobody has said it: a guess that is hours off deletes live sessions. */
export function knownZone(timeZone: TimeZone): string {
  if (timeZone !== null) return timeZone;
  throw new DatabaseError(NO_TIME_ZONE.problem);
}

const MINUTE_MS = 60_000;

/** Zones change their offset at a quarter of an hour, and never set their clocks back by more than a day. */
const STEP_MS = 15 * MINUTE_MS;
const HORIZON_MS = 24 * 60 * MINUTE_MS;

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
}

function offsetMs(formatter: Intl.DateTimeFormat, timeMs: number): number {
  const name = formatter.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours, minutes, seconds = 0] =
    /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name ?? '') ?? [];
  const offset =
    (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS + Number(seconds) * 1000;
  return sign === '-' ? -offset : offset;
}

/** What the clocks of the zone show, as milliseconds of a calendar without zones. */
function shownMs(formatter: Intl.DateTimeFormat, timeMs: number): number {
  return timeMs + offsetMs(formatter, timeMs);
}

function toText(shown: number): string {
  return new Date(shown).toISOString().slice(0, -1).replace('T', ' ');
}

/**
 * The local time before which no session can be alive at the cutoff, as text with milliseconds.
 *
 * It is the least time that the clocks show from the cutoff on. Where they are set back within the next day, a local time
 * that has passed comes again.
 */
export function localCutoff(cutoff: Date, timeZone: string): string {
  const formatter = formatterOf(timeZone);
  const startMs = cutoff.getTime();
  let least = shownMs(formatter, startMs);
  const firstStepMs = Math.ceil(startMs / STEP_MS) * STEP_MS;
  for (let timeMs = firstStepMs; timeMs <= startMs + HORIZON_MS; timeMs += STEP_MS) {
    least = Math.min(least, shownMs(formatter, timeMs));
  }
  return toText(least);
}

/**
 * The first time of the calendar that is not before a local time, which in MySQL may have a month or a day of zero: the
 * same text, or the first of the month or the year.
 */
export function inCalendar(localTime: string): string {
  const [, year, month = '01'] = /^(\d{4})-(?:00|(\d\d)-00)/.exec(localTime) ?? [];
  return year === undefined ? localTime : `${year}-${month}-01 00:00:00`;
}

/** The last time of the calendar before it, or the same text. */
export function fromCalendar(localTime: string): string {
  const first = inCalendar(localTime);
  return first === localTime
    ? localTime
    : `${toText(Date.parse(`${first.replace(' ', 'T')}Z`) - 1)}999`;
}

/** The first text that `inCalendar` makes this local time of: the time itself, or one with a month or a day of zero. */
export function fromZeros(localTime: string): string {
  const [, year, month] = /^(\d{4})-(\d\d)-01 00:00:00(?:\.0+)?$/.exec(localTime) ?? [];
  if (year === undefined) return localTime;
  return `${year}-${month === '01' ? '00' : month}-00 00:00:00`;
}

/** The last instant at which the clocks had not yet jumped over a time that they never show. */
function beforeJump(formatter: Intl.DateTimeFormat, shown: number, readings: number[]): number {
  let [early, late] = [Math.min(...readings), Math.max(...readings)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (shownMs(formatter, middle) < shown) early = middle;
    else late = middle;
  }
  return early;
}

/**
 * The instant of a local time, given as `2026-10-25 01:30:00` with or without a fraction; of two instants, the later. The
 * instant is before a cutoff if, and only if, the text is before `localCutoff` of it.
 */
export function instantOf(localTime: string, timeZone: string): Date {
  const formatter = formatterOf(timeZone);
  const shown = Date.parse(`${localTime.replace(' ', 'T')}Z`);
  if (Number.isNaN(shown)) return new Date(shown);
  const readings = [shown - HORIZON_MS, shown + HORIZON_MS].map(
    (nearMs) => shown - offsetMs(formatter, nearMs),
  );
  const real = readings.filter((timeMs) => shownMs(formatter, timeMs) === shown);
  return new Date(real.length > 0 ? Math.max(...real) : beforeJump(formatter, shown, readings));
}
