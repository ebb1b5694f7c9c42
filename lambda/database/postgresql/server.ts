import { OF_THE_SERVER } from '../../../contract/report';
import { ROLE_SETTINGS } from '../../../contract/user-sql/postgresql';
import { flag, type Row, text } from '../../data-api/rows';
import type { ServerCheckup, ServerRefusal, ServerSettings } from '../checkup-engine';
import { catalogOperators, quoted } from './sql';

const SETTINGS = catalogOperators(`
SELECT s.name, s.setting, CAST(me.rolname AS pg_catalog.text) AS "user",
  me.rolsuper OR me.rolcreaterole OR me.rolcreatedb OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = me.oid)
    OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = me.oid) AS "doesMore"
FROM (
  SELECT name, setting FROM pg_catalog.pg_settings
  WHERE name = ANY ('{${['transaction_read_only', ...Object.keys(ROLE_SETTINGS)].join(',')}}')
  UNION ALL SELECT 'in_recovery', CASE WHEN pg_catalog.pg_is_in_recovery() THEN 'on' ELSE 'off' END
) AS s
JOIN pg_catalog.pg_roles me ON me.rolname = current_user`);

const READ_ONLY_TRANSACTION = '25006';

function read(rows: readonly Row[]): ServerSettings {
  const [first = {}] = rows;
  return {
    values: new Map(rows.map((row) => [text(row, 'name'), text(row, 'setting')])),
    role: { quoted: quoted(text(first, 'user')), doesMore: flag(first, 'doesMore') },
  };
}

function refusals({ values }: ServerSettings): ServerRefusal[] {
  const error = READ_ONLY_TRANSACTION;
  // On a standby each transaction is read-only, too.
  if (values.get('in_recovery') === 'on')
    return [{ problem: 'the server is a standby, which only reads', error }];
  return values.get('transaction_read_only') === 'on'
    ? [{ problem: 'default_transaction_read_only is on', error }]
    : [];
}

/** What a check-up asks of the server. */
export const server: ServerCheckup = {
  requirements: OF_THE_SERVER,
  settings: { sql: SETTINGS, parameters: {}, mode: 'read' },
  read,
  refusals,
};
