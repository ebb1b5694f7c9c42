import type { Finding } from '../../contract/report';
import { count, type Row } from '../data-api/rows';
import { DatabaseError } from '../errors';
import { ofTable, ok, refused, unknown } from './findings';
import type { Answer, Refusable } from './table-answers';
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

/**
 * The table's rows and bytes. `look`: whether a server that limits how many rows a SELECT may read refuses a run's look for the
 * oldest that expired.
 */
export function sizeFinding(
  { engine, table, name }: Examined,
  facts: Row,
  look: Answer<Refusable>,
): Finding {
  const requirement = ofTable('size', name);
  if (look !== null && !(look instanceof DatabaseError) && look.refusal !== null)
    return refused(requirement, look.refusal);
  const rows = estimatedRows(facts);
  const size =
    facts.bytes === null ? 'size unknown' : `${sizeOf(count(facts, 'bytes'))} with indexes`;
  if (rows === null)
    return unknown(requirement, `rows not counted yet, ${size}`, engine.vacuum(table));
  const seen = `about ${rows} rows, ${size}`;
  return look === null
    ? unknown(requirement, `${seen}; not asked whether the server lets a run look at so many`)
    : ok(requirement, seen);
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
