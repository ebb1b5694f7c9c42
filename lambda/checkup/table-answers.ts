import { SETTINGS } from '../../contract/settings';
import type { TableName } from '../../contract/table-name';
import type { DataApi } from '../data-api/data-api';
import { onlyRow, type Row } from '../data-api/rows';
import type { CheckupEngine, WalkPlan } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import { DatabaseError } from '../errors';
import { attempt } from './attempt';

/** What the examination of each table needs. */
export interface Examination {
  readonly api: Pick<DataApi, 'send'>;
  readonly engine: CheckupEngine;
  /** The tables as they were asked for. */
  readonly wanted: readonly TableName[];
  /** Sessions that expired before it count as expired. */
  readonly cutoff: Date;
}

/** The planner is asked about the first rows of the index walk, as many as one batch takes by default. */
const WALKED_ROWS = SETTINGS.maxBatchSize.fallback;

/** An answer to a statement on one table, each of which may fail by itself; `null`: it was not asked. */
export type Answer<T> = T | DatabaseError | null;

export interface Answers {
  readonly facts: Row | DatabaseError;
  readonly plan: Answer<WalkPlan>;
  /** The planner's estimate of the expired rows. */
  readonly expired: Answer<number>;
  /** The refusal of a run's first look for expired rows, by a server that limits how many rows a SELECT may read. */
  readonly refusal: DatabaseError | null;
}

function limitsSelects(facts: Answers['facts']): boolean {
  if (facts instanceof DatabaseError) return false;
  return facts.limitsSelects === 1 || facts.limitsSelects === true;
}

const factsOf = (table: TableId, { api, engine }: Examination) =>
  attempt(async () => onlyRow((await api.send(engine.facts(table))).rows));

/** Asks about a table that a run would purge. */
export async function ask(table: TableId, examination: Examination): Promise<Answers> {
  const { api, engine, cutoff } = examination;
  const { dialect } = engine;
  const explain = () => dialect.explainExpired(table, cutoff);
  const explainWalk = () => {
    const made = explain();
    return { ...made, sql: `${made.sql} ORDER BY expire_date LIMIT ${WALKED_ROWS}` };
  };
  const facts = await factsOf(table, examination);
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

/**
 * Asks about a table that a run leaves alone. Only catalogs are asked: a statement that names the table, even one that is
 * only planned, could run code of the table's owner with the purge's rights.
 */
export async function askCatalogs(table: TableId, examination: Examination): Promise<Answers> {
  return { facts: await factsOf(table, examination), refusal: null, plan: null, expired: null };
}
