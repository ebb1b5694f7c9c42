import type { Finding } from '../../contract/report';
import { FIND_TIME_ZONE } from '../../contract/settings';
import type { AnswersOn } from '../database/ask-together';
import type { Dialect } from '../database/dialect';
import type { ExpiryRange } from '../database/expiry-range';
import type { JudgedTable } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { inDays, zoneDoubt } from '../purge/newest';
import { attemptToRead } from './attempt';
import { failing, ok, unknown, warning } from './findings';

const REQUIREMENT = 'time zone';

/** When the newest session expires, in milliseconds since the epoch, as far as is known; `null`: there is none. */
function newestIn(ranges: readonly ExpiryRange[], { toInstant }: Dialect): number | null {
  const times = ranges.flatMap(({ newest }) =>
    newest === null ? [] : [toInstant(newest).getTime()],
  );
  return times.length === 0 ? null : Math.max(...times);
}

/** That nobody has said the zone of the column's times, on an engine whose column has none. */
export function missingTimeZone({ missing }: Dialect): Finding[] {
  return missing === undefined ? [] : [failing(REQUIREMENT, missing.problem, missing.remedy)];
}

/** What is read where no session was found. `judged`: all tables, of which some may not have been asked. */
function withoutSession(
  read: string,
  ranges: AnswersOn<ExpiryRange>,
  judged: readonly JudgedTable[],
): Finding {
  const [failed] = [...ranges.values()].flatMap((it) => (it instanceof DatabaseError ? it : []));
  if (failed !== undefined) return unknown(REQUIREMENT, failed.message);
  const areAllAsked = judged.every(({ table }) => table !== null && ranges.has(table));
  return areAllAsked
    ? ok(REQUIREMENT, `${read}; there is no session to compare with`)
    : unknown(REQUIREMENT, `${read}; no session was asked for, since a run leaves the table alone`);
}

/**
 * Whether the zone of the column's times is known, and whether the newest session speaks against it; nothing on an engine
 * whose column has a zone. `now`: the database's clock.
 */
export function timeZoneFindings(
  ranges: AnswersOn<ExpiryRange>,
  judged: readonly JudgedTable[],
  now: Date,
  dialect: Dialect,
): Finding[] {
  const { timeZone } = dialect;
  if (timeZone === undefined) return missingTimeZone(dialect);
  const answers = [...ranges.values()];
  const known = answers.flatMap((answer) => (answer instanceof DatabaseError ? [] : answer));
  const newestMs = attemptToRead(() => newestIn(known, dialect));
  if (newestMs instanceof DatabaseError) return [unknown(REQUIREMENT, newestMs.message)];
  const read = `expire_date is read in ${timeZone}`;
  if (newestMs === null) return [withoutSession(read, ranges, judged)];
  const aheadMs = newestMs - now.getTime();
  const doubt = zoneDoubt(aheadMs, timeZone, true);
  if (doubt !== null) return [warning(REQUIREMENT, doubt, FIND_TIME_ZONE)];
  const expires = aheadMs < 0 ? 'has expired' : `expires in ${inDays(aheadMs)}`;
  return [ok(REQUIREMENT, `${read}; the newest session ${expires}`)];
}
