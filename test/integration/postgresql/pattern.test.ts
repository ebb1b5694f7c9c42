import { checkUp } from '../../support/checkup';
import { POSTGRESQL } from '../../support/engines';
import { loggedReport } from '../walks.suite';
import { EXPIRED, LIVE, outcomeBed } from './outcome';

/** A trigger, a policy or a rule that would delete live sessions of others if it ran with the purge's rights. */
const HARM = `CREATE FUNCTION harm() RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN DELETE FROM public.django_session WHERE expire_date > now(); RETURN true; END $$`;

POSTGRESQL.describe(() => {
  const { bed, purge, outcome } = outcomeBed();

  async function createTenant(schema: string, owner?: string) {
    const name = await bed.createSchema(schema);
    await bed.createTable({ schema: name });
    await bed.grant({ schema: name });
    await bed.insert([EXPIRED, LIVE], { schema: name });
    if (owner !== undefined)
      await bed.query(`ALTER TABLE ${name}.django_session OWNER TO ${owner}`);
    return name;
  }

  describe('a pattern', () => {
    beforeEach(async () => {
      await bed.query(HARM);
      await bed.query('DROP ROLE IF EXISTS tenant_owner');
      await bed.query('CREATE ROLE tenant_owner');
    });

    afterEach(async () => {
      await bed.query('DROP OWNED BY tenant_owner CASCADE');
      await bed.query('DROP ROLE tenant_owner');
    });

    const attachments: [string, (table: string) => string, RegExp][] = [
      [
        'a trigger',
        (table) => `CREATE FUNCTION bite() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM public.harm(); RETURN old; END $$;
          CREATE TRIGGER bite BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION bite()`,
        /has triggers on DELETE \(bite\)/,
      ],
      [
        'a policy',
        (table) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
          CREATE POLICY bite ON ${table} USING (public.harm())`,
        /has row-level security/,
      ],
      [
        'a rule',
        (table) => `CREATE RULE bite AS ON DELETE TO ${table} DO ALSO SELECT public.harm()`,
        /has rules .*\(bite\)/,
      ],
      [
        'an owner of its own',
        (table) => `ALTER TABLE ${table} OWNER TO tenant_owner`,
        /belongs to "tenant_owner"/,
      ],
      [
        'a function that the planner folds',
        (table) => `CREATE FUNCTION fold() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
            $$ BEGIN RETURN public.harm(); END $$;
          CREATE INDEX ON ${table} (expire_date) WHERE fold();
          ALTER TABLE ${table} OWNER TO tenant_owner`,
        /belongs to "tenant_owner"/,
      ],
      [
        'an owner of its schema, who could put another table in its place',
        (table) => `ALTER SCHEMA ${table.split('.')[0]} OWNER TO tenant_owner`,
        /^the schema of table ".*" belongs to "tenant_owner", and "postgres" owns most .*: the owner of the schema could use the purge's rights; name it by itself in the tables setting if you trust the owner of its schema$/,
      ],
    ];

    it.each(
      attachments.flatMap(([what, attach, problem]) =>
        [{}, { dryRun: true }].map((event) => [what, event, attach, problem] as const),
      ),
    )('runs no code of others: %s, %j', async (_what, event, attach, problem) => {
      const [one, two] = [await createTenant('one'), await createTenant('two')];
      await bed.query(attach(`${two}.django_session`));
      // Some of it ran as it was attached.
      await bed.query("DELETE FROM django_session WHERE session_key = 'live'");
      await bed.insert([LIVE]);

      const invoked = await purge('*.django_session', event);

      const report = loggedReport(invoked);
      expect(await bed.keysLeft()).toContain('live');
      expect(await bed.keysLeft(`${two}.django_session`)).toEqual(['expired', 'live']);
      expect(report?.tables.find(({ table }) => table === `${two}.django_session`)).toMatchObject({
        stopReason: 'failed',
        problem: expect.stringMatching(problem),
      });
      const done = 'dryRun' in event ? 'dry-run' : 'drained';
      expect(report?.tables.find(({ table }) => table === `${one}.django_session`)).toMatchObject({
        stopReason: done,
      });
    });

    it.each([
      [
        'the owner of the database',
        (database: string) => `ALTER DATABASE ${database} OWNER TO tenant_owner`,
      ],
      ['a superuser', () => 'ALTER ROLE tenant_owner SUPERUSER'],
      ['a member of rds_superuser', () => 'CREATE ROLE rds_superuser ROLE tenant_owner'],
    ])('takes in the schema of %s, who can do anything anyway', async (_who, give) => {
      const schema = await createTenant('one');
      await bed.query(`ALTER SCHEMA ${schema} OWNER TO tenant_owner; ${give(bed.database)}`);

      const found = await outcome('*.django_session').finally(() =>
        bed.query(`ALTER DATABASE ${bed.database} OWNER TO postgres; ALTER SCHEMA ${schema} OWNER TO postgres;
          DROP ROLE IF EXISTS rds_superuser`),
      );

      expect(found).toEqual({ problems: {}, deleted: 2 });
    });

    it('sees the trigger that a partition has from the table above it, as PostgreSQL 14 marks it', async () => {
      await bed.query(`CREATE TABLE parted (LIKE django_session, PRIMARY KEY (session_key, expire_date))
          PARTITION BY RANGE (expire_date);
        CREATE TABLE part PARTITION OF parted FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
        CREATE INDEX ON parted (expire_date);
        CREATE FUNCTION bite() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.harm(); RETURN old; END $$;
        CREATE TABLE refers (k varchar(40), e timestamptz, FOREIGN KEY (k, e) REFERENCES parted);
        CREATE TRIGGER bite BEFORE DELETE ON parted FOR EACH ROW EXECUTE FUNCTION bite();
        UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'bite' AND tgrelid = CAST('part' AS regclass)`);
      await bed.grant({ table: 'part' });

      const { problems } = await outcome('*.part');
      const { finding } = await checkUp(bed, { SESSION_PURGE_TABLES: 'part' });

      expect(problems['public.part']).toMatch(/has triggers on DELETE \(bite\): /);
      expect(finding('triggers (public.part)')).toMatchObject({
        state: 'warning',
        detail: 'bite runs with each delete',
      });
      const [, query = ''] =
        /its triggers: (.*)$/.exec(finding('triggers (public.part)')?.fix ?? '') ?? [];
      expect((await bed.query(query)).map(([name]) => name)).toEqual(['bite']);
    });

    it('trusts no one for tables that the setting names by itself', async () => {
      await createTenant('mine');
      const named = [
        await createTenant('a', 'tenant_owner'),
        await createTenant('b', 'tenant_owner'),
      ];
      const theirs = await createTenant('theirs', 'tenant_owner');

      const tables = ['*', ...named].map((schema) => `${schema}.django_session`).join(',');
      const all = await outcome(tables);
      const some = await outcome(tables, { tables: ['*.django_session'] });

      const problems = {
        [`${theirs}.django_session`]: expect.stringMatching(/ belongs to "tenant_owner"/),
      };
      expect(all).toEqual({ problems, deleted: 4 });
      expect(some).toEqual({ problems, deleted: 0 });
    });

    it('purges a table with a trigger or another owner that is named by itself', async () => {
      const schema = await createTenant('one', 'tenant_owner');
      await bed.query(`CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN old; END $$;
        CREATE TRIGGER pass BEFORE DELETE ON ${schema}.django_session FOR EACH ROW EXECUTE FUNCTION pass()`);
      await createTenant('two');

      expect(await outcome(`*.django_session,${schema}.django_session`)).toEqual({
        problems: {},
        deleted: 3,
      });
    });

    it('advises no right to a table of another owner, and each remedy follows its problem', async () => {
      const [mine, theirs] = [await createTenant('mine'), await bed.createSchema('theirs')];
      await bed.createTable({ schema: theirs });
      await bed.query(`ALTER TABLE ${theirs}.django_session OWNER TO tenant_owner;
        REVOKE DELETE ON ${mine}.django_session FROM purger`);

      const { error } = await purge('*.django_session');
      const { finding } = await checkUp(bed, { SESSION_PURGE_TABLES: '*.django_session' });

      expect(error?.errorMessage).toBe(
        `2 tables were not purged, or not wholly: (1) user "purger" lacks DELETE on table "${mine}.django_session"; as the owner of the table ("postgres"): GRANT SELECT (ctid, expire_date), UPDATE (expire_date), DELETE ON ${mine}.django_session TO purger; (2) table "${theirs}.django_session" belongs to "tenant_owner", and "postgres" owns most of the tables that only the pattern finds: its owner could use the purge's rights; name it by itself in the tables setting if you trust its owner`,
      );
      expect(finding(`rights (${theirs}.django_session)`)).toMatchObject({
        state: 'unknown',
        fix: null,
      });
    });

    it('is not led to a table below another whose code could run with its rights', async () => {
      const [one, two] = [await createTenant('one'), await createTenant('two', 'tenant_owner')];
      await bed.query(`CREATE FUNCTION bite() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM public.harm(); RETURN old; END $$;
        CREATE TABLE ${one}.bites (PRIMARY KEY (session_key)) INHERITS (django_session);
        CREATE TRIGGER bite BEFORE DELETE ON ${one}.bites FOR EACH ROW EXECUTE FUNCTION bite();
        CREATE TABLE ${one}.hides (PRIMARY KEY (session_key)) INHERITS (django_session);
        ALTER TABLE ${one}.hides ENABLE ROW LEVEL SECURITY;
        CREATE TABLE ${one}.trusted (PRIMARY KEY (session_key)) INHERITS (django_session);
        CREATE TABLE ${two}.theirs (PRIMARY KEY (session_key)) INHERITS (${two}.django_session);
        ALTER TABLE ${two}.theirs OWNER TO tenant_owner`);

      const { problems } = await outcome('*.django_session');

      const distrust = (problem: string) =>
        expect.stringMatching(
          new RegExp(
            `inherits from .* does not name it; table "schema_.*" ${problem}.*: its owner could use the purge's rights; name it by itself in the tables setting if you trust its owner$`,
          ),
        );
      expect(problems).toEqual({
        [`${one}.bites`]: distrust('has triggers on DELETE \\(bite\\)'),
        [`${one}.hides`]: distrust('has row-level security'),
        [`${one}.trusted`]: expect.stringContaining(`; add ${one}.trusted to the tables setting;`),
        [`${two}.theirs`]: distrust('belongs to "tenant_owner", and "postgres" owns most'),
        [`${two}.django_session`]: expect.stringMatching(/^table ".*" belongs to "tenant_owner"/),
      });
    });

    it('trusts in a run over it alone what the setting names by itself', async () => {
      const schema = await createTenant('one', 'tenant_owner');
      await createTenant('two');

      const event = { tables: ['*.django_session'] };
      expect(await outcome(`*.django_session,${schema}.django_session`, event)).toEqual({
        problems: {},
        deleted: 3,
      });
    });

    it('purges no table where no owner has most of them', async () => {
      await createTenant('one', 'tenant_owner');

      const { problems, deleted } = await outcome('*.django_session');

      expect(Object.keys(problems)).toEqual(['public.django_session', 'schema_one.django_session']);
      expect(deleted).toBe(0);
    });

    it('leaves out a view, and tells of a foreign table', async () => {
      await createTenant('one');
      await bed.query(`CREATE SCHEMA seen; CREATE VIEW seen.django_session AS SELECT 1;
        CREATE SCHEMA far; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE FOREIGN TABLE far.django_session (session_key text) SERVER s`);

      const { problems, deleted } = await outcome('*.django_session');

      expect(Object.entries(problems)).toEqual([
        ['far.django_session', expect.stringMatching(/is a foreign table, not a table/)],
      ]);
      expect(deleted).toBe(2);
    });
  });
});
