import { escapeIdentifier } from 'pg';
import { POSTGRESQL } from '../../support/engines';
import { describeHostileNames } from '../hostile-names.suite';

POSTGRESQL.describe(() =>
  describeHostileNames(POSTGRESQL, {
    account: escapeIdentifier,
    createUser: (account, password) => [`CREATE ROLE ${account} LOGIN PASSWORD '${password}'`],
    dropUser: (account) => [`DROP OWNED BY ${account}`, `DROP ROLE ${account}`],
    untaken: [],
    obstacles: (quoted, account) => [
      `REVOKE DELETE ON ${quoted} FROM ${account}`,
      `ALTER TABLE ${quoted} ENABLE ROW LEVEL SECURITY`,
      `CREATE RULE "a, b" AS ON DELETE TO ${quoted} DO INSTEAD NOTHING`,
      `CREATE RULE "c""; d" AS ON DELETE TO ${quoted} DO ALSO SELECT 1`,
    ],
    warnings: (quoted, account) => [
      `DO $do$ BEGIN EXECUTE (SELECT 'DROP INDEX ' || CAST(i.indexrelid AS regclass) FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'expire_date' AND a.attnum = i.indkey[0]
        WHERE i.indrelid = CAST('${quoted.replaceAll("'", "''")}' AS regclass)); END $do$`,
      `ALTER TABLE ${quoted} ALTER COLUMN expire_date DROP NOT NULL`,
      `ALTER TABLE ${quoted} SET (autovacuum_enabled = off)`,
      `GRANT SELECT (session_data), UPDATE (session_key), INSERT ON ${quoted} TO ${account}`,
    ],
    paste: (sql) => [
      sql
        .replace(/^as .*? \("postgres"\): (.*if that shows 0: )?/s, '')
        .replace(/; if it shows more.*/s, ''),
    ],
  }),
);
