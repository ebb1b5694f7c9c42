import type { PurgeReport } from '../../contract/report';
import { FIND_TIME_ZONE } from '../../contract/settings';
import type { OpenDatabase } from './port';
import { warn } from './report';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Browsers keep no cookie for longer, so a session that expires later says nothing. */
const LONGEST_COOKIE_MS = 400 * DAY_MS;

/** Nearly all zones are a multiple of this apart. */
const STEP_MS = HOUR_MS / 2;

/** On a site that is in use, somebody has saved a session within this time. */
const JUST_NOW_MS = MINUTE_MS;

/** `13 d 15 h 20 min`, without what is zero. */
export function inDays(durationMs: number): string {
  const minutes = Math.round(durationMs / MINUTE_MS);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const told = parts.flatMap(([amount, unit]) => (amount === 0 ? [] : [`${amount} ${unit}`]));
  return told.join(' ') || '0 min';
}

/**
 * What is odd about how far ahead the newest session expires, where the database keeps no zone with its times; `null`:
 * nothing is.
 *
 * A session that is saved lasts as long as its cookie, which is whole days for most sites. If the newest one expires hours
 * before whole days, either the zone is wrong or nobody has saved a session for hours, and nothing tells one from the
 * other. So whoever waits for the answer is told of both. A scheduled run warns only if the time fits a zone and a
 * session saved just now: a site that is quiet at night shall not be warned each night.
 *
 * An hour is not odd: without `USE_TZ`, Django's local time moves by one where clocks change before the cookie ends.
 */
export function zoneDoubt(aheadMs: number, timeZone: string, isAttended: boolean): string | null {
  if (aheadMs < DAY_MS || aheadMs > LONGEST_COOKIE_MS) return null;
  const days = Math.round(aheadMs / DAY_MS);
  const apartMs = aheadMs - days * DAY_MS;
  const offMs = Math.ceil(apartMs / STEP_MS) * STEP_MS;
  const savedAgoMs = offMs - apartMs;
  if (Math.abs(offMs) <= HOUR_MS || (savedAgoMs > JUST_NOW_MS && !isAttended)) return null;
  const early = offMs < 0 ? 'early' : 'late';
  return `the newest session expires in ${inDays(aheadMs)}; if it was saved just now and cookies last ${days} days, timeZone (${timeZone}) is ${Math.abs(offMs) / HOUR_MS} h off and sessions are deleted too ${early}`;
}

/** Tells how far ahead the newest session of all tables expires, where the database keeps no zone with its times. */
export function tellNewest(
  report: PurgeReport,
  { tables, now, timeZone }: Pick<OpenDatabase, 'tables' | 'now' | 'timeZone'>,
): void {
  const times = tables.flatMap(({ newest }) => newest?.getTime() ?? []);
  if (timeZone === undefined || times.length === 0) return;
  const aheadMs = Math.max(...times) - now.getTime();
  report.newestExpiresInSeconds = Math.floor(aheadMs / 1000);
  const doubt = zoneDoubt(aheadMs, timeZone, report.dryRun);
  if (doubt !== null) warn(report, [`${doubt}; ${FIND_TIME_ZONE}`]);
}
