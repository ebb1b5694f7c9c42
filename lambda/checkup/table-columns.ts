import type { Finding } from '../../contract/report';
import { flag, type Row, text } from '../data-api/rows';
import { ofTable, ok, unknown } from './findings';
import type { Examined } from './table-rights';

/** The columns and the key of a table in which nothing is known to be wrong, by its row of `inspect`. */
export function columnsFinding({ name }: Examined, row: Row): Finding {
  const requirement = ofTable('columns', name);
  if (row.hidesColumns !== undefined && flag(row, 'hidesColumns'))
    return unknown(requirement, 'the user is not shown all of them as long as it lacks rights');
  const key = 'session_key is the primary key';
  return ok(requirement, `${key}, expire_date is ${text(row, 'expireDateType')}`);
}
