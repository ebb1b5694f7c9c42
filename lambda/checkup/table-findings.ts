import { type Finding, OF_A_TABLE, type TableRequirement } from '../../contract/report';
import type { DataApi } from '../data-api/data-api';
import { flag, onlyRow, optionalText, type Row, text } from '../data-api/rows';
import type { CheckupEngine, WalkPlan } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import { structureProblem } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { failing, ofTable, ok, unknown } from './findings';
import { indexFinding, planFinding } from './table-index';
import { foreignKeysFinding, triggersFinding } from './table-references';
import { type Examined, leastPrivilegeFinding, rightsFinding } from './table-rights';
import { backlogFinding, deadRowsFinding, estimatedRows, sizeFinding } from './table-size';

/** What of a table is examined with, and what expired by when. */
export interface Examination {
  readonly api: Pick<DataApi, 'query'>;
  readonly engine: CheckupEngine;
  readonly cutoff: Date;
}

/** The outcome of the work, or the `DatabaseError` that ended it. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | DatabaseError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
}

/** The findings on requirements of a table that nobody could look at. */
export function unseen(
  name: string,
  reason: string,
  requirements: readonly TableRequirement[] = OF_A_TABLE,
): Finding[] {
  return requirements.map((requirement) => unknown(ofTable(requirement, name), reason));
}

const CHECK_SETTINGS = 'check the database name and the tables setting';

function absent(row: Row, wanted: string): Finding[] {
  const [table, ...others] = OF_A_TABLE;
  const detail = `was not found in database "${text(row, 'database')}"`;
  return [
    failing(ofTable(table, wanted), detail, CHECK_SETTINGS),
    ...unseen(wanted, 'not reached, since the table was not found', others),
  ];
}

function columnsFinding({ name }: Examined, row: Row): Finding {
  const requirement = ofTable('columns', name);
  const problem = structureProblem(row);
  return problem === null
    ? ok(
        requirement,
        `session_key is the primary key, expire_date is ${text(row, 'expireDateType')}`,
      )
    : failing(requirement, `the table ${problem}`, CHECK_SETTINGS);
}

/** The rows that a walk along the index would read first: as many as one batch may have. */
const WALKED_ROWS = 5000;

/** What a table's statements answered, each for itself. */
interface Answers {
  readonly facts: Row | DatabaseError;
  readonly plan: WalkPlan | DatabaseError;
  /** Expired rows, by the planner. */
  readonly expired: number | DatabaseError;
}

async function ask(table: TableId, { api, engine, cutoff }: Examination): Promise<Answers> {
  const { dialect } = engine;
  const explain = dialect.explainExpired(table, cutoff);
  const walk = { ...explain, sql: `${explain.sql} ORDER BY expire_date LIMIT ${WALKED_ROWS}` };
  return {
    facts: await attempt(async () => onlyRow(await api.query(engine.facts(table)))),
    plan: await attempt(async () => engine.readPlan(await api.query(walk))),
    expired: await attempt(async () => dialect.readEstimate(await api.query(explain))),
  };
}

function judge(examined: Examined, row: Row, { facts, plan, expired }: Answers): Finding[] {
  const rows = facts instanceof DatabaseError ? null : estimatedRows(facts);
  const hasIndex = flag(row, 'hasExpireDateIndex');
  const by = <T>(
    requirement: TableRequirement,
    answer: T | DatabaseError,
    finding: (examined: Examined, answer: T) => Finding,
  ): Finding =>
    answer instanceof DatabaseError
      ? unknown(ofTable(requirement, examined.name), answer.message)
      : finding(examined, answer);
  const hasDeadRows = !(facts instanceof DatabaseError) && facts.deadRows !== undefined;
  return [
    rightsFinding(examined, row),
    by('least privilege', facts, leastPrivilegeFinding),
    indexFinding(examined, row),
    by('index used', plan, (it, answer) => planFinding(it, answer, { hasIndex, rows })),
    by('foreign keys', facts, foreignKeysFinding),
    by('triggers', facts, triggersFinding),
    by('size', facts, sizeFinding),
    by('backlog', expired, (it, answer) => backlogFinding(it, answer, rows)),
    ...(hasDeadRows ? [deadRowsFinding(examined, facts)] : []),
  ];
}

/**
 * All findings on one row of `inspect`, for the table that was wanted by that name.
 *
 * Reads catalogs and plans alone, never a session; what the database refuses to tell is unknown.
 */
export async function tableFindings(
  row: Row,
  wanted: string,
  examination: Examination,
): Promise<Finding[]> {
  const schema = optionalText(row, 'schema');
  if (schema === null) return absent(row, wanted);
  const table = { schema, table: text(row, 'table') };
  const name = `${schema}.${table.table}`;
  const examined = { engine: examination.engine, table, name, user: text(row, 'user') };
  const seen = [ok(ofTable('table', name), 'is there'), columnsFinding(examined, row)];
  if (row.expireDateType === null || text(row, 'kind') !== 'table') {
    const [, , ...others] = OF_A_TABLE;
    return [...seen, ...unseen(name, 'not looked at, since this is no session table', others)];
  }
  return [...seen, ...judge(examined, row, await ask(table, examination))];
}
