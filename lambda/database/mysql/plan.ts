import { count, type Row } from '../../data-api/rows';
import type { WalkPlan } from '../checkup-engine';

/** The dialect's `readEstimate`. MariaDB gives the number as text. */
export function readEstimate([{ rows = null } = {}]: readonly Row[]): number {
  return count({ rows: rows && Number(rows) }, 'rows');
}

/** The check-up's `readPlan`. */
export function readPlan(rows: readonly Row[]): WalkPlan {
  const [index] = rows.flatMap(({ key }) => (typeof key === 'string' ? key : []));
  const sorts = rows.some(({ Extra }) => /filesort/i.test(String(Extra)));
  return { index: index ?? null, sorts };
}
