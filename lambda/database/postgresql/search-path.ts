import { optionalText, type Row, text } from '../../data-api/rows';
import { listIn } from '../inspection';
import type { Trouble } from '../trouble';
import { quoted } from './sql';

const CATALOG = 'pg_catalog';

/**
 * The dialect's `danger`. A function or an operator of a schema before the catalog stands in for the catalog's own, and runs
 * with the purge's rights: not in the purge's statements, which name the catalog, but in the function of a trigger, which may
 * not. The catalog comes first unless the search path names it. The schema of temporary tables may come before it, but nobody
 * looks there for functions.
 */
export function danger(row: Row): Trouble | null {
  const path = listIn(row, 'searchPath', 'names', String).filter((name) => !/^pg_temp_/.test(name));
  const before = path.slice(0, path.indexOf(CATALOG));
  if (before.length === 0) return null;
  const user = text(row, 'user');
  const database = optionalText(row, 'database') ?? '';
  const others = path.filter((name) => name !== CATALOG).map(quoted);
  return {
    problem: `the search path of user "${user}" has other schemas before pg_catalog (${before.join(', ')}), whose functions and operators could run with the purge's rights`,
    remedy: `ALTER ROLE ${quoted(user)} IN DATABASE ${quoted(database)} SET search_path = ${others.join(', ')}`,
  };
}
