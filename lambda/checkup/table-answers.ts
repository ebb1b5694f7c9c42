import { SETTINGS } from '../../contract/settings';
import type { DataApi } from '../data-api/data-api';
import { count, type Row } from '../data-api/rows';
import { type AnswersOn, askTogether, type Question } from '../database/ask-together';
import type { CheckupEngine, WalkPlan } from '../database/checkup-engine';
import type { TableId } from '../database/dialect';
import { rowsOf } from '../database/table-lock';
import { DatabaseError, UnexpectedAnswer } from '../errors';
import { attempt } from './attempt';

/** What the examination of the tables needs. */
export interface Examination {
  readonly api: Pick<DataApi, 'send'>;
  readonly engine: CheckupEngine;
  /** Sessions that expired before it count as expired. */
  readonly cutoff: Date;
}

/** The planner is asked about the first rows of the index walk, as many as one batch takes by default. */
const WALKED_ROWS = SETTINGS.maxBatchSize.fallback;

/** So many rows of facts stay below the service's limit of 1 MiB, even if each has long lists. */
const FACTS_AT_ONCE = 100;

/** The plans of so many tables stay below the service's limit of 64 KB: PostgreSQL answers with one row. */
const PLANS_AT_ONCE = 25;

/** An answer to a statement on one table, each of which may fail by itself; `null`: it was not asked. */
export type Answer<T> = T | DatabaseError | null;

/** What was answered about one table. */
export interface Answers {
  readonly facts: Answer<Row>;
  readonly plan: Answer<WalkPlan>;
  /** The planner's estimate of the expired rows. */
  readonly expired: Answer<number>;
  /**
   * The refusal of a run's first look for expired rows, by a server that limits how many rows a SELECT may read. One without
   * such a limit refuses none.
   */
  readonly look: Answer<Refusable>;
  /** Whether the user may delete, where no right is known to be missing. */
  readonly rights: Answer<Refusable>;
}

/** What the database may refuse. */
export interface Refusable {
  /** `null`: it does not. */
  readonly refusal: DatabaseError | null;
}

const NOT_REFUSED: Refusable = { refusal: null };

/** What the facts about a table have on one engine alone: the catalogs leave it to a statement on the table. */
type Mark = 'limitsSelects' | 'mayLackDelete';

function isMarked(facts: Row | DatabaseError | undefined, mark: Mark): boolean {
  if (facts === undefined || facts instanceof DatabaseError) return false;
  return facts[mark] === 1 || facts[mark] === true;
}

const noFacts = () => new UnexpectedAnswer('the facts about a table are missing');

/** The rows in the order of the tables, each of which has one. */
function inOrder(rows: readonly Row[], tables: readonly TableId[]): Row[] {
  const byPlace = new Map(rows.map((row) => [count(row, 'at'), row]));
  return tables.map((_, at) => {
    const row = byPlace.get(at);
    if (row === undefined) throw noFacts();
    return row;
  });
}

async function refusalsOf(tables: readonly TableId[], { api, engine, cutoff }: Examination) {
  const refusals = new Map<TableId, DatabaseError>();
  for (const table of tables) {
    const looked = await attempt(() => api.send(engine.dialect.oldestExpired(table, cutoff)));
    if (looked instanceof DatabaseError) refusals.set(table, looked);
  }
  return refusals;
}

/** Of the tables for which the catalogs do not tell, those of which the answer is not that the user may delete. */
export async function denialsOf(
  tables: readonly TableId[],
  facts: AnswersOn<Row>,
  { api, engine: { planDelete } }: Pick<Examination, 'api' | 'engine'>,
): Promise<ReadonlyMap<TableId, DatabaseError>> {
  const denials = new Map<TableId, DatabaseError>();
  if (planDelete === null) return denials;
  for (const table of tables.filter((it) => isMarked(facts.get(it), 'mayLackDelete'))) {
    const planned = await attempt(() => rowsOf(api, planDelete(table)));
    if (planned instanceof DatabaseError) denials.set(table, planned);
  }
  return denials;
}

/** Asks about tables in few statements, apart where that fails. */
function askOf<T>(
  tables: readonly TableId[],
  { api, engine: { dialect } }: Pick<Examination, 'api' | 'engine'>,
  question: Pick<Question<T>, 'statement' | 'read' | 'atOnce'>,
): Promise<AnswersOn<T>> {
  return askTogether(tables, { ...question, api, dialect, isOfSome: () => true });
}

/** Asks the catalogs for the facts about each table. */
export function askFacts(
  tables: readonly TableId[],
  { api, engine }: Pick<Examination, 'api' | 'engine'>,
): Promise<AnswersOn<Row>> {
  return askOf(
    tables,
    { api, engine },
    { statement: engine.facts, read: inOrder, atOnce: FACTS_AT_ONCE },
  );
}

/**
 * Asks about the tables in few statements. Of a table that is not `purged` only catalogs are asked: a statement that names
 * it, even one that is only planned, could run code of its owner with the purge's rights.
 */
export async function ask(
  tables: readonly TableId[],
  purged: readonly TableId[],
  examination: Examination,
): Promise<(table: TableId) => Answers> {
  const { engine, cutoff } = examination;
  const facts = await askFacts(tables, examination);
  const limited = purged.filter((table) => isMarked(facts.get(table), 'limitsSelects'));
  const refusals = await refusalsOf(limited, examination);
  const denials = await denialsOf(purged, facts, examination);
  const plans = await askOf(purged, examination, {
    statement: (some) => engine.explain(some, cutoff, WALKED_ROWS),
    read: (rows, some) => engine.readPlans(rows, some.length),
    atOnce: PLANS_AT_ONCE,
  });
  const estimates = await askOf(purged, examination, {
    statement: (some) => engine.explain(some, cutoff, null),
    read: (rows, some) => engine.readEstimates(rows, some.length),
    atOnce: PLANS_AT_ONCE,
  });
  const arePurged = new Set(purged);
  const answered = (table: TableId, mark: Mark, refused: ReadonlyMap<TableId, DatabaseError>) => {
    const known = facts.get(table) ?? null;
    if (known === null || known instanceof DatabaseError) return known;
    if (!isMarked(known, mark)) return NOT_REFUSED;
    return arePurged.has(table) ? { refusal: refused.get(table) ?? null } : null;
  };
  return (table) => ({
    facts: facts.get(table) ?? null,
    plan: plans.get(table) ?? null,
    expired: estimates.get(table) ?? null,
    look: answered(table, 'limitsSelects', refusals),
    rights: engine.planDelete === null ? NOT_REFUSED : answered(table, 'mayLackDelete', denials),
  });
}
