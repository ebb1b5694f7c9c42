import type { Finding } from '../../contract/report';
import { count, flag, optionalText, type Row } from '../data-api/rows';
import { ofTable, ok, unknown, warning } from './findings';
import type { Examined } from './table-rights';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size with one digit after the point from a kilobyte of 1024 bytes on: `96.0 kB`. */
function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** How many rows the table has, by the database's statistics; `null` if it was never analyzed. */
export function estimatedRows(facts: Row): number | null {
  return facts.rows === null ? null : count(facts, 'rows');
}

/** The table's rows and bytes. */
export function sizeFinding({ engine, table, name }: Examined, facts: Row): Finding {
  const requirement = ofTable('size', name);
  const rows = estimatedRows(facts);
  const size =
    facts.bytes === null ? 'size unknown' : `${sizeOf(count(facts, 'bytes'))} with indexes`;
  return rows === null
    ? unknown(requirement, `rows not counted yet, ${size}`, engine.vacuum(table))
    : ok(requirement, `about ${rows} rows, ${size}`);
}

/** The planner's estimate of the rows that have expired. */
export function backlogFinding({ name }: Examined, expired: number, rows: number | null): Finding {
  // The planner assumes a size for a table without statistics.
  const atMost = Math.min(expired, rows ?? expired);
  const part = rows ? ` (${((100 * atMost) / rows).toFixed(0)} % of all)` : '';
  return ok(
    ofTable('backlog', name),
    `about ${atMost} rows have expired${part}, as the planner estimates`,
  );
}

/** From twice the dead rows at which autovacuum starts by default: 50 and a fifth of the rows. */
function isNeglected(deadRows: number, rows: number): boolean {
  return deadRows > 2 * (50 + 0.2 * rows);
}

/** PostgreSQL: the dead rows that deletes have left, and the last autovacuum. */
export function deadRowsFinding({ engine, table, name }: Examined, facts: Row): Finding {
  const requirement = ofTable('dead rows', name);
  if (facts.deadRows === null) return unknown(requirement, 'the database counts none');
  const deadRows = count(facts, 'deadRows');
  const last = optionalText(facts, 'lastAutovacuum');
  const since = last === null ? 'no autovacuum yet' : `last autovacuum ${last.slice(0, 16)}`;
  const detail = `${deadRows} dead rows, ${since}`;
  if (flag(facts, 'isAutovacuumOff')) {
    return warning(requirement, `${detail}; autovacuum is off`, 'turn autovacuum on for the table');
  }
  return isNeglected(deadRows, estimatedRows(facts) ?? 0)
    ? warning(
        requirement,
        `${detail}: autovacuum does not keep up, or an old snapshot keeps it from clearing`,
        `${engine.vacuum(table)}, and look for transactions and replication slots that are old`,
      )
    : ok(requirement, detail);
}
