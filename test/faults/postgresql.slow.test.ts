import { POSTGRESQL } from '../support/engines';
import { FAST_CLOCK } from '../support/fast-clock';
import { purgeBed } from '../support/purge-bed';
import { describeProvoked } from './provoked.suite';

/** A trigger for each row that a delete takes. */
const trigger = (body: string) => [
  `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN OLD; END $$`,
  'CREATE TRIGGER guard BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION guard()',
];

/** A table that a trigger writes to. */
const audit = (columns: string) => [
  `CREATE TABLE audit (${columns})`,
  'GRANT SELECT, INSERT ON audit TO purger',
];

const FAILS =
  'a trigger, a policy or a rule of the table, or a function that it calls, fails: correct it or drop it';
const KEEPS = 'a constraint or a trigger refuses these rows: change or drop it';
const OTHER_RIGHT = 'where the message names something else, a trigger needs a right to that';
const PUBLICATION =
  "a publication's WHERE or column list does not fit the table's replica identity: change it, as pg_publication_tables shows it, or the REPLICA IDENTITY";

describeProvoked(POSTGRESQL, [
  {
    what: 'a publication of deletes without a replica identity',
    statements: () => [
      'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
      'CREATE PUBLICATION everything FOR ALL TABLES',
    ],
    says: /does not have a replica identity and publishes deletes; .*SQLState: 55000/,
    remedy:
      'a publication sends the deletes of the table that the message names, which has no replica identity: its owner gives it one, by default the primary key, or the deletes are left out of the publication',
  },
  {
    what: 'a publication whose WHERE does not fit',
    statements: () => [
      "CREATE PUBLICATION recent FOR TABLE django_session WHERE (expire_date > '2026-01-01')",
    ],
    says: /cannot delete from table "django_session"; SQLState: 42P10/,
    remedy: PUBLICATION,
  },
  {
    what: 'a publication whose column list does not fit',
    statements: () => ['CREATE PUBLICATION dates FOR TABLE django_session (expire_date)'],
    says: /cannot delete from table "django_session"; SQLState: 42P10/,
    remedy: PUBLICATION,
  },
  {
    what: 'a rule on a table that a trigger deletes from',
    statements: () => [
      ...audit('what text'),
      'CREATE RULE keep AS ON DELETE TO audit DO INSTEAD NOTHING',
      ...trigger(
        'PERFORM FROM (WITH gone AS (DELETE FROM audit RETURNING 1) TABLE gone) AS all_gone;',
      ),
    ],
    says: /SQLState: 0A000/,
    remedy:
      'a rule, a policy or a trigger of the table does not work with this DELETE: look at pg_rules, pg_policies and pg_trigger',
  },
  {
    what: 'row-level security of a table that a trigger reads, for a user who does not want it',
    statements: ({ database }) => [
      ...audit('what text'),
      'ALTER TABLE audit ENABLE ROW LEVEL SECURITY',
      `ALTER ROLE purger IN DATABASE ${database} SET row_security = off`,
      ...trigger('PERFORM FROM audit;'),
    ],
    says: /would be affected by row-level security policy for table "audit"; SQLState: 42501/,
    remedy:
      "the user's row_security is off and a policy hides rows: ALTER ROLE ... RESET row_security, and give the user BYPASSRLS or a policy that shows every row",
  },
  {
    what: "a policy against a trigger's row",
    statements: () => [
      ...audit('what text'),
      'ALTER TABLE audit ENABLE ROW LEVEL SECURITY',
      ...trigger("INSERT INTO audit VALUES ('gone');"),
    ],
    says: /new row violates row-level security policy for table "audit"; SQLState: 42501/,
    remedy: FAILS,
  },
  {
    what: "a trigger's right to another table",
    statements: () => ['CREATE TABLE log ()', ...trigger('INSERT INTO log DEFAULT VALUES;')],
    says: /permission denied for table log; SQLState: 42501/,
    remedy: OTHER_RIGHT,
  },
  {
    what: "a trigger's right to another schema",
    statements: () => ['CREATE SCHEMA hidden', ...trigger('PERFORM FROM hidden.log;')],
    says: /permission denied for schema hidden; SQLState: 42501/,
    remedy: "GRANT USAGE on the schema that the message names to the purge's database user",
  },
  {
    what: 'a trigger that names a missing table',
    statements: () => trigger('PERFORM FROM nowhere;'),
    says: /relation "nowhere" does not exist; SQLState: 42P01/,
    remedy: 'or a trigger names one that is missing: the next run says which',
  },
  {
    what: 'a trigger that calls a missing function',
    statements: () => trigger('PERFORM archive(OLD.session_key);'),
    says: /function archive\(character varying\) does not exist; .*SQLState: 42883/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that reads a missing setting',
    statements: () => trigger("PERFORM current_setting('shop.admin');"),
    says: /unrecognized configuration parameter "shop.admin"; SQLState: 42704/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that finds too many rows',
    statements: () => trigger('PERFORM (SELECT 1 FROM generate_series(1, 2));'),
    says: /more than one row returned by a subquery .*SQLState: 21000/,
    remedy: KEEPS,
  },
  {
    what: 'a trigger that mixes up types',
    statements: () => trigger('PERFORM CASE WHEN true THEN OLD.expire_date ELSE 1 END;'),
    says: /CASE types integer and timestamp with time zone cannot be matched; SQLState: 42804/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that never ends',
    statements: () => [
      'CREATE FUNCTION deep() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN deep(); END $$',
      ...trigger('PERFORM deep();'),
    ],
    says: /stack depth limit exceeded; .*SQLState: 54001/,
    remedy: FAILS,
  },
  {
    what: 'a trigger with a syntax error in the SQL that it builds',
    statements: () => trigger("EXECUTE 'INSRT INTO log';"),
    says: /syntax error at or near "INSRT"; SQLState: 42601/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that names no key in ON CONFLICT',
    statements: () => [
      ...audit('what text'),
      ...trigger("INSERT INTO audit VALUES ('gone') ON CONFLICT (what) DO NOTHING;"),
    ],
    says: /no unique or exclusion constraint matching the ON CONFLICT .*SQLState: 42P10/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that reads a sequence too early',
    statements: () => [
      'CREATE SEQUENCE number',
      'GRANT ALL ON SEQUENCE number TO purger',
      ...trigger("PERFORM currval('number');"),
    ],
    says: /is not yet defined in this session; SQLState: 55000/,
    remedy: FAILS,
  },
  {
    what: 'a trigger without a case',
    statements: () => trigger('CASE 1 WHEN 2 THEN NULL; END CASE;'),
    says: /case not found; .*SQLState: 20000/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that commits',
    statements: () => trigger('COMMIT;'),
    says: /invalid transaction termination; SQLState: 2D000/,
    remedy: FAILS,
  },
  {
    what: 'a trigger that takes a key for a number',
    statements: () => trigger('PERFORM OLD.session_key::int;'),
    says: /invalid input syntax for type integer: "\.\.\."; SQLState: 22P02/,
    remedy: KEEPS,
  },
  {
    what: 'a trigger that takes a key for a time',
    statements: () => trigger('PERFORM OLD.session_key::date;'),
    says: /invalid input syntax for type date: "\.\.\."; SQLState: 22007/,
    remedy:
      'a value cannot be read as a time: look for a trigger or a rule that computes one; if there is none, report it',
  },
  {
    what: 'a trigger that sorts more than it may',
    statements: ({ database }) => [
      `ALTER ROLE purger IN DATABASE ${database} SET work_mem = '64kB'`,
      `ALTER ROLE purger IN DATABASE ${database} SET temp_file_limit = '1MB'`,
      ...trigger(
        'PERFORM max(n) FROM (SELECT n FROM generate_series(1, 99999) AS n ORDER BY -n) AS all_n;',
      ),
    ],
    says: /stopped after \d+ ms: .*temporary file size exceeds temp_file_limit .*SQLState: 53400/,
    remedy:
      'than the limit that the message names: look for a trigger that takes so much, or raise the limit',
  },
  {
    what: 'a trigger that raises',
    statements: () => trigger("RAISE 'session % is under audit', OLD.session_key;"),
    says: /session \.\.\. is under audit; SQLState: P0001/,
    remedy: KEEPS,
  },
  {
    what: 'a trigger against a constraint',
    statements: () => [
      ...audit('what text CONSTRAINT once UNIQUE'),
      "INSERT INTO audit VALUES ('gone')",
      ...trigger("INSERT INTO audit VALUES ('gone');"),
    ],
    says: /duplicate key value violates unique constraint "once"; SQLState: 23505/,
    remedy: `constraint "once": ${KEEPS}`,
  },
  {
    what: 'a trigger whose function is gone',
    statements: () => [...trigger(''), "DELETE FROM pg_proc WHERE proname = 'guard'"],
    says: /cache lookup failed for function \d+; SQLState: XX000; a delete of no row of public.django_session passes/,
    remedy:
      'look for who changes the table, a trigger or a function just now; if nobody does, look at the log of the server',
  },
  {
    what: 'a database that takes no connections',
    statements: () => [
      'UPDATE pg_database SET datallowconn = false WHERE datname = current_database()',
    ],
    says: /is not currently accepting connections; SQLState: 55000/,
    remedy: ' ALLOW_CONNECTIONS true',
  },
  {
    what: 'a database that the user may not connect to',
    statements: ({ database }) => [`REVOKE CONNECT ON DATABASE ${database} FROM PUBLIC`],
    says: /permission denied for database .*SQLState: 42501/,
    remedy: `to the purge's database user`,
  },
]);

describe('opening a database', () => {
  const bed = purgeBed(POSTGRESQL);

  it('that has no connection to spare costs one budget', async () => {
    await bed.query(`ALTER DATABASE ${bed.database} CONNECTION LIMIT 0`);

    const { error } = await bed.purge(FAST_CLOCK);

    expect(error?.errorMessage).toMatch(
      /^statement failed after \d\d attempts in (8|9)\d s: .*too many connections for database .*SQLState: 53300; the database has no connection left/,
    );
    expect(bed.dataApi.calls.length).toBeLessThanOrEqual(23);
  });

  it('whose first statement the server stops costs one call, and two that read the catalogs alone', async () => {
    await bed.query(`ALTER ROLE purger IN DATABASE ${bed.database} SET statement_timeout = '1ms'`);

    const { error } = await bed.purge(FAST_CLOCK);

    expect(error?.errorMessage).toMatch(/^statement failed after 2 attempts .*SQLState: 57014/);
    const [first, second, third, ...more] = bed.dataApi.calls.map(({ input }) => input.sql);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect(more).toEqual([]);
  });
});
