import { type CheckReport, type Finding, verdictOf } from '../../contract/report';
import type { TableName } from '../../contract/table-name';
import type { Clock } from '../clock';
import type { DataApi, Target } from '../data-api/data-api';
import { onlyRow, text } from '../data-api/rows';
import type { Statement } from '../data-api/statement';
import type { CheckupEngine } from '../database/checkup-engine';
import { inspectBelow } from '../database/inspect-below';
import { inspectTables, refuseTrouble } from '../database/inspection';
import { mysqlCheckup } from '../database/mysql/checkup';
import { postgresqlCheckup } from '../database/postgresql/checkup';
import { clockOf, isForeignGrammar } from '../database/session-database';
import { waitingShortly } from '../database/table-lock';
import { judgeTables } from '../database/table-proof';
import { DatabaseError } from '../errors';
import { attempt } from './attempt';
import { clocksFinding } from './clocks';
import { brokenConnection, soundConnection } from './connection';
import { readVersion, type ServerVersion, versionFinding } from './engine-version';
import { inParts, unknown } from './findings';
import { secretArnFindings } from './secret-arn';
import { serverFindings } from './server-findings';
import { findingsOnTables, uninspected, unseen } from './table-findings';
import { findLocks, judgedWithLocks } from './table-locks';
import { sendInTime, timeFindings } from './time-limit';
import { missingTimeZone, timeZoneFindings } from './time-zone';

/** The settings that a check-up needs. */
export interface CheckupPlan extends Target {
  readonly graceSeconds: number;
  readonly timeZone: string | null;
  /** All tables of the setting, of which a check-up may be of some. */
  readonly tables: readonly TableName[];
}

/** Asks a PostgreSQL for its version, wherever its search path leads. To any other server it is wrong grammar. */
export const POSTGRESQL_VERSION: Statement<'read'> = {
  sql: 'SELECT version FROM pg_catalog.version()',
  parameters: {},
  mode: 'read',
};

/** Asks any other server. On PostgreSQL somebody's own function may have this name. */
const OTHER_VERSION: Statement<'read'> = {
  ...POSTGRESQL_VERSION,
  sql: 'SELECT VERSION() AS version',
};

/** The answer says of which engine the server is. */
async function askForVersion(api: Pick<DataApi, 'send'>): Promise<string> {
  const ask = async (statement: Statement<'read'>) =>
    text(onlyRow((await api.send(statement)).rows), 'version');
  try {
    return await ask(POSTGRESQL_VERSION);
  } catch (error) {
    if (isForeignGrammar(error)) return ask(OTHER_VERSION);
    throw error;
  }
}

function engineOf({ engine }: ServerVersion, { timeZone }: CheckupPlan): CheckupEngine | null {
  if (engine === null) return null;
  return engine === 'postgresql' ? postgresqlCheckup : mysqlCheckup(timeZone);
}

function unseenTables(tables: readonly TableName[], reason: string): Finding[] {
  return tables.flatMap(({ text: name }) => unseen(name, reason));
}

interface Examining {
  readonly api: Pick<DataApi, 'send'>;
  readonly engine: CheckupEngine;
  readonly clock: Pick<Clock, 'timeOfDay'>;
  readonly plan: CheckupPlan;
}

/** What a run says of the tables, by the catalogs, and what the clocks said meanwhile. */
async function inspect(tables: readonly TableName[], { api, engine, clock, plan }: Examining) {
  const asked = clock.timeOfDay();
  const rows = await inspectTables(api, engine.dialect, tables, false);
  const answered = clock.timeOfDay();
  const { dialect } = engine;
  refuseTrouble(rows, dialect.danger);
  const below = await inspectBelow(api, dialect, rows, { wanted: tables, configured: plan.tables });
  const judged = judgeTables(below.rows, tables, dialect, below);
  return { judged, now: clockOf(rows), asked, answered };
}

async function examine(tables: readonly TableName[], examining: Examining): Promise<Finding[]> {
  const { api, engine, plan } = examining;
  const { dialect } = engine;
  const findings = await serverFindings(api, engine.server);
  const inspected = await attempt(() => inspect(tables, examining));
  if (inspected instanceof DatabaseError) {
    findings.push(unknown('clocks', inParts(inspected).seen), ...missingTimeZone(dialect));
    return [...findings, ...tables.flatMap(({ text: name }) => uninspected(name, inspected))];
  }
  const { now } = inspected;
  const locks = await findLocks(inspected.judged, examining);
  const judged = judgedWithLocks(inspected.judged, locks, examining);
  findings.push(clocksFinding(inspected), ...timeZoneFindings(locks.ranges, judged, now, dialect));
  const cutoff = new Date(now.getTime() - plan.graceSeconds * 1000);
  return [...findings, ...(await findingsOnTables(judged, locks, { api, engine, cutoff }))];
}

function checkReport(findings: readonly Finding[]): CheckReport {
  return { check: true, verdict: verdictOf(findings), findings };
}

/**
 * Checks everything that a purge of these tables requires. It deletes nothing: each statement reads a catalog, asks for a
 * plan, or, on MySQL, asks an index for the newest `expire_date`.
 *
 * A requirement that is not met is a finding, not an error. One that could not be checked is `unknown`. If there is no time
 * for all tables, the check-up ends in time, and says of how many it does not know all.
 */
export async function checkup(
  tables: readonly TableName[],
  plan: CheckupPlan,
  api: Pick<DataApi, 'send' | 'usage'>,
  clock: Pick<Clock, 'now' | 'timeLeft' | 'timeOfDay'>,
): Promise<CheckReport> {
  const answer = await attempt(() => askForVersion(api));
  if (answer instanceof DatabaseError) {
    const reason = 'not reached, since the database could not be asked';
    return checkReport([
      ...brokenConnection(answer),
      ...secretArnFindings(plan, false),
      unknown('engine version', reason),
      ...unseenTables(tables, reason),
    ]);
  }
  const version = readVersion(answer);
  const engine = engineOf(version, plan);
  const inTime = sendInTime(api, clock);
  const found =
    engine === null
      ? unseenTables(tables, 'not looked at, since the purge does not speak to this engine')
      : await examine(tables, {
          api: waitingShortly(inTime, engine.dialect),
          engine,
          clock,
          plan,
        });
  return checkReport([
    ...soundConnection(plan, api.usage().wakeMs),
    ...secretArnFindings(plan, true),
    versionFinding(version),
    ...timeFindings(found),
    ...found,
  ]);
}
