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

function rowsOf(node: PlanNode): number {
  const planRows = node['Plan Rows'];
  if (typeof planRows === 'number') return planRows;
  throw new UnexpectedAnswer('the plan must tell its "Plan Rows"');
}

/** The dialect's `readEstimate`. */
export function readEstimate(rows: readonly Row[]): number {
  return rowsOf(topNode(rows));
}

/** The top node of each SELECT of a UNION ALL of so many, in their order. */
function partsOf(rows: readonly Row[], selects: number): readonly PlanNode[] {
  const top = topNode(rows);
  const parts = selects === 1 ? [top] : (top.Plans ?? []);
  if (parts.length === selects) return parts;
  throw new UnexpectedAnswer('the plan must have a part for each table');
}

function walkOf(part: PlanNode): WalkPlan {
  const nodes = nodesOf(part);
  const [index] = nodes.flatMap((node) => node['Index Name'] ?? []);
  return {
    index: typeof index === 'string' ? index : null,
    sorts: nodes.some((node) => /Sort$/.test(String(node['Node Type']))),
  };
}

/** The check-up's `readPlans`. */
export function readPlans(rows: readonly Row[], tables: number): WalkPlan[] {
  return partsOf(rows, tables).map(walkOf);
}

/** The check-up's `readEstimates`. */
export function readEstimates(rows: readonly Row[], tables: number): number[] {
  return partsOf(rows, tables).map(rowsOf);
}
