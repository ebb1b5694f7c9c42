import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeSameFacts, metWith, type Obstacle, obstaclesOf } from '../same-facts.suite';

const TRIGGER = [
  "CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'",
  'CREATE TRIGGER seen BEFORE DELETE ON django_session FOR EACH ROW EXECUTE FUNCTION seen()',
];

const TWELVE = Array.from({ length: 12 }, (_, at) => `child_${10 + at}`);

const EVERYWHERE = { SESSION_PURGE_TABLES: '*.django_session' };

/** What the catalogs tell before a statement names the table. */
const IN_THE_CATALOGS: readonly Obstacle[] = [
  {
    name: 'a search path with a schema before the catalog',
    requirement: 'table',
    statements: ({ database }) => [
      'CREATE SCHEMA early',
      'GRANT USAGE ON SCHEMA early TO purger',
      `ALTER ROLE purger IN DATABASE ${database} SET search_path = early, pg_catalog, public`,
    ],
  },
  {
    name: 'rows that a restrictive policy hides',
    requirement: 'row security',
    statements: [
      'ALTER TABLE django_session ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY every_one ON django_session USING (true)',
      "CREATE POLICY few ON django_session AS RESTRICTIVE USING (session_key <> 'expired')",
    ],
  },
  {
    name: 'a table without a primary key',
    requirement: 'columns',
    statements: ['ALTER TABLE django_session DROP CONSTRAINT django_session_pkey'],
  },
  {
    name: 'transactions that only read',
    requirement: 'writes',
    statements: ({ database }) => [
      `ALTER ROLE purger IN DATABASE ${database} SET default_transaction_read_only = on`,
    ],
  },
  {
    name: 'a missing right to the schema',
    requirement: 'rights',
    statements: ['REVOKE USAGE ON SCHEMA public FROM PUBLIC, purger'],
    env: { SESSION_PURGE_TABLES: 'public.django_session' },
  },
  {
    name: 'row-level security',
    requirement: 'row security',
    statements: ['ALTER TABLE django_session ENABLE ROW LEVEL SECURITY'],
  },
  {
    name: 'a restrictive policy',
    requirement: 'row security',
    statements: [
      'ALTER TABLE django_session ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY all_rows ON django_session USING (true)',
      'CREATE POLICY few ON django_session AS RESTRICTIVE USING (length(session_key) > 1)',
    ],
  },
  {
    name: 'row-level security on a table that a pattern finds',
    requirement: 'row security',
    statements: [
      'ALTER TABLE django_session ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY all_rows ON django_session USING (true)',
    ],
    env: EVERYWHERE,
  },
  {
    name: 'a partitioned table',
    requirement: 'table',
    statements: [
      'CREATE TABLE t (LIKE django_session, PRIMARY KEY (session_key, expire_date)) PARTITION BY RANGE (expire_date)',
      'CREATE TABLE t1 PARTITION OF t DEFAULT',
      'GRANT ALL ON t, t1 TO purger',
    ],
    env: { SESSION_PURGE_TABLES: 't' },
  },
  {
    name: 'a materialized view',
    requirement: 'table',
    statements: ['CREATE MATERIALIZED VIEW t AS TABLE django_session', 'GRANT ALL ON t TO purger'],
    env: { SESSION_PURGE_TABLES: 't' },
  },
  {
    name: 'a foreign table',
    requirement: 'table',
    statements: [
      'CREATE FOREIGN DATA WRAPPER far',
      'CREATE SERVER away FOREIGN DATA WRAPPER far',
      'CREATE FOREIGN TABLE t (session_key varchar(40), session_data text, expire_date timestamptz) SERVER away',
      'GRANT ALL ON t TO purger',
    ],
    env: { SESSION_PURGE_TABLES: 't' },
  },
  {
    name: 'another owner of a table that a pattern finds',
    requirement: 'owner',
    statements: [
      'CREATE SCHEMA s1',
      'CREATE TABLE s1.django_session (LIKE django_session INCLUDING ALL)',
      'CREATE SCHEMA s2',
      'CREATE TABLE s2.django_session (LIKE django_session INCLUDING ALL)',
      'GRANT USAGE ON SCHEMA s1, s2 TO purger',
      'GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON s1.django_session, s2.django_session TO purger',
      'ALTER TABLE s2.django_session OWNER TO pg_monitor',
    ],
    env: EVERYWHERE,
  },
  {
    name: 'two owners of as many tables that a pattern finds',
    requirement: 'owner',
    statements: [
      'CREATE SCHEMA s1',
      'CREATE TABLE s1.django_session (LIKE django_session INCLUDING ALL)',
      'GRANT USAGE ON SCHEMA s1 TO purger',
      'GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON s1.django_session TO purger',
      'ALTER TABLE s1.django_session OWNER TO pg_monitor',
    ],
    env: EVERYWHERE,
  },
  {
    name: 'row-level security that is not to be applied',
    requirement: 'row security',
    statements: ({ database }) => [
      'ALTER TABLE django_session ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY all_rows ON django_session USING (true)',
      `ALTER ROLE purger IN DATABASE ${database} SET row_security = off`,
    ],
  },
  {
    name: 'a rule',
    requirement: 'rules',
    statements: ['CREATE RULE keep AS ON DELETE TO django_session DO INSTEAD NOTHING'],
  },
  {
    name: 'a table that inherits from it',
    requirement: 'children',
    others: ['columns', 'rights'],
    statements: ['CREATE TABLE old_session () INHERITS (django_session)'],
  },
  {
    name: 'many tables that inherit from it, of which the setting does not name the last',
    requirement: 'children',
    statements: TWELVE.flatMap((child) => [
      `CREATE TABLE ${child} (PRIMARY KEY (session_key)) INHERITS (django_session)`,
      `CREATE INDEX ON ${child} (expire_date)`,
      `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${child} TO purger`,
    ]),
    env: { SESSION_PURGE_TABLES: ['django_session', ...TWELVE.slice(0, 11)].join() },
  },
  {
    name: 'a partitioned table of many partitions, of which the setting does not name the last',
    requirement: 'table',
    statements: [
      'CREATE TABLE parted (LIKE django_session, PRIMARY KEY (session_key, expire_date)) PARTITION BY LIST (expire_date)',
      'CREATE INDEX ON parted (expire_date)',
      ...TWELVE.flatMap((child, at) => [
        `CREATE TABLE ${child} PARTITION OF parted FOR VALUES IN ('2090-01-01 00:${10 + at}')`,
        `GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${child} TO purger`,
      ]),
    ],
    env: { SESSION_PURGE_TABLES: ['parted', ...TWELVE.slice(0, 11)].join() },
  },
  {
    name: 'a partitioned table that a pattern finds',
    requirement: 'table',
    statements: [
      'CREATE SCHEMA parts',
      'CREATE TABLE parts.django_session (LIKE django_session) PARTITION BY RANGE (expire_date)',
      'CREATE TABLE parts.p1 PARTITION OF parts.django_session DEFAULT',
    ],
    env: EVERYWHERE,
  },
  {
    name: 'a trigger on a table that a pattern finds',
    requirement: 'triggers',
    statements: TRIGGER,
    env: EVERYWHERE,
  },
];

/** What the database says to the run's own statement. */
const REFUSALS: readonly Obstacle[] = [
  {
    name: 'a publication of a table without a replica identity',
    requirement: 'publications',
    statements: [
      'ALTER TABLE django_session REPLICA IDENTITY NOTHING',
      'CREATE PUBLICATION everything FOR ALL TABLES',
    ],
  },
  {
    name: 'a publication of rows by a column outside of the replica identity',
    requirement: 'publications',
    statements: [
      "CREATE PUBLICATION recent FOR TABLE django_session WHERE (expire_date > '2026-01-01')",
    ],
  },
  {
    name: 'a publication without a column of the replica identity',
    requirement: 'publications',
    statements: ['CREATE PUBLICATION dates FOR TABLE django_session (expire_date)'],
  },
];

const WARNINGS: readonly Obstacle[] = [
  {
    name: 'no index on expire_date',
    requirement: 'index on expire_date',
    statements: ['DROP INDEX django_session_expire_date_a5c62663'],
  },
  {
    name: 'indexes on expire_date that cannot be walked',
    requirement: 'index on expire_date',
    statements: [
      'DROP INDEX django_session_expire_date_a5c62663',
      "CREATE INDEX partly ON django_session (expire_date) WHERE expire_date > '2030-01-01'",
      'CREATE INDEX hashed ON django_session USING hash (expire_date)',
      'CREATE INDEX mixed_up ON django_session (expire_date NULLS FIRST)',
    ],
  },
  {
    name: 'an index on expire_date that was not built to the end',
    requirement: 'index on expire_date',
    statements: [
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = CAST('django_session_expire_date_a5c62663' AS regclass)",
    ],
  },
  {
    name: 'an expire_date that may be NULL',
    requirement: 'columns',
    statements: ['ALTER TABLE django_session ALTER expire_date DROP NOT NULL'],
  },
];

POSTGRESQL.describe(() =>
  describeSameFacts(
    POSTGRESQL,
    [
      ...obstaclesOf(POSTGRESQL),
      ...IN_THE_CATALOGS,
      ...REFUSALS.map((refusal) => ({ ...refusal, isRefusal: true }) as const),
    ],
    WARNINGS,
    metWith(TRIGGER),
  ),
);

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  it('the check-up says whom a pattern trusts, and sends nothing that names a table of others', async () => {
    const role = `stranger_${bed.database}`;
    await bed.query(`CREATE ROLE ${role}`);
    for (const suffix of ['mine', 'theirs']) {
      const schema = await bed.createSchema(suffix);
      await bed.createTable({ schema });
      await bed.grant({ schema });
    }
    await bed.query(`ALTER TABLE schema_theirs.django_session OWNER TO ${role}`);

    const { finding } = await checkUp(bed, EVERYWHERE);
    const sent = bed.dataApi.calls.map(({ input }) => String(input.sql));
    const { error } = await bed.purge(EVERYWHERE);
    await bed.query(`DROP OWNED BY ${role}`);
    await bed.query(`DROP ROLE ${role}`);

    expect(finding('owner (schema_mine.django_session)')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(/"postgres", who owns most .* the pattern trusts no one else$/),
    });
    const { state, detail, fix } = finding('owner (schema_theirs.django_session)') ?? {};
    expect(state).toBe('failing');
    expect(error?.errorMessage).toBe(`${detail}; ${fix}`);
    expect(sent.filter((sql) => sql.includes('"schema_mine"'))).not.toEqual([]);
    expect(sent.filter((sql) => sql.includes('"schema_theirs"'))).toEqual([]);
  });
});
