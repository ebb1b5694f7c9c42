import type { Finding } from '../../contract/report';
import type { WalkPlan } from '../database/checkup-engine';
import { ofTable, ok, unknown, warning } from './findings';
import type { Examined } from './table-rights';

/** Below this number of rows the planner may be right to read the whole table. */
const SMALL_TABLE_ROWS = 10_000;

/**
 * Whether the planner would walk along the index on `expire_date`. `rows`: how many the table has; `null`: not known.
 *
 * A small table is `unknown`: the planner may read it whole, and still use the index once the table has grown.
 */
export function planFinding(
  { engine, table, name }: Examined,
  plan: WalkPlan,
  { hasIndex, rows }: { readonly hasIndex: boolean; readonly rows: number | null },
): Finding {
  const requirement = ofTable('index used', name);
  if (!hasIndex) return unknown(requirement, 'not asked, since there is no index to use');
  if (plan.index !== null && !plan.sorts) {
    return ok(requirement, `the planner walks along ${plan.index}`);
  }
  if (rows !== null && rows < SMALL_TABLE_ROWS) {
    return unknown(requirement, `the planner reads all of the ${rows} rows, as it may with so few`);
  }
  return warning(
    requirement,
    'the planner reads and sorts the expired rows for each batch: its statistics or its settings mislead it',
    engine.vacuum(table),
  );
}
