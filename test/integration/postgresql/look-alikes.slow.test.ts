import { checkUp } from '../../support/checkup';
import { deployChecked } from '../../support/deployed-check';
import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { plantExactLookAlikes } from './exact-look-alikes';

/** Types of the catalogs' columns, of literals and of what the statements cast to. */
const TYPES = '"char" name text varchar int2 int4 int8 oid regclass regtype timestamptz json tid';

const OPERATORS = '= <> < > <= >= ~~ !~~ & || -> ->> + -';

const FUNCTIONS =
  'regexp_replace left string_agg array_agg pg_get_userbyid has_schema_privilege has_column_privilege has_table_privilege has_any_column_privilege row_security_active current_setting set_config format quote_ident lower unnest json_agg to_regclass pg_table_is_visible json_to_recordset pg_has_role pg_get_expr bool_or count min max sum concat_ws json_build_array format_type clock_timestamp current_database pg_relation_size pg_total_relation_size pg_stat_get_dead_tuples age greatest now timezone';

/**
 * Plants in a schema, as an application's user may in public up to PostgreSQL 14, every operator and function that a call
 * of the catalog's own could resolve to for want of an exact match. Each fails with its own name.
 */
const plantIn = (schema: string) => `
DO $plant$
DECLARE
  a text; b text; it text;
  types text[] := string_to_array('${TYPES}', ' ');
BEGIN
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog', true);
  FOREACH it IN ARRAY string_to_array('${FUNCTIONS}', ' ') LOOP
    FOREACH a IN ARRAY types LOOP
      IF NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = it
        AND proargtypes = ARRAY[a::regtype]::oidvector) THEN
        EXECUTE format('CREATE FUNCTION ${schema}.%I (%s) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RAISE ''planted %s(%s)''; END $f$', it, a, it, replace(a, '"', ''));
      END IF;
      FOREACH b IN ARRAY types LOOP
        IF NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = it
          AND proargtypes = ARRAY[a::regtype, b::regtype]::oidvector) THEN
          EXECUTE format('CREATE FUNCTION ${schema}.%I (%s, %s) RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RAISE ''planted %s(%s, %s)''; END $f$', it, a, b, it, replace(a, '"', ''), replace(b, '"', ''));
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  FOREACH it IN ARRAY string_to_array('${OPERATORS}', ' ') LOOP
    FOREACH a IN ARRAY types LOOP
      FOREACH b IN ARRAY types LOOP
        IF NOT EXISTS (SELECT FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprname = it
          AND oprleft = a::regtype AND oprright = b::regtype) THEN
          EXECUTE format('CREATE FUNCTION ${schema}.%I (%s, %s) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RAISE ''planted %s %s %s''; END $f$',
            'planted ' || it, a, b, replace(a, '"', ''), it, replace(b, '"', ''));
          EXECUTE format('CREATE OPERATOR ${schema}.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = ${schema}.%I)', it, a, b, 'planted ' || it);
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
END $plant$`;

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  it.each([
    ['public', '"$user", public'],
    ['evil', 'evil, public'],
    ['evil', 'pg_catalog, evil, public'],
  ])(
    'calls nothing of the schema %s that looks like the catalog’s own, with the search path %s',
    async (schema, path) => {
      await bed.seed({ expired: 3000, live: 10 });
      await bed.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      await bed.query(plantIn(schema));
      await bed.query(`GRANT USAGE ON SCHEMA ${schema} TO PUBLIC`);
      await bed.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO PUBLIC`);
      await bed.query(`ALTER ROLE purger IN DATABASE ${bed.database} SET search_path = ${path}`);

      const dryRun = await bed.purge({}, { dryRun: true });
      const checkup = await bed.purge({}, { check: true });
      const pattern = await bed.purge(
        { SESSION_PURGE_TABLES: '*.django_session' },
        { dryRun: true },
      );
      const purge = await bed.purge();

      for (const { error } of [dryRun, pattern, purge]) expect(error).toBeUndefined();
      expect(checkup.report).toMatchObject({ verdict: 'ok' });
      expect(purge.report).toMatchObject({ stopReason: 'drained', rowsDeleted: 3000 });
    },
  );

  it.each(['evil, public, pg_catalog', 'public, evil, pg_catalog'])(
    'refuses the search path %s, and runs nothing of what comes before the catalog’s own',
    async (path) => {
      await bed.seed({ expired: 30, live: 10 });
      await bed.query(plantExactLookAlikes('evil'));
      await bed.query(`ALTER ROLE purger IN DATABASE ${bed.database} SET search_path = ${path}`);

      const purge = await bed.purge();
      const dryRun = await bed.purge({}, { dryRun: true });
      const { finding, report } = await checkUp(bed);
      const deployment = await deployChecked(bed, {});
      const sent = bed.dataApi.calls.map(({ input }) => String(input.sql));

      const message = purge.error?.errorMessage ?? '';
      expect(message).toMatch(
        /^the search path of user "purger" has other schemas before pg_catalog \(.*evil/,
      );
      expect(await bed.left()).toEqual({ live: 10, expired: 30 });
      expect(dryRun.error?.errorMessage).toBe(message);
      expect(report.verdict).toBe('failing');
      const [detail, fix] = message.split('; nothing was deleted; ');
      expect(finding('table')).toMatchObject({ state: 'failing', detail, fix });
      expect(deployment.Reason).toContain(`${detail}; ${fix}`);
      expect(JSON.stringify([report, deployment])).not.toContain('planted');
      expect(sent.filter((sql) => /DELETE FROM|:cutoff/.test(sql))).toEqual([]);

      await bed.query(message.slice(message.indexOf('ALTER ROLE')));
      // A connection that is open keeps the path with which it began.
      const { report: mended } = await bed.purge(bed.environmentOf(await bed.serve()));
      expect(mended).toMatchObject({ stopReason: 'drained', rowsDeleted: 30 });
    },
  );
});
