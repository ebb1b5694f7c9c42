import type { Finding } from '../../contract/report';
import { count, type Row } from '../data-api/rows';
import { ofTable, ok, unknown } from './findings';
import type { Examined } from './table-rights';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size with one digit after the point from a kilobyte of 1024 bytes on: `96.0 kB`. */
function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** The rows of the table as its statistics have them; `null`: nobody has analyzed it yet. */
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
