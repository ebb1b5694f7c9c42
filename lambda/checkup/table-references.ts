import type { Finding } from '../../contract/report';
import { remedyFor } from '../data-api/read-failure';
import { flag, type Row, text } from '../data-api/rows';
import { seeAlso } from '../database/guarded-rows';
import { publicationTrouble } from '../database/publications';
import { failing, ofTable, ok, unknown, warning } from './findings';
import type { Examined } from './table-rights';

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Whether a foreign key of another table may keep sessions from being deleted, or deletes or changes its rows with them. The
 * user may not ask that table whether any of its rows does refer to a session.
 */
export function foreignKeysFinding({ engine, table, name }: Examined, facts: Row): Finding {
  const requirement = ofTable('foreign keys', name);
  const blocking = text(facts, 'blockingKeys');
  if (blocking !== '') {
    return warning(
      requirement,
      `${blocking} keeps each session that a row of its table refers to`,
      `${remedyFor(FOREIGN_KEY_VIOLATION)}; ${seeAlso('foreign keys', engine.dialect, table)}`,
    );
  }
  const following = text(facts, 'followingKeys');
  if (following !== '') {
    return warning(
      requirement,
      `${following} deletes or changes rows of its table with each session`,
      'make sure that this is wanted, and that its column has an index',
    );
  }
  if (engine.hidden !== null && !flag(facts, 'seesForeignKeys')) {
    return unknown(
      requirement,
      'the user is shown only the tables that it has a right to',
      `as somebody with more rights: ${engine.hidden.foreignKeys(table)}`,
    );
  }
  return ok(requirement, 'no other table refers to it');
}

/** Whether a trigger runs with each delete. */
export function triggersFinding({ engine, table, name }: Examined, facts: Row): Finding {
  const requirement = ofTable('triggers', name);
  const triggers = text(facts, 'triggers');
  if (triggers !== '') {
    return warning(
      requirement,
      `${triggers} runs with each delete`,
      `make sure that it is quick, and never refuses an expired session; ${seeAlso('triggers', engine.dialect, table)}`,
    );
  }
  if (engine.hidden !== null && !flag(facts, 'seesTriggers')) {
    return unknown(
      requirement,
      'the user is not shown the triggers of the table',
      `as somebody with more rights: ${engine.dialect.showTriggers(table)}`,
    );
  }
  return ok(requirement, 'none runs on a delete');
}

/** PostgreSQL: whether a publication keeps rows from being deleted, since it could not tell its subscribers which. */
export function publicationsFinding({ name }: Examined, facts: Row): Finding {
  const requirement = ofTable('publications', name);
  const trouble = publicationTrouble(facts);
  return trouble === null
    ? ok(requirement, 'none keeps rows from being deleted')
    : failing(requirement, trouble.problem, trouble.remedy);
}
