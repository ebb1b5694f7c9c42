import type { Finding } from '../../contract/report';
import type { TableName } from '../../contract/table-name';
import type { Clock } from '../clock';
import type { DataApi } from '../data-api/data-api';
import type { Row } from '../data-api/rows';
import { lockedTables } from '../database/ask-together';
import type { CheckupEngine } from '../database/checkup-engine';
import { inspectTables } from '../database/inspection';
import { mysqlCheckup } from '../database/mysql/checkup';
import { postgresqlCheckup } from '../database/postgresql/checkup';
import { lockObstacle, waitingShortly } from '../database/table-lock';
import { type JudgedTable, judgeTables } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { attempt, readAnswer } from './attempt';
import { failing, ofTable, warning } from './findings';
import { serverFindings } from './server-findings';
import { askFacts, denialsOf } from './table-answers';
import { type FoundTable, isPurged, tablesOf } from './table-judged';
import { foreignKeysFinding, publicationsFinding, triggersFinding } from './table-references';
import { deniedFinding, type Examined } from './table-rights';
import { sendInTime } from './time-limit';

const OF_A_DELETE = 'what a delete meets';

const notKnown = ({ message }: DatabaseError) =>
  warning(OF_A_DELETE, `what a delete meets is not known: ${message}`, null);

function findingsOn(examined: Examined, facts: Row): Finding[] {
  const isOwn = examined.engine.ownRequirements.includes('publications');
  const judges = [foreignKeysFinding, triggersFinding, ...(isOwn ? [publicationsFinding] : [])];
  return judges.map((judge) => judge(examined, facts));
}

function lockFinding({ table, name }: FoundTable, { dialect }: CheckupEngine): Finding {
  const { problem, remedy } = lockObstacle(dialect, table);
  return failing(ofTable('locks', name), problem, remedy);
}

async function findingsOnTables(
  judged: readonly JudgedTable[],
  engine: CheckupEngine,
  api: Pick<DataApi, 'send'>,
): Promise<Finding[]> {
  const purged = judged.filter(isPurged);
  const locks = await lockedTables(tablesOf(purged), { api, dialect: engine.dialect });
  const locked = purged.filter(({ table }) => locks.has(table));
  const free = purged.filter(({ table }) => !locks.has(table));
  const facts = await askFacts(tablesOf(free), { api, engine });
  const denials = await denialsOf(tablesOf(free), facts, { api, engine });
  const onFree = free.flatMap(({ table, name }) => {
    const answer = facts.get(table);
    const denial = denials.get(table);
    if (answer === undefined) return [];
    if (denial !== undefined) return deniedFinding(name, denial);
    const found = readAnswer(answer, (row) => findingsOn({ engine, table, name, user: '' }, row));
    return found instanceof DatabaseError ? notKnown(found) : found;
  });
  return [...locked.map((it) => lockFinding(it, engine)), ...onFree];
}

/**
 * What the catalogs say of a delete, for a dry run, which tries none: the findings of a check-up on the server and on what is
 * attached to the tables that may be purged, as far as they are failing or warnings.
 */
export async function foretell(
  engineName: string,
  tables: readonly TableName[],
  api: Pick<DataApi, 'send'>,
  clock: Pick<Clock, 'now' | 'timeLeft'>,
): Promise<readonly Finding[]> {
  const engine = engineName === 'postgresql' ? postgresqlCheckup : mysqlCheckup(null);
  const { dialect, server } = engine;
  const inTime = waitingShortly(sendInTime(api, clock), dialect);
  const onServer = await serverFindings(inTime, server);
  const onTables = await attempt(async () => {
    const rows = await inspectTables(inTime, dialect, tables, false);
    return findingsOnTables(judgeTables(rows, tables, dialect), engine, inTime);
  });
  const found = [
    ...onServer.filter(({ requirement }) => requirement === 'writes'),
    ...(onTables instanceof DatabaseError ? [notKnown(onTables)] : onTables),
  ];
  return found.filter(({ state }) => state === 'failing' || state === 'warning');
}
