import { type Finding, OF_A_TABLE, type TableRequirement } from '../../contract/report';
import { SETTINGS } from '../../contract/settings';
import type { DataApi } from '../data-api/data-api';
import { flag, onlyRow, optionalText, type Row, text } from '../data-api/rows';
import type { CheckupEngine, WalkPlan } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import { structureProblem } from '../database/obstacles';
import { DatabaseError } from '../errors';
import { attempt, attemptToRead } from './attempt';
import { deadRowsFinding } from './dead-rows';
import { failing, ofTable, ok, refused, unknown } from './findings';
import { indexFinding, planFinding } from './table-index';
import { foreignKeysFinding, publicationsFinding, triggersFinding } from './table-references';
import { type Examined, leastPrivilegeFinding, rightsFinding } from './table-rights';
import { backlogFinding, estimatedRows, sizeFinding } from './table-size';

/** What the examination of each table needs. */
export interface Examination {
  readonly api: Pick<DataApi, 'send'>;
  readonly engine: CheckupEngine;
  /** Sessions that expired before it count as expired. */
  readonly cutoff: Date;
}

/** A finding for each requirement of a table that could not be checked. */
export function unseen(
  name: string,
  reason: string,
  requirements: readonly TableRequirement[] = OF_A_TABLE,
): Finding[] {
  return requirements.map((requirement) => unknown(ofTable(requirement, name), reason));
}

/** A run sends the statement, too, that asks for the tables; where that fails, it ends with the same error. */
export function uninspected(name: string, error: DatabaseError): Finding[] {
  const [table, ...others] = OF_A_TABLE;
  return [
    refused(ofTable(table, name), error),
    ...unseen(name, 'not reached, since the table could not be looked for', others),
  ];
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

/** The planner is asked about the first rows of the index walk, as many as one batch takes by default. */
const WALKED_ROWS = SETTINGS.maxBatchSize.fallback;

/** The answers to the statements on one table, each of which may fail by itself. */
interface Answers {
  readonly facts: Row | DatabaseError;
  readonly plan: WalkPlan | DatabaseError;
  /** The planner's estimate of the expired rows. */
  readonly expired: number | DatabaseError;
  /** The refusal of a run's first look for expired rows, by a server that limits how many rows a SELECT may read. */
  readonly refusal: DatabaseError | null;
}

function limitsSelects(facts: Answers['facts']): boolean {
  if (facts instanceof DatabaseError) return false;
  return facts.limitsSelects === 1 || facts.limitsSelects === true;
}

async function ask(table: TableId, { api, engine, cutoff }: Examination): Promise<Answers> {
  const { dialect } = engine;
  const explain = () => dialect.explainExpired(table, cutoff);
  const explainWalk = () => {
    const made = explain();
    return { ...made, sql: `${made.sql} ORDER BY expire_date LIMIT ${WALKED_ROWS}` };
  };
  const facts = await attempt(async () => onlyRow((await api.send(engine.facts(table))).rows));
  const looked = limitsSelects(facts)
    ? await attempt(() => api.send(dialect.oldestExpired(table, cutoff)))
    : null;
  return {
    facts,
    refusal: looked instanceof DatabaseError ? looked : null,
    plan: await attempt(async () => engine.readPlan((await api.send(explainWalk())).rows)),
    expired: await attempt(async () => dialect.readEstimate((await api.send(explain())).rows)),
  };
}

const OWN = { publications: publicationsFinding, 'dead rows': deadRowsFinding } as const;

/** What fails, the statement or the reading of its answer, leaves unknown what depends on it, and nothing else. */
function judge(examined: Examined, row: Row, answers: Answers): Finding[] {
  const { facts, plan, expired, refusal } = answers;
  const by = <T>(
    requirement: TableRequirement,
    answer: T | DatabaseError,
    finding: (examined: Examined, answer: T) => Finding,
  ): Finding => {
    const judged =
      answer instanceof DatabaseError ? answer : attemptToRead(() => finding(examined, answer));
    return judged instanceof DatabaseError
      ? unknown(ofTable(requirement, examined.name), judged.message)
      : judged;
  };
  const counted = attemptToRead(() =>
    facts instanceof DatabaseError ? null : estimatedRows(facts),
  );
  const rows = counted instanceof DatabaseError ? null : counted;
  return [
    by('rights', row, rightsFinding),
    by('least privilege', facts, leastPrivilegeFinding),
    by('index on expire_date', row, indexFinding),
    by('index used', plan, (it, answer) =>
      planFinding(it, answer, { hasIndex: flag(row, 'hasExpireDateIndex'), rows }),
    ),
    by('foreign keys', facts, foreignKeysFinding),
    by('triggers', facts, triggersFinding),
    refusal === null
      ? by('size', facts, sizeFinding)
      : refused(ofTable('size', examined.name), refusal),
    by('backlog', expired, (it, answer) => backlogFinding(it, answer, rows)),
    ...examined.engine.ownRequirements.map((own) => by(own, facts, OWN[own])),
  ];
}

/**
 * All findings on the table in one row of `inspect`; `wanted` is the name by which it was configured.
 *
 * Reads catalogs and plans only, never a session. What the database does not let the user see is `unknown`.
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
