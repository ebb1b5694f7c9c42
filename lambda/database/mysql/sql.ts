import { qualified } from '../../../contract/user-sql/mysql';
import type { Statement } from '../../data-api/statement';
import type { TableId } from '../dialect';
import { fromCalendar, knownZone, localCutoff, type TimeZone } from './local-time';

export { account, literal, qualified, quoted } from '../../../contract/user-sql/mysql';

/**
 * MySQL has a date of all zeros, which comes before every other. CAST refuses it, and compares as NULL. So it does with a date
 * of which the month or the day alone is zero: there the time of the calendar next to it stands in the statement.
 */
export const isZeroDate = (text: string) => text.startsWith('0000-00');

/** The rows that expired before the cutoff, from `at` (an `expire_date`) on where it is given. */
export function expiredRows(table: TableId, at?: string): string {
  const from =
    at === undefined || isZeroDate(at) ? '' : ' AND expire_date >= CAST(:at AS DATETIME(6))';
  return `FROM ${qualified(table)} WHERE expire_date < CAST(:cutoff AS DATETIME(6))${from}`;
}

/** At most `limit` of those rows, the oldest ones after the first `skip`, as a derived table. */
export function oldestRows(table: TableId, limit: number, at?: string, skip?: number): string {
  const range = skip ? `${limit} OFFSET ${skip}` : limit;
  return `(SELECT expire_date ${expiredRows(table, at)} ORDER BY expire_date LIMIT ${range}) AS oldest`;
}

/** The parameters of both. `timeZone`: the zone of the column's local times. */
export function expiredParameters(
  timeZone: TimeZone,
  cutoff: Date,
  at?: string,
): Statement['parameters'] {
  return {
    cutoff: localCutoff(cutoff, knownZone(timeZone)),
    ...(at !== undefined && !isZeroDate(at) && { at: fromCalendar(at) }),
  };
}
