import type { Finding } from '../../contract/report';
import { FIND_TIME_ZONE } from '../../contract/settings';
import type { DataApi } from '../data-api/data-api';
import { flag } from '../data-api/rows';
import type { Dialect, TableId } from '../database/dialect';
import { TABLES_AT_ONCE } from '../database/expiry-range';
import { type JudgedTable, readRange } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { inDays, zoneDoubt } from '../purge/newest';
import { attempt } from './attempt';
import { failing, ok, unknown, warning } from './findings';

const REQUIREMENT = 'time zone';

interface Asking {
  readonly api: Pick<DataApi, 'send'>;
  readonly dialect: Dialect;
}

/** The tables that a run would purge and whose newest session an index leads to. */
function withEnds(judged: readonly JudgedTable[]): TableId[] {
  return judged
    .filter(
      ({ row, obstacles }) => obstacles.length === 0 && row && flag(row, 'hasExpireDateIndex'),
    )
    .flatMap(({ table }) => table ?? [])
    .slice(0, TABLES_AT_ONCE);
}

/** When the newest session expires, in milliseconds since the epoch; `null`: there is none. */
async function newestOf(
  tables: readonly TableId[],
  { api, dialect }: Asking,
): Promise<number | null> {
  if (tables.length === 0) return null;
  const { rows } = await api.send(dialect.expiryRanges(tables));
  const times = rows.flatMap((row) => {
    const { newest } = readRange(row);
    return newest === null ? [] : [dialect.toInstant(newest).getTime()];
  });
  return times.length === 0 ? null : Math.max(...times);
}

/** That nobody has said the zone of the column's times, on an engine whose column has none. */
export function missingTimeZone({ missing }: Dialect): Finding[] {
  return missing === undefined ? [] : [failing(REQUIREMENT, missing.problem, missing.remedy)];
}

/**
 * Whether the zone of the column's times is known, and whether the newest session speaks against it; nothing on an engine
 * whose column has a zone. `now`: the database's clock.
 */
export async function timeZoneFindings(
  judged: readonly JudgedTable[],
  now: Date,
  asking: Asking,
): Promise<Finding[]> {
  const { timeZone } = asking.dialect;
  if (timeZone === undefined) return missingTimeZone(asking.dialect);
  const newestMs = await attempt(() => newestOf(withEnds(judged), asking));
  if (newestMs instanceof DatabaseError) return [unknown(REQUIREMENT, newestMs.message)];
  const read = `expire_date is read in ${timeZone}`;
  if (newestMs === null) return [ok(REQUIREMENT, `${read}; there is no session to compare with`)];
  const aheadMs = newestMs - now.getTime();
  const doubt = zoneDoubt(aheadMs, timeZone, true);
  if (doubt !== null) return [warning(REQUIREMENT, doubt, FIND_TIME_ZONE)];
  const expires = aheadMs < 0 ? 'has expired' : `expires in ${inDays(aheadMs)}`;
  return [ok(REQUIREMENT, `${read}; the newest session ${expires}`)];
}
