import type { Finding } from '../../contract/report';
import { count, optionalText, type Row } from '../data-api/rows';
import { ofTable, ok, unknown, warning } from './findings';
import type { Examined } from './table-rights';

/** Autovacuum that has not come for longer than a week does not come at all, even where the purge runs once a week. */
const OVERDUE_DAYS = 8;

const LOOK_FOR_SNAPSHOTS =
  'look for old transactions in pg_stat_activity and pg_prepared_xacts and for unused slots in pg_replication_slots, then';

/**
 * What is wrong with autovacuum on the table; `null`: nothing that shows.
 *
 * A purge may leave any number of dead rows, and autovacuum comes within minutes after it. So their number alone says
 * nothing. They are too many only if a vacuum has left them, or none has come for long:
 *
 * - An analysis sets `n_mod_since_analyze` to 0, and each change after it leaves one dead row at the most. So any further
 *   dead rows were there before, and if a vacuum had just ended, it did not clear them. They count from twice the threshold
 *   on, because a purge may go on between that vacuum and the analysis.
 * - The time since the last vacuum says something only if it is longer than the time between two purges.
 */
function trouble(facts: Row, deadRows: number): string | null {
  const threshold = count(facts, 'vacuumThreshold');
  if (deadRows <= threshold) return null;
  const left = count(facts, 'deadRowsLeft');
  if (left > 2 * threshold) return `the last vacuum could not clear ${left} of them`;
  const days = count(facts, 'daysWithoutVacuum');
  return days < OVERDUE_DAYS ? null : `autovacuum has not come for ${days} days`;
}

/** PostgreSQL: the dead rows that deletes have left, and whether autovacuum clears them. */
export function deadRowsFinding({ engine, table, name }: Examined, facts: Row): Finding {
  const requirement = ofTable('dead rows', name);
  if (facts.deadRows === null) return unknown(requirement, 'the database counts none');
  const deadRows = count(facts, 'deadRows');
  const last = optionalText(facts, 'lastAutovacuum');
  const since = last === null ? 'no autovacuum yet' : `last autovacuum ${last.slice(0, 16)}`;
  const detail = `${deadRows} dead rows, ${since}`;
  const autovacuum = optionalText(facts, 'turnAutovacuumOn');
  if (autovacuum !== null) return warning(requirement, `${detail}: autovacuum is off`, autovacuum);
  const found = trouble(facts, deadRows);
  return found === null
    ? ok(requirement, detail)
    : warning(requirement, `${detail}: ${found}`, `${LOOK_FOR_SNAPSHOTS} ${engine.vacuum(table)}`);
}
