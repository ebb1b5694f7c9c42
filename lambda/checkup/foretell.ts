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
import { lockObstacle } from '../database/table-lock';
import { type JudgedTable, judgeTables } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { attempt, attemptToRead } from './attempt';
import { failing, ofTable, warning } from './findings';
import { serverFindings } from './server-findings';
import { askFacts } from './table-answers';
import { foreignKeysFinding, publicationsFinding, triggersFinding } from './table-references';
import type { Examined } from './table-rights';
import { sendInTime } from './time-limit';

const OF_A_DELETE = 'what a delete meets';

const notKnown = ({ message }: DatabaseError) =>
  warning(OF_A_DELETE, `what a delete meets is not known: ${message}`, null);

function findingsOn(examined: Examined, facts: Row): Finding[] {
  const isOwn = examined.engine.ownRequirements.includes('publications');
  const judges = [foreignKeysFinding, triggersFinding, ...(isOwn ? [publicationsFinding] : [])];
  return judges.map((judge) => judge(examined, facts));
}

function lockFinding({ engine, table, name }: Examined): Finding {
  const { problem, remedy } = lockObstacle(engine.dialect, table);
  return failing(ofTable('locks', name), problem, remedy);
}

async function findingsOnTables(
  judged: readonly JudgedTable[],
  engine: CheckupEngine,
  api: Pick<DataApi, 'send'>,
): Promise<Finding[]> {
  const examined = judged.flatMap(({ table, name, obstacles }) =>
    table === null || obstacles.length > 0 ? [] : { engine, table, name, user: '' },
  );
  const { dialect } = engine;
  const locks = await lockedTables(
    examined.map(({ table }) => table),
    { api, dialect },
  );
  const isLocked = ({ table }: Examined) => locks.has(table);
  const free = examined.filter((one) => !isLocked(one));
  const facts = await askFacts(
    free.map(({ table }) => table),
    { api, engine },
  );
  const onFree = free.flatMap((one) => {
    const answer = facts.get(one.table);
    if (answer === undefined) return [];
    const found =
      answer instanceof DatabaseError ? answer : attemptToRead(() => findingsOn(one, answer));
    return found instanceof DatabaseError ? notKnown(found) : found;
  });
  return [...examined.filter(isLocked).map(lockFinding), ...onFree];
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
  const inTime = sendInTime(api, clock);
  const { dialect, server } = engine;
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
