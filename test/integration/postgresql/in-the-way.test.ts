import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { loggedReport } from '../walks.suite';
import { EXPIRED, outcomeBed } from './outcome';

POSTGRESQL.describe(() => {
  const { bed, purge, outcome } = outcomeBed();

  function statementIn(problem: string | undefined, statements: RegExp): string {
    const [remedy = ''] = statements.exec(problem ?? '') ?? [];
    expect(remedy).not.toBe('');
    return remedy;
  }

  /** Runs the statements of a remedy. */
  const mend = (problem: string | undefined, statements: RegExp) =>
    bed.query(statementIn(problem, statements));

  describe('row-level security', () => {
    it.each([
      ['without a policy', []],
      ['that shows some rows', ['CREATE POLICY p ON django_session USING (session_key > $$m$$)']],
      [
        'without a policy for DELETE',
        [
          'CREATE POLICY p ON django_session FOR SELECT USING (true)',
          'CREATE POLICY q ON django_session FOR UPDATE USING (true)',
        ],
      ],
      [
        'for another role',
        ['CREATE ROLE other_role', 'CREATE POLICY p ON django_session TO other_role USING (true)'],
      ],
    ])('%s is told, and mended as it is told', async (_what, policies) => {
      await bed.query('DROP ROLE IF EXISTS other_role');
      await bed.query('ALTER TABLE django_session ENABLE ROW LEVEL SECURITY');
      for (const policy of policies) await bed.query(policy);

      const { problems, deleted } = await outcome();

      expect(problems).toEqual({
        'public.django_session':
          'row-level security may hide rows of table "django_session" from user "purger"; as the owner of the table ("postgres"): CREATE POLICY purger ON public.django_session TO purger USING (true) -- or as a superuser: ALTER ROLE purger BYPASSRLS',
      });
      expect(deleted).toBe(0);

      await mend(problems['public.django_session'], /CREATE POLICY .*/);
      expect(await outcome()).toEqual({ problems: {}, deleted: 1 });
    });

    it('is told where a restrictive policy hides rows', async () => {
      await bed.query(`ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON django_session USING (true)`);
      expect(await outcome()).toEqual({ problems: {}, deleted: 1 });
      await bed.query(
        'CREATE POLICY "q, r" ON django_session AS RESTRICTIVE USING (session_data IS NULL)',
      );

      const { problems } = await outcome();

      expect(problems).toEqual({
        'public.django_session':
          'row-level security may hide rows of table "django_session" from user "purger"; as the owner of the table ("postgres"): ALTER POLICY "q, r" ON public.django_session TO THE_APPLICATION; CREATE POLICY purger ON public.django_session TO purger USING (true) -- with the roles of your application for THE_APPLICATION; or as a superuser: ALTER ROLE purger BYPASSRLS; a policy that shows every row is not enough, since the restrictive policy "q, r" still hides some',
      });
      const [owners = ''] = /ALTER POLICY .*/.exec(problems['public.django_session'] ?? '') ?? [];
      await bed.query(owners.replace('THE_APPLICATION', 'pg_monitor'));
      expect(await outcome()).toMatchObject({ problems: {} });
    });

    it.each(['FOR INSERT WITH CHECK (session_data IS NULL)', 'WITH CHECK (session_data IS NULL)'])(
      'is not told for a restrictive policy that hides nothing: %s',
      async (policy) => {
        await bed.query(`ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
          CREATE POLICY p ON django_session USING (true);
          CREATE POLICY q ON django_session AS RESTRICTIVE ${policy}`);

        expect(await outcome()).toEqual({ problems: {}, deleted: 1 });
      },
    );

    it('is told where row_security is off', async () => {
      await bed.query(`ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON django_session USING (true)`);
      await bed.query(`ALTER DATABASE ${bed.database} SET row_security = off`);

      expect((await outcome()).problems).toMatchObject({
        'public.django_session': expect.stringMatching(
          /^row-level security may hide rows .*; as an administrator: ALTER ROLE purger SET row_security = on -- or as a superuser: ALTER ROLE purger BYPASSRLS; .*, since row_security is off for the user$/,
        ),
      });
    });

    it('is told in a dry run', async () => {
      await bed.query('ALTER TABLE django_session ENABLE ROW LEVEL SECURITY');

      const { error } = await purge('django_session', { dryRun: true });

      expect(error?.errorMessage).toMatch(/^row-level security may hide rows/);
    });
  });

  it('a rule on DELETE is told, and mended as it is told', async () => {
    await bed.query(`CREATE RULE "keep them" AS ON DELETE TO django_session
      DO INSTEAD UPDATE django_session SET session_data = '' WHERE session_key = old.session_key`);

    const { problems, deleted } = await outcome();

    expect(problems).toEqual({
      'public.django_session':
        'table "django_session" has rules that do something else instead of a DELETE or beside it (keep them); as the owner of the table ("postgres"): DROP RULE "keep them" ON public.django_session',
    });
    expect(deleted).toBe(0);
    await mend(problems['public.django_session'], /DROP RULE .*/);
    expect(await outcome()).toEqual({ problems: {}, deleted: 1 });
  });

  it('a right to the schema is told with the others, and given as it is told', async () => {
    const schema = await bed.createSchema('closed');
    await bed.createTable({ schema });
    await bed.insert([EXPIRED], { schema });

    const { problems } = await outcome(`${schema}.django_session`);

    expect(problems[`${schema}.django_session`]).toMatch(
      /^user "purger" lacks USAGE on schema "\w*closed", and on table "\w*closed\.django_session": SELECT \(ctid, expire_date\), UPDATE \(expire_date\), DELETE; as an administrator: GRANT USAGE .*; as the owner of the table \("postgres"\): GRANT SELECT /,
    );
    await mend(problems[`${schema}.django_session`], /GRANT USAGE [^;]*/);
    await mend(problems[`${schema}.django_session`], /GRANT SELECT .*/);
    expect(await outcome(`${schema}.django_session`)).toEqual({ problems: {}, deleted: 1 });
  });

  it('a table in the schema "public" is found although the user may not see into it', async () => {
    await bed.query('REVOKE USAGE ON SCHEMA public FROM PUBLIC, purger');

    expect((await outcome()).problems['public.django_session']).toMatch(
      /^user "purger" lacks USAGE on schema "public" of table "django_session"; as an administrator: GRANT USAGE ON SCHEMA public TO purger$/,
    );
  });

  describe('tables below another', () => {
    const inherit = () =>
      bed.query(`CREATE TABLE old_session (PRIMARY KEY (session_key)) INHERITS (django_session);
        CREATE INDEX ON old_session (expire_date);
        INSERT INTO old_session VALUES ('old', 'd', '2020-01-01Z')`);

    it('are told where nobody names them, and the table itself is purged', async () => {
      await inherit();
      await bed.grant({ table: 'old_session' });

      expect(await outcome()).toEqual({
        problems: {
          'public.old_session':
            'table "public.old_session" inherits from "public.django_session", so that Django sees its sessions, and the tables setting does not name it; add public.old_session to the tables setting',
        },
        deleted: 1,
      });
    });

    it('are purged where they are named', async () => {
      await inherit();
      await bed.grant({ table: 'old_session' });

      expect(await outcome('django_session,public.old_session')).toEqual({
        problems: {},
        deleted: 2,
      });
    });

    it('that are temporary are not told, since nobody else sees their rows', async () => {
      const other = await bed.begin('CREATE TEMP TABLE kid () INHERITS (django_session)', 'COMMIT');

      expect(await outcome()).toEqual({ problems: {}, deleted: 1 });
      await other.end('ROLLBACK');
    });

    it('that have no primary key are told, and mended as it is told', async () => {
      await bed.query(`CREATE TABLE kid () INHERITS (django_session);
        CREATE INDEX ON kid (expire_date);
        INSERT INTO kid VALUES ('old', 'd', '2020-01-01Z')`);

      const { problems } = await outcome('django_session,kid');

      expect(problems).toEqual({
        'public.kid': expect.stringMatching(
          /^table "kid" does not have "session_key" as its primary key; as the owner of the table \("postgres"\): SELECT count.*; if that shows 0: ALTER TABLE public.kid ADD PRIMARY KEY \(session_key\); if it shows more, .* first; user "purger" lacks .*: GRANT SELECT /,
        ),
      });
      expect(await bed.query(statementIn(problems['public.kid'], /SELECT count.*?(?=;)/))).toEqual([
        ['0'],
      ]);
      await mend(problems['public.kid'], /ALTER TABLE .*?(?=;)/);
      await mend(problems['public.kid'], /GRANT SELECT .*/);
      expect(await outcome('django_session,kid')).toEqual({ problems: {}, deleted: 1 });
    });

    it('are told with all that keeps a purge from them, and mended as they are told', async () => {
      await bed.query(`CREATE TABLE kid () INHERITS (django_session);
        CREATE INDEX ON kid (expire_date);
        INSERT INTO kid VALUES ('old', 'd', '2020-01-01Z')`);

      const { problems } = await outcome();

      expect(problems).toEqual({
        'public.kid': expect.stringMatching(
          /^table "public.kid" inherits from .*; add public.kid to the tables setting; table "public.kid" does not have "session_key" as its primary key; .* lacks SELECT .*: GRANT SELECT /,
        ),
      });
      await mend(problems['public.kid'], /ALTER TABLE .*?(?=;)/);
      await mend(problems['public.kid'], /GRANT SELECT .*/);
      expect(await outcome('django_session,public.kid')).toEqual({ problems: {}, deleted: 1 });
    });

    it('are told once each, by a check-up in the words of a run', async () => {
      await inherit();
      await bed.grant({ table: 'old_session' });
      await bed.query(`CREATE TABLE low () INHERITS (old_session);
        ALTER TABLE low ALTER COLUMN expire_date DROP NOT NULL`);
      const tables = 'django_session,old_session';

      const report = loggedReport(await purge(tables));
      const { report: check } = await checkUp(bed, { SESSION_PURGE_TABLES: tables });

      const problems = report?.tables.flatMap(({ problem }) => problem ?? []) ?? [];
      expect(problems).toEqual([
        expect.stringMatching(/^table "public.low" inherits from "public.old_session", /),
      ]);
      const told = [...problems, ...(report?.warnings ?? [])].join('; ');
      const found = check.findings.filter(({ table }) => table === 'public.low');
      expect(found.map(({ requirement }) => requirement)).toEqual([
        'children (public.low)',
        'columns (public.low)',
        'columns (public.low)',
        'rights (public.low)',
        'index on expire_date (public.low)',
      ]);
      for (const { detail } of found) expect(told).toContain(detail);
    });

    it('are told with their owner and their triggers where those are not of the table', async () => {
      await inherit();
      await bed.query(`CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN old; END $$;
        CREATE TRIGGER pass BEFORE DELETE ON old_session FOR EACH ROW EXECUTE FUNCTION pass();
        ALTER TABLE old_session OWNER TO pg_monitor`);

      const { problems } = await outcome();

      expect(problems['public.old_session']).toMatch(
        /does not name it; table "public.old_session" belongs to "pg_monitor", and "postgres" owns "public.django_session": its owner could use the purge's rights; table "public.old_session" has triggers on DELETE \(pass\): its owner could use the purge's rights; name it by itself in the tables setting if you trust its owner; user "purger" lacks /,
      );
    });

    it('that have their rows in another database are told, and taken out as it is told', async () => {
      await bed.query(`CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;
        CREATE TABLE kid () INHERITS (django_session);
        CREATE FOREIGN TABLE "Far" () INHERITS (kid) SERVER away`);

      const { problems } = await outcome();

      expect(problems['public.Far']).toMatch(
        /^table "public.Far" inherits from .*; its rows are in another database; purge them there/,
      );
      await mend(problems['public.Far'], /ALTER FOREIGN TABLE .*/);
      expect(Object.keys((await outcome()).problems)).toEqual(['public.kid']);
    });

    const partition = () =>
      bed.query(`CREATE TABLE parted (LIKE django_session, PRIMARY KEY (session_key, expire_date))
          PARTITION BY RANGE (expire_date);
        CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM (MINVALUE) TO ('2030-01-01Z');
        CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM ('2030-01-01Z') TO (MAXVALUE);
        CREATE INDEX ON parted (expire_date);
        INSERT INTO parted SELECT * FROM django_session`);

    it('are told for a partitioned table, and purged where they are named', async () => {
      await partition();

      const { problems } = await outcome('parted');
      expect(problems).toEqual({
        'public.parted':
          'table "parted" is a partitioned table, not a table; name its partitions in the tables setting: public.parted_a, public.parted_b',
      });

      const [, named = ''] = /setting: (.*)$/.exec(problems['public.parted'] ?? '') ?? [];
      for (const table of ['parted_a', 'parted_b']) await bed.grant({ table });
      expect(await outcome(named)).toEqual({ problems: {}, deleted: 1 });
      expect(await bed.keysLeft('parted')).toEqual(['live']);
    });

    it('are told for a partitioned table that a pattern found, until they are named', async () => {
      await partition();
      await bed.query('ALTER TABLE parted RENAME TO the_session');

      expect((await outcome('*.the_session')).problems).toHaveProperty(['public.the_session']);

      for (const table of ['parted_a', 'parted_b']) await bed.grant({ table });
      expect(await outcome('*.the_session,parted_a,parted_b')).toEqual({
        problems: {},
        deleted: 1,
      });
    });

    it('that are foreign partitions are told, and need no name', async () => {
      await bed.query(`CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far;
        CREATE TABLE parted (LIKE django_session) PARTITION BY RANGE (expire_date);
        CREATE TABLE near PARTITION OF parted (PRIMARY KEY (session_key)) FOR VALUES FROM (MINVALUE) TO ('2030-01-01Z');
        CREATE INDEX ON near (expire_date);
        INSERT INTO near SELECT * FROM django_session WHERE session_key = 'expired';
        CREATE FOREIGN TABLE far PARTITION OF parted FOR VALUES FROM ('2030-01-01Z') TO (MAXVALUE) SERVER away`);
      await bed.grant({ table: 'near' });

      const { problems } = await outcome('parted');

      expect(problems['public.parted']).toMatch(
        /; name its partitions in the tables setting: public.near; the rows of public.far are in another database: purge them there$/,
      );
      expect(await outcome('parted,near')).toEqual({ problems: {}, deleted: 1 });
    });

    it('are shown the foreign keys to the table above them, and mend them', async () => {
      await partition();
      await bed.grant({ table: 'parted_a' });
      await bed.query(`CREATE TABLE cart (k varchar(40), e timestamptz, FOREIGN KEY (k, e) REFERENCES parted);
        INSERT INTO cart SELECT session_key, expire_date FROM parted`);

      const { problems } = await outcome('parted_a');
      const query = statementIn(problems['public.parted_a'], /SELECT format.*/);
      const fixes = (await bed.query(query)).map(([fix = '']) => fix);
      await bed.query(fixes[0] as string);

      expect(fixes).toEqual(
        ['CASCADE', 'SET NULL'].map((way) =>
          expect.stringMatching(new RegExp(`^ALTER TABLE cart .* ON DELETE ${way}$`)),
        ),
      );
      expect(await outcome('parted_a')).toEqual({ problems: {}, deleted: 1 });
    });

    it.each([
      ['its own', '', 'PRIMARY KEY (id) INCLUDE (session_key)'],
      ['that of a partition', 'PARTITION BY HASH (id)', 'PRIMARY KEY (id, session_key)'],
    ])('have session_key in their key only where it is the key: %s', async (_whose, by, key) => {
      await bed.query(`CREATE TABLE odd (id int, session_key varchar(40), expire_date timestamptz NOT NULL, ${key}) ${by};
        ${by && 'CREATE TABLE part PARTITION OF odd FOR VALUES WITH (MODULUS 1, REMAINDER 0)'}`);

      expect(Object.values((await outcome(by ? 'part' : 'odd')).problems)).toEqual([
        expect.stringMatching(/does not have "session_key" as its primary key/),
      ]);
    });

    describe('in a run over some of the configured tables', () => {
      const TABLES = 'django_session,old_session,parted,parted_a,*.parted_b';
      const NARROWED = [{}, { dryRun: true }];

      beforeEach(async () => {
        await inherit();
        await partition();
        for (const table of ['old_session', 'parted_a', 'parted_b']) await bed.grant({ table });
      });

      const check = async (...tables: string[]) => {
        const env = { SESSION_PURGE_TABLES: TABLES };
        const { report } = await checkUp(bed, env, bed.dataApi, { check: true, tables });
        return report.findings.flatMap(({ state, detail, fix }) =>
          state === 'failing' ? `${detail}; ${fix}` : [],
        );
      };

      it('are not told where the setting names them', async () => {
        for (const event of NARROWED) {
          const { problems } = await outcome(TABLES, { ...event, tables: ['django_session'] });
          expect(problems).toEqual({});
        }
        expect(await check('django_session')).toEqual([]);
      });

      it('are told for a partitioned table as the event names them', async () => {
        const problem =
          'table "parted" is a partitioned table, not a table; name its partitions in the event: parted_a, *.parted_b';

        for (const event of NARROWED) {
          const { problems } = await outcome(TABLES, { ...event, tables: ['parted'] });
          expect(problems).toEqual({ 'public.parted': problem });
        }
        expect(await check('parted')).toEqual([problem]);
      });

      it('are told where the setting does not name them', async () => {
        await bed.query('CREATE TABLE low () INHERITS (old_session)');

        const { problems } = await outcome(TABLES, { tables: ['django_session'] });

        expect(Object.keys(problems)).toEqual(['public.low']);
      });
    });
  });
});
