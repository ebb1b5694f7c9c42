import { OF_THE_SERVER } from '../../../contract/report';
import { ROLE_SETTINGS } from '../../../contract/user-sql/postgresql';
import { flag, optionalText, type Row, text } from '../../data-api/rows';
import type { ServerCheckup, ServerRefusal, ServerSettings } from '../checkup-engine';
import type { Trouble } from '../trouble';
import { catalogOperators, quoted } from './sql';

const READ_ONLY = 'default_transaction_read_only';

/** Where the setting that makes all transactions read-only comes from, in the words of pg_settings; null: nothing does. */
export const READ_ONLY_BY = `CASE WHEN pg_catalog.current_setting('transaction_read_only') = 'on' AND NOT pg_catalog.pg_is_in_recovery()
    THEN (SELECT source FROM pg_catalog.pg_settings WHERE name = '${READ_ONLY}') END`;

const SETTINGS = catalogOperators(`
SELECT s.name, s.setting, CAST(me.rolname AS pg_catalog.text) AS "user",
  CAST(pg_catalog.current_database() AS pg_catalog.text) AS database, ${READ_ONLY_BY} AS "readOnlyBy",
  me.rolsuper OR me.rolcreaterole OR me.rolcreatedb OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = me.oid)
    OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = me.oid) AS "doesMore"
FROM (
  SELECT name, setting FROM pg_catalog.pg_settings
  WHERE name = ANY ('{${Object.keys(ROLE_SETTINGS).join(',')}}')
  UNION ALL SELECT 'in_recovery', CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'on' ELSE 'off' END
) AS s
JOIN pg_catalog.pg_roles me ON me.rolname = current_user`);

const READ_ONLY_TRANSACTION = '25006';

function resetReadOnly(by: string, user: string, database: string): string {
  const reset = `RESET ${READ_ONLY}`;
  if (by === 'user') return `ALTER ROLE ${quoted(user)} ${reset}`;
  if (by === 'database user')
    return `ALTER ROLE ${quoted(user)} IN DATABASE ${quoted(database)} ${reset}`;
  if (by === 'database') return `ALTER DATABASE ${quoted(database)} ${reset}`;
  if (by === 'global') return `ALTER ROLE ALL ${reset}`;
  return `set ${READ_ONLY} to off in the parameter group of the cluster`;
}

/** The dialect's `refusal`. A standby is none: it may be about to become the writer. */
export function refusal(row: Row): Trouble | null {
  const by = optionalText(row, 'readOnlyBy');
  if (by === null) return null;
  const user = text(row, 'user');
  return {
    problem: `no transaction of user "${user}" may write, since ${READ_ONLY} is on`,
    remedy: resetReadOnly(by, user, text(row, 'database')),
  };
}

function read(rows: readonly Row[]): ServerSettings {
  const [first = {}] = rows;
  return {
    values: new Map(rows.map((row) => [text(row, 'name'), text(row, 'setting')])),
    role: { quoted: quoted(text(first, 'user')), doesMore: flag(first, 'doesMore') },
    refusal: refusal(first),
  };
}

function refusals({ values, refusal }: ServerSettings): ServerRefusal[] {
  const error = READ_ONLY_TRANSACTION;
  // On a standby each transaction is read-only, too.
  if (values.get('in_recovery') === 'on')
    return [{ problem: 'the server is a standby, which only reads', error }];
  return refusal === null ? [] : [{ ...refusal, error }];
}

/** What a check-up asks of the server. */
export const server: ServerCheckup = {
  requirements: OF_THE_SERVER,
  settings: { sql: SETTINGS, parameters: {}, mode: 'read' },
  read,
  refusals,
};
