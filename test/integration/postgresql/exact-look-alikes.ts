import type { Statement } from '../../../lambda/data-api/statement';
import type { TestDatabase } from '../../support/postgres';

/**
 * Makes a schema with an exact look-alike of everything in pg_catalog that a statement can name: operators, functions,
 * types and relations. A statement in whose search path the schema comes before pg_catalog takes from it whatever it names
 * without a schema. Each look-alike fails with the word "planted" as soon as it is used.
 *
 * Only a superuser can make a function of an internal type. Where the catalog's takes any type, the look-alike takes text
 * or one type.
 */
export const plantExactLookAlikes = (schema: string) => `
CREATE SCHEMA ${schema};
GRANT USAGE ON SCHEMA ${schema} TO PUBLIC;
CREATE FUNCTION ${schema}.planted(what text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted %', what; END $$;
CREATE PROCEDURE ${schema}.plant(sql text) LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE sql;
EXCEPTION WHEN feature_not_supported OR invalid_function_definition OR invalid_table_definition OR syntax_error THEN
END $$;
DO $plant$
DECLARE
  it record;
BEGIN
  FOR it IN SELECT o.oprname AS name, o.oprresult::regtype AS result, CAST(nullif(o.oprleft, 0)::regtype AS text) AS l, o.oprright::regtype AS r
    FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace
  LOOP
    CALL ${schema}.plant(format($$
      CREATE FUNCTION ${schema}.%I (%s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM ${schema}.planted(%L); END $f$ ;
      CREATE OPERATOR ${schema}.%s (%s RIGHTARG = %s, FUNCTION = ${schema}.%1$I)$$,
      'operator ' || it.name, concat_ws(', ', it.l, it.r), it.result, concat_ws(' ', it.l, it.name, it.r),
      it.name, 'LEFTARG = ' || it.l || ',', it.r));
  END LOOP;
  FOR it IN SELECT p.proname AS name, p.oid::regprocedure AS what, pg_get_function_result(p.oid) AS result,
      replace(replace(pg_get_function_identity_arguments(p.oid), 'VARIADIC "any"', 'VARIADIC text[]'), '"any"', 'anyelement') AS args
    FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
  LOOP
    CALL ${schema}.plant(format($$CREATE FUNCTION ${schema}.%I (%s) RETURNS %s LANGUAGE plpgsql AS $f$ BEGIN PERFORM ${schema}.planted(%L); END $f$ $$,
      it.name, it.args, it.result, it.what));
  END LOOP;
  FOR it IN SELECT typname AS name FROM pg_type
    WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r') AND typname !~ '^_'
  LOOP
    CALL ${schema}.plant(format('CREATE DOMAIN ${schema}.%I AS pg_catalog.%1$I CHECK (${schema}.planted(%1$L))', it.name));
  END LOOP;
  FOR it IN SELECT relname AS name FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
    CALL ${schema}.plant(format('CREATE VIEW ${schema}.%I AS SELECT * FROM pg_catalog.%1$I WHERE ${schema}.planted(%1$L)', it.name));
  END LOOP;
END $plant$;
GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO PUBLIC;`;

/**
 * What a statement takes from a schema that comes before pg_catalog in the search path: objects as PostgreSQL describes
 * them, or its error. The server notes for the body of a function what each name in it stands for, whether it is ever run
 * or not.
 */
export async function takenFrom(
  schema: string,
  { sql, parameters }: Statement,
  { admin }: Pick<TestDatabase, 'admin'>,
): Promise<string[]> {
  const names = Object.keys(parameters);
  const types = Object.values(parameters).map((it) =>
    typeof it === 'number' ? 'bigint' : 'varchar',
  );
  const body = sql
    .replace(/^EXPLAIN \(.*?\) /, '')
    .replaceAll(/:(\w+)/g, (_, name) => `$${names.indexOf(name) + 1}`);
  const client = await admin.connect();
  try {
    await client.query(`BEGIN; SET LOCAL search_path = ${schema}, public, pg_catalog`);
    await client.query(
      `CREATE FUNCTION ${schema}."the statement"(${types}) RETURNS void LANGUAGE sql BEGIN ATOMIC ${body}; END`,
    );
    await client.query('SET LOCAL search_path = pg_catalog');
    const { rows } = await client.query(`
      SELECT DISTINCT pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) AS taken FROM pg_depend d
      WHERE d.objid = (SELECT oid FROM pg_proc WHERE proname = 'the statement') AND d.refclassid <> 'pg_namespace'::regclass`);
    return rows.map(({ taken }) => String(taken)).filter((taken) => taken.includes(`${schema}.`));
  } catch (error) {
    return [String(error)];
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
