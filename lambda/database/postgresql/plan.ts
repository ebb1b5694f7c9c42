import { onlyRow, type Row, text } from '../../data-api/rows';
import { UnexpectedAnswer } from '../../errors';
import type { WalkPlan } from '../checkup-engine';

/** The part of a node of a plan that is read. */
interface PlanNode {
  readonly 'Node Type'?: unknown;
  readonly 'Plan Rows'?: unknown;
  readonly 'Index Name'?: unknown;
  readonly Plans?: readonly PlanNode[];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new UnexpectedAnswer('the plan must be JSON');
  }
}

/** The topmost node in the answer to an `EXPLAIN (FORMAT JSON)`. */
function topNode(rows: readonly Row[]): PlanNode {
  const plans = parsed(text(onlyRow(rows), 'QUERY PLAN')) as { Plan?: PlanNode }[] | null;
  const top = plans?.[0]?.Plan;
  if (typeof top === 'object') return top;
  throw new UnexpectedAnswer('the plan must have a "Plan"');
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The dialect's `readEstimate`. */
export function readEstimate(rows: readonly Row[]): number {
  const planRows = topNode(rows)['Plan Rows'];
  if (typeof planRows === 'number') return planRows;
  throw new UnexpectedAnswer('the plan must tell its "Plan Rows"');
}

/** The check-up's `readPlan`. */
export function readPlan(rows: readonly Row[]): WalkPlan {
  const nodes = nodesOf(topNode(rows));
  const [index] = nodes.flatMap((node) => node['Index Name'] ?? []);
  return {
    index: typeof index === 'string' ? index : null,
    sorts: nodes.some((node) => /Sort$/.test(String(node['Node Type']))),
  };
}
