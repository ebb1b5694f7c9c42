import type { Statement } from '../../../../lambda/data-api/statement';
import { indexWalk } from '../../../../lambda/database/mysql/index-walk';
import type { Batch } from '../../../../lambda/purge/port';
import { firstOf, hold } from '../../../support/conversation';

export const CUTOFF = new Date('2026-11-22T02:17:00.123Z');
export const LOCAL_CUTOFF = '2026-11-22 02:17:00.123';
export const SHOP = { schema: 'shop', table: 'django_session' };

/** Names that a catalog may hold although no setting can. Each would end its quotes or the statement. */
export const HOSTILE = { schema: 'a`b', table: 'c`; DROP TABLE users; -- ' };
export const HOSTILE_QUOTED = '`a``b`.`c``; DROP TABLE users; -- `';

export const AT = '2026-11-21 00:00:01.500001';
export const LAST = '2026-11-21 00:00:07.123456';

/** On one line, so that a line break is no part of a promise. */
export const flat = (sql: string) => sql.replaceAll(/\s+/g, ' ');

export interface Given {
  readonly at?: string;
  readonly table?: typeof SHOP;
  readonly timeZone?: string;
  readonly cutoff?: Date;
  /** Where the batch is found to begin and to end. */
  readonly first?: string;
  readonly last?: string;
}

export const batchOf = ({ at = AT, cutoff = CUTOFF }: Given = {}): Batch => ({
  cutoff,
  from: { walk: 'index', at },
  limit: 1500,
});

const batch = (given: Given, skip?: number) => {
  const { timeZone = 'UTC', table = SHOP } = given;
  const whole = batchOf(given);
  return indexWalk(timeZone).batch(table, skip === undefined ? whole : { ...whole, skip });
};

/** The statement that reads what is ahead. */
export const findEnds = (given: Given = {}): Statement => firstOf(batch(given));

/** The statement that looks for a part of a batch. */
export const find = (given: Given = {}): Statement => firstOf(batch(given, 0));

/** The answer of a look that found 42 rows. */
const found = ({ at = AT, first = at, last = LAST }: Given) => [
  { found: 42, first, last, earlier: 0 },
];

/** The statement that deletes it once 42 rows were found. */
export function deleteFound(given: Given = {}): Statement {
  const [, statement] = hold(batch(given, 0), [found(given)]).statements;
  if (statement === undefined) throw new Error('the batch has one statement');
  return statement;
}

/** The statements that pass 42 rows. */
export const passFound = (given: Given = {}): readonly Statement[] =>
  hold(indexWalk(given.timeZone ?? 'UTC').passOver(given.table ?? SHOP, batchOf(given)), [
    found(given),
  ]).statements;
