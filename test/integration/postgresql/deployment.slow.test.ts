import { POSTGRESQL } from '../../support/engines';
import { SECRET_ARNS } from '../../support/stack';
import { deploymentBed, describeDeployment, newLogin } from '../deployment.suite';
import { startSite } from './deployment-site';

POSTGRESQL.describe(() =>
  describe('the deployment', () =>
    describeDeployment(POSTGRESQL, {
      startSite,
      refusal: '42501',
      adminNeeds:
        /could not be made: .*permission denied to create role.*must be able to create roles/,
    })),
);

POSTGRESQL.describe(() =>
  describe('the deployment, as far as PostgreSQL alone knows it,', () => {
    const bed = deploymentBed(startSite);
    const { stackOf, properties } = bed;

    const membersOf = (role: string) =>
      bed.site.db.query(
        `SELECT m.grantor::regrole FROM pg_auth_members m
         WHERE m.roleid = '${role}'::regrole AND m.grantor = '${bed.site.admin.username}'::regrole`,
      );

    it("gives the owner's role back", async () => {
      const stack = await stackOf();
      const sent: string[] = [];

      await stack.create(properties());
      sent.push(...stack.dataApi.calls.map(({ input }) => String(input.sql)));

      const { username } = bed.site.owner;
      expect(sent).toContain(`GRANT ${username} TO CURRENT_USER`);
      expect(await membersOf(username)).toEqual([]);
    });

    /** Functions and operators that fit a statement's call as well as the catalog's, and note who calls them. */
    const STAND_INS = [
      ['concat_ws(text, text, text, text, text, text)', 'text', "''"],
      ['version()', 'text', 'pg_catalog.version()'],
      ['pg_get_userbyid(oid)', 'name', 'pg_catalog.pg_get_userbyid($1)'],
      ['has_schema_privilege(oid, text)', 'boolean', 'pg_catalog.has_schema_privilege($1, $2)'],
      ['is_class(oid, regclass)', 'boolean', '$1 OPERATOR(pg_catalog.=) CAST($2 AS oid)'],
      ['bits(smallint, integer)', 'integer', 'CAST($1 AS integer) OPERATOR(pg_catalog.&) $2'],
    ] as const;

    it.each([
      ['looks into the schemas of users last', 'public'],
      ['looks into them first', 'public, pg_catalog'],
    ])('runs nothing of the database in place of the catalog, which %s', async (_, path) => {
      const { db, admin } = bed.site;
      await db.query('CREATE TABLE public.called (by name, what text)');
      await db.query('GRANT INSERT ON public.called TO PUBLIC');
      for (const [signature, type, value] of STAND_INS)
        await db.query(
          `CREATE FUNCTION public.${signature} RETURNS ${type} LANGUAGE sql AS
           $$ INSERT INTO public.called VALUES (current_user, '${signature}'); SELECT ${value} $$`,
        );
      await db.query(
        'CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = public.is_class)',
      );
      await db.query(
        'CREATE OPERATOR public.& (LEFTARG = smallint, RIGHTARG = integer, FUNCTION = public.bits)',
      );
      await db.query(`ALTER DATABASE ${db.database} SET search_path = ${path}`);
      const stack = await stackOf();
      const tables = ['django_session', '*.django_session', 'missing'];

      const created = await stack.create(properties({ CheckOnDeploy: 'false', Tables: tables }));
      const removed = await stack.remove();

      expect(created).toMatchObject({ Status: 'SUCCESS' });
      expect(created.Data?.Warnings).toMatch(/^table "missing" was not found[^|]*$/);
      expect(removed.Status).toBe('SUCCESS');
      expect(
        await db.query(`SELECT DISTINCT what FROM public.called WHERE by = '${admin.username}'`),
      ).toEqual([]);
    });

    it('sends every statement of the admin in a transaction that knows the catalog alone', async () => {
      const stack = await stackOf();

      await stack.create(properties({ Tables: ['*.django_session'] }));
      await stack.remove();

      const begun = new Map<unknown, string[]>();
      for (const { operation, input } of stack.dataApi.calls) {
        if (operation !== 'ExecuteStatement' || input.secretArn === SECRET_ARNS.purge) continue;
        begun.set(input.transactionId, [
          ...(begun.get(input.transactionId) ?? []),
          String(input.sql),
        ]);
      }
      expect(begun.has(undefined)).toBe(false);
      for (const statements of begun.values())
        expect(statements.filter((sql) => !sql.includes('pg_catalog.current_schemas'))[0]).toBe(
          'SET LOCAL search_path TO pg_catalog',
        );
    });

    it('never sends the password, only what it is checked against', async () => {
      const stack = await stackOf();

      await stack.create(properties());

      const sent = JSON.stringify(stack.dataApi.calls);
      expect(sent).toContain('SCRAM-SHA-256$');
      expect(sent).not.toContain(bed.purger.password);
    });

    describe('when the admin cannot become the owner', () => {
      const OTHER = newLogin('shop');

      async function ownerElsewhere() {
        const { db } = bed.site;
        await db.query(`CREATE ROLE ${OTHER.username} LOGIN PASSWORD '${OTHER.password}'`);
        await db.query(`ALTER DATABASE ${db.database} OWNER TO ${OTHER.username}`);
        await db.query(`ALTER TABLE django_session OWNER TO ${OTHER.username}`);
        bed.closings.push(async () => {
          await db.query(`REASSIGN OWNED BY ${OTHER.username} TO CURRENT_USER`);
          await db.query(`DROP OWNED BY ${OTHER.username}`);
          await db.query(`DROP ROLE ${OTHER.username}`);
        });
      }

      it('says so, and leaves nothing behind', async () => {
        await ownerElsewhere();
        const stack = await stackOf();

        const answer = await stack.create(properties());
        const removed = await stack.remove();

        expect(answer.Status).toBe('FAILED');
        expect(answer.Reason).toMatch(
          /^the rights of the user "purge_\w+" could not be set: .*permission denied to grant role "shop_\w+".*give the owner's secret as ownerSecretArn$/,
        );
        expect(removed.Status).toBe('SUCCESS');
        expect(await bed.site.hasUser(bed.purger.username)).toBe(false);
      });

      it("takes the owner's own secret", async () => {
        await ownerElsewhere();
        const stack = await stackOf({ owner: OTHER });
        const byOwner = properties({ OwnerSecretArn: SECRET_ARNS.owner });

        const answer = await stack.create(byOwner);
        const removed = await stack.remove();

        expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Warnings: 'none' } });
        expect(removed.Status).toBe('SUCCESS');
        expect(await bed.site.hasUser(bed.purger.username)).toBe(false);
      });
    });

    it("leaves to the admin what the tables' owner cannot grant", async () => {
      const { db, admin } = bed.site;
      const owner = newLogin('tables');
      await db.query(`CREATE ROLE ${owner.username} LOGIN PASSWORD '${owner.password}'`);
      await db.query(`ALTER TABLE django_session OWNER TO ${owner.username}`);
      await db.query(`ALTER DATABASE ${db.database} OWNER TO ${admin.username}`);
      await db.query(`REVOKE CONNECT ON DATABASE ${db.database} FROM PUBLIC`);
      await db.query(`GRANT CONNECT ON DATABASE ${db.database} TO ${owner.username}`);
      bed.closings.push(async () => {
        await db.query(`DROP OWNED BY ${owner.username}`);
        await db.query(`DROP ROLE ${owner.username}`);
      });
      const stack = await stackOf({ owner });

      const answer = await stack.create(properties({ OwnerSecretArn: SECRET_ARNS.owner }));
      const removed = await stack.remove();

      expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Warnings: 'none' } });
      expect(removed.Status).toBe('SUCCESS');
      expect(await bed.site.hasUser(bed.purger.username)).toBe(false);
    });

    it('takes away rights to what will be made, which would keep the user from being removed', async () => {
      const { db, owner } = bed.site;
      const stack = await stackOf();
      await stack.create(properties());
      const { username } = bed.purger;
      for (const [where, what] of [
        ['', 'SELECT ON TABLES'],
        ['IN SCHEMA public', 'SELECT ON SEQUENCES'],
        ['IN SCHEMA public', 'EXECUTE ON FUNCTIONS'],
      ])
        await db.query(
          `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner.username} ${where} GRANT ${what} TO ${username}`,
        );

      const removed = await stack.remove();

      expect(removed).toMatchObject({ Status: 'SUCCESS' });
      expect(await bed.site.hasUser(username)).toBe(false);
    });

    it('lets the user in where nobody else is', async () => {
      const { db } = bed.site;
      await db.query(`REVOKE CONNECT ON DATABASE ${db.database} FROM PUBLIC`);
      await db.query(`GRANT CONNECT ON DATABASE ${db.database} TO ${bed.site.admin.username}`);
      await db.query('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
      await db.query(`GRANT USAGE ON SCHEMA public TO ${bed.site.admin.username}`);
      const stack = await stackOf();

      const answer = await stack.create(properties());
      const removed = await stack.remove();

      expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Warnings: 'none' } });
      expect(removed.Status).toBe('SUCCESS');
      expect(await bed.site.hasUser(bed.purger.username)).toBe(false);
    });

    it('says in its own words what keeps a user from being removed', async () => {
      const { db } = bed.site;
      const stack = await stackOf();
      await stack.create(properties());
      const { username } = bed.purger;
      await db.query('CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$');
      await db.query(`GRANT EXECUTE ON FUNCTION f() TO ${username}`);

      const kept = await stack.remove();
      await db.query(`REVOKE ALL ON FUNCTION f() FROM ${username}`);
      const removed = await stack.remove();

      expect(kept.Reason).toMatch(
        /^the user "\w+" could not be removed: .*objects depend on it.*; somebody else gave it a right/,
      );
      expect(kept.Reason).not.toContain('trigger');
      expect(removed.Status).toBe('SUCCESS');
    });

    it('sends no colon, whatever the schemas are called', async () => {
      const { db, owner } = bed.site;
      const schema = 'a:b\\c"d';
      await db.createTable({ schema });
      await db.query(`ALTER TABLE "a:b\\c""d".django_session OWNER TO ${owner.username}`);
      await db.query(`ALTER SCHEMA "a:b\\c""d" OWNER TO ${owner.username}`);
      const stack = await stackOf();

      const answer = await stack.create(properties({ Tables: ['*.django_session'] }));
      const { report } = await stack
        .purge(db.database, { SESSION_PURGE_TABLES: '*.django_session' })
        .invoke();

      expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { Warnings: 'none' } });
      expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
      expect(report?.tables).toHaveLength(2);
      await stack.remove();
    });

    it('does not take over a user with other work', async () => {
      await bed.site.db.query(`CREATE ROLE ${bed.purger.username} CREATEDB`);
      bed.closings.push(() => bed.site.db.query(`DROP ROLE ${bed.purger.username}`));
      const stack = await stackOf();

      const answer = await stack.create(properties());
      const removed = await stack.remove();

      expect(answer.Reason).toContain('may create roles or databases, so it cannot be the purge');
      expect(removed.Status).toBe('SUCCESS');
      expect(await bed.site.hasUser(bed.purger.username)).toBe(true);
    });

    it('leaves the database of the last deployment', async () => {
      const stack = await stackOf();
      await stack.create(properties());
      const { database } = bed.site.db;
      const { db: other, ...next } = await startSite();
      bed.closings.push(next.close);
      await other.query(`ALTER TABLE django_session OWNER TO ${bed.site.owner.username}`);
      await other.query(`ALTER DATABASE ${other.database} OWNER TO ${bed.site.owner.username}`);

      const answer = await stack.update(properties({ Database: other.database }));

      expect(answer.Status).toBe('SUCCESS');
      expect(await bed.site.ask(bed.purger, 'DELETE FROM django_session')).toBe('42501');
      expect(other.database).not.toBe(database);
      expect((await stack.remove()).Status).toBe('SUCCESS');
      expect(await bed.site.hasUser(bed.purger.username)).toBe(false);
    });

    it('waits for a paused cluster', async () => {
      const message = 'The Aurora DB instance is resuming after being auto-paused.';
      const refusal = { answer: { error: 'DatabaseResumingException', message } };
      const onCall = ({ index }: { index: number }) => (index < 2 ? refusal : undefined);
      const stack = await stackOf({}, { onCall });

      expect(await stack.create(properties())).toMatchObject({ Status: 'SUCCESS' });
    });

    it('does all of a transaction again when the answer to its end is lost', async () => {
      const lost = new Set<string>();
      const onCall = ({ operation }: { operation: string }) => {
        if (operation !== 'CommitTransaction' || lost.has(operation)) return undefined;
        lost.add(operation);
        return { answer: 'lost', executes: true } as const;
      };
      const stack = await stackOf({}, { onCall });

      expect(await stack.create(properties())).toMatchObject({ Status: 'SUCCESS' });
      expect(lost.size).toBe(1);
    });

    it('answers before its own time is over', async () => {
      const onCall = ({ index }: { index: number }) =>
        index === 0 ? ({ answer: 'none' } as const) : undefined;
      const stack = await stackOf({}, { onCall, timeoutMs: 42_000 });

      const answer = await stack.create(properties());

      expect(answer).toMatchObject({
        Status: 'FAILED',
        PhysicalResourceId: 'not-known',
        Reason: expect.stringMatching(/^the database did not answer in 2 s; look at its state/),
      });
    });
  }),
);
