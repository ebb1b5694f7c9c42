import type { DataApi } from '../data-api/data-api';
import { count, flag, type Row } from '../data-api/rows';
import type { Statement } from '../data-api/statement';
import { DatabaseError } from '../errors';
import type { Dialect, TableId } from './dialect';
import { isInTheWay, isOfLock, lockError, rowsOf } from './table-lock';

/** A question about tables. */
export interface Question<T> {
  readonly api: Pick<DataApi, 'send'>;
  readonly dialect: Dialect;
  /** The statement that asks about some tables. */
  readonly statement: (tables: readonly TableId[]) => Statement<'read' | 'ask'>;
  /** Reads from its rows an answer for each of the tables, in their order. */
  readonly read: (rows: readonly Row[], tables: readonly TableId[]) => readonly T[];
  /** About how many tables one statement asks. */
  readonly atOnce: number;
  /** Whether an error may be of some of the tables alone, so that they are asked apart. All else is thrown. */
  readonly isOfSome: (error: DatabaseError) => boolean;
}

/** The answer for each table, or why there is none. */
export type AnswersOn<T> = ReadonlyMap<TableId, T | DatabaseError>;

/**
 * The service takes statements of up to 65,536 characters, of which some are kept for what `waitingShortly` adds. A character
 * in the name of a table may need five.
 */
export const MOST_CHARACTERS = 65_000;

/** Of so many tables that are locked by the catalogs, each is asked itself, since a lock may pass. */
const MOST_ASKED = 4;

/** Statements that ask for the locks on so many tables stay below the service's limit of 64 KB. */
const LOCKS_AT_ONCE = 100;

const together = <T>(answers: readonly AnswersOn<T>[]): AnswersOn<T> =>
  new Map(answers.flatMap((some) => [...some]));

/** The tables that others hold locked, by the catalogs, each with whether reads wait, too; none where no catalog tells. */
export async function lockedTables(
  tables: readonly TableId[],
  { api, dialect }: Pick<Question<unknown>, 'api' | 'dialect'>,
): Promise<ReadonlyMap<TableId, { readonly blocksReads: boolean }>> {
  const locked = new Map<TableId, { readonly blocksReads: boolean }>();
  if (dialect.locks === null) return locked;
  for (let first = 0; first < tables.length; first += LOCKS_AT_ONCE) {
    const some = tables.slice(first, first + LOCKS_AT_ONCE);
    const { rows } = await api.send(dialect.locks(some));
    for (const row of rows) {
      const table = some[count(row, 'at')];
      if (table !== undefined) locked.set(table, { blocksReads: flag(row, 'blocksReads') });
    }
  }
  return locked;
}

async function askInHalves<T>(
  tables: readonly TableId[],
  question: Question<T>,
): Promise<AnswersOn<T>> {
  const middle = Math.ceil(tables.length / 2);
  return together([
    await askAbout(tables.slice(0, middle), question),
    await askAbout(tables.slice(middle), question),
  ]);
}

/** Asks about the tables apart from those that are locked, where the catalogs tell which; otherwise in halves. */
async function askApart<T>(
  tables: readonly TableId[],
  error: DatabaseError,
  question: Question<T>,
): Promise<AnswersOn<T>> {
  if (!isInTheWay(error)) return askInHalves(tables, question);
  const locks = await lockedTables(tables, question);
  const locked = tables.filter((table) => locks.get(table)?.blocksReads);
  if (locked.length === 0) return askInHalves(tables, question);
  const free = tables.filter((table) => !locked.includes(table));
  const answers = [await askAbout(free, question)];
  const isQuick = isOfLock(error) && locked.length <= MOST_ASKED;
  for (const table of locked)
    answers.push(
      isQuick
        ? await askAbout([table], question)
        : new Map([[table, lockError(question.dialect, table, error)]]),
    );
  return together(answers);
}

async function askAbout<T>(
  tables: readonly TableId[],
  question: Question<T>,
): Promise<AnswersOn<T>> {
  const [first, ...others] = tables;
  if (first === undefined) return new Map();
  try {
    const statement = question.statement(tables);
    if (others.length > 0 && statement.sql.length > MOST_CHARACTERS)
      return await askInHalves(tables, question);
    const answers = question.read(await rowsOf(question.api, statement), tables);
    return new Map(tables.map((table, at) => [table, answers[at] as T]));
  } catch (error) {
    if (!(error instanceof DatabaseError) || !question.isOfSome(error)) throw error;
    if (others.length > 0) return askApart(tables, error, question);
    return new Map([
      [first, isInTheWay(error) ? lockError(question.dialect, first, error) : error],
    ]);
  }
}

/**
 * The answer for each table, or why there is none, asked about many tables in a statement. Where that fails, they are asked
 * apart, so that a table costs the others a few calls.
 */
export async function askTogether<T>(
  tables: readonly TableId[],
  question: Question<T>,
): Promise<AnswersOn<T>> {
  const answers: AnswersOn<T>[] = [];
  for (let first = 0; first < tables.length; first += question.atOnce)
    answers.push(await askAbout(tables.slice(first, first + question.atOnce), question));
  return together(answers);
}
