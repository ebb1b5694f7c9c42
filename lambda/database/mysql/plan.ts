import { count, type Row } from '../../data-api/rows';
import { UnexpectedAnswer } from '../../errors';
import type { WalkPlan } from '../checkup-engine';

/** The dialect's `readEstimate`. MariaDB gives the number as text, and none where it knows that there are no rows to read. */
export function readEstimate([{ rows } = {}]: readonly Row[]): number {
  if (rows === null) return 0;
  return count({ rows: rows === undefined ? null : Number(rows) }, 'rows');
}

/**
 * The lines of each SELECT of a UNION ALL of so many, in their order. Their numbers rise, but not by one each after a SET
 * STATEMENT on MariaDB.
 */
function partsOf(rows: readonly Row[], selects: number): readonly (readonly Row[])[] {
  if (selects === 1) return [rows];
  const lines = rows.filter(({ id }) => id !== null);
  const numbers = [...new Set(lines.map(({ id }) => Number(id)))].sort((one, two) => one - two);
  if (numbers.length === selects)
    return numbers.map((number) => lines.filter(({ id }) => Number(id) === number));
  throw new UnexpectedAnswer('the plan must have a line for each table');
}

function walkOf(lines: readonly Row[]): WalkPlan {
  const [index] = lines.flatMap(({ key }) => (typeof key === 'string' ? key : []));
  const sorts = lines.some(({ Extra }) => /filesort/i.test(String(Extra)));
  return { index: index ?? null, sorts };
}

/** The check-up's `readPlans`. */
export function readPlans(rows: readonly Row[], tables: number): WalkPlan[] {
  return partsOf(rows, tables).map(walkOf);
}

/** The check-up's `readEstimates`. */
export function readEstimates(rows: readonly Row[], tables: number): number[] {
  return partsOf(rows, tables).map(readEstimate);
}
