import {
  type Finding,
  OF_A_TABLE,
  type OwnTableRequirement,
  type TableRequirement,
} from '../../contract/report';
import { flag, type Row, text } from '../data-api/rows';
import type { CheckupEngine } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import type { JudgedTable } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { readAnswer } from './attempt';
import { deadRowsFinding } from './dead-rows';
import { ofTable, ok, refused, unknown } from './findings';
import { type Answer, type Answers, ask, type Examination } from './table-answers';
import { columnsFinding } from './table-columns';
import { planFinding } from './table-index';
import { isExamined, isPurged, tablesOf } from './table-judged';
import type { Locks } from './table-locks';
import { runFindings, WHERE_NOTHING_IS } from './table-obstacles';
import { foreignKeysFinding, publicationsFinding, triggersFinding } from './table-references';
import { type Examined, leastPrivilegeFinding, rightsFinding } from './table-rights';
import { backlogFinding, estimatedRows, sizeFinding } from './table-size';
import { NotInTime } from './time-limit';

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
  if (error instanceof NotInTime) return unseen(name, error.message);
  const [table, ...others] = OF_A_TABLE;
  return [
    refused(ofTable(table, name), error),
    ...unseen(name, 'not reached, since the table could not be looked for', others),
  ];
}

const NOT_ASKED = 'not asked, since a run leaves the table alone';

/** What the inspection says of a table. */
interface Inspected {
  readonly row: Row;
  readonly judged: JudgedTable;
  readonly locks: Locks;
}

/**
 * Judges one requirement at a time: in the words of a run where that has something to say, otherwise by an answer. What was not
 * asked is unknown. What fails leaves its own finding unknown, and no other.
 */
function judgeOf(examined: Examined, told: ReadonlyMap<TableRequirement, readonly Finding[]>) {
  return <T>(
    requirement: TableRequirement,
    answer: Answer<T>,
    finding: (examined: Examined, answer: T) => Finding,
  ): readonly Finding[] => {
    const saidByRun = told.get(requirement);
    if (saidByRun !== undefined) return saidByRun;
    const subject = ofTable(requirement, examined.name);
    if (answer === null) return [unknown(subject, NOT_ASKED)];
    const found = readAnswer(answer, (it) => finding(examined, it));
    return [found instanceof DatabaseError ? unknown(subject, found.message) : found];
  };
}

function rowsIn(facts: Answers['facts']): number | null {
  const rows = facts && readAnswer(facts, estimatedRows);
  return rows instanceof DatabaseError ? null : rows;
}

function findingsOf(examined: Examined, inspected: Inspected, answers: Answers): Finding[] {
  const { facts, plan, expired, look, rights } = answers;
  const { row, judged, locks } = inspected;
  const { name, table } = examined;
  const by = judgeOf(examined, runFindings(judged));
  const isOk = (requirement: TableRequirement, detail: () => string) =>
    by(requirement, row, () => ok(ofTable(requirement, name), detail()));
  const rows = rowsIn(facts);
  const hasIndex = flag(row, 'hasExpireDateIndex');
  const own = (requirement: OwnTableRequirement) => {
    if (requirement === 'publications') return by(requirement, facts, publicationsFinding);
    if (requirement === 'dead rows') return by(requirement, facts, deadRowsFinding);
    return isOk(requirement, () => WHERE_NOTHING_IS[requirement](row, judged.isOfPattern));
  };
  return [
    isOk('table', () => 'is there'),
    by('columns', row, columnsFinding),
    by('rights', text(row, 'missingRights') === '' ? rights : null, rightsFinding),
    by('least privilege', facts, (it, answer) => leastPrivilegeFinding(it, answer, row)),
    by('locks', locks.known(table), () =>
      ok(ofTable('locks', name), 'nobody holds one on the whole table'),
    ),
    by('index on expire_date', hasIndex ? row : null, () =>
      ok(ofTable('index on expire_date', name), 'is there'),
    ),
    by('index used', plan, (it, answer) => planFinding(it, answer, { hasIndex, rows })),
    by('foreign keys', facts, foreignKeysFinding),
    by('triggers', facts, triggersFinding),
    by('size', facts, (it, answer) => sizeFinding(it, answer, look)),
    by('backlog', expired, (it, answer) => backlogFinding(it, answer, rows)),
    ...examined.engine.ownRequirements.map(own),
  ].flat();
}

/** What is known of a table that was not found, or that is no table of sessions. */
function noSessionTable(judged: JudgedTable, reason: string): Finding[] {
  const told = runFindings(judged);
  const ofEachTable = OF_A_TABLE.flatMap((requirement) => {
    const subject = ofTable(requirement, judged.name);
    const otherwise =
      requirement === 'table' && judged.table !== null
        ? ok(subject, 'is there')
        : unknown(subject, reason);
    return told.get(requirement) ?? otherwise;
  });
  // What a pattern finds may also have another owner than it trusts.
  const common: readonly TableRequirement[] = OF_A_TABLE;
  const ofEngine = [...told].flatMap(([it, findings]) => (common.includes(it) ? [] : findings));
  return [...ofEachTable, ...ofEngine];
}

/** What was known before the tables were examined. */
interface Told {
  readonly engine: CheckupEngine;
  readonly locks: Locks;
}

function tableFindings(
  judged: JudgedTable,
  { engine, locks }: Told,
  answersOn: (table: TableId) => Answers,
): Finding[] {
  const { row, table, name } = judged;
  if (table === null) return noSessionTable(judged, 'not reached, since the table was not found');
  if (row === null) return [...runFindings(judged).values()].flat();
  if (!isExamined(judged))
    return noSessionTable(judged, 'not looked at, since this is no session table');
  const examined = { engine, table, name, user: text(row, 'user') };
  return findingsOf(examined, { row, judged, locks }, answersOn(table));
}

/** Whoever asks for a locked table's size waits for the lock. */
const isLocked = ({ table }: JudgedTable, { locked }: Locks) => table !== null && locked.has(table);

/**
 * All findings on the tables that a run has judged.
 *
 * Reads catalogs and plans only, never a session. What the database does not let the user see is `unknown`.
 */
export async function findingsOnTables(
  judged: readonly JudgedTable[],
  locks: Locks,
  examination: Examination,
): Promise<Finding[]> {
  const { engine } = examination;
  const examined = judged.filter((it) => isExamined(it) && !isLocked(it, locks));
  const purged = examined.filter(isPurged);
  const answersOn = await ask(tablesOf(examined), tablesOf(purged), examination);
  return judged.flatMap((table) => tableFindings(table, { engine, locks }, answersOn));
}
