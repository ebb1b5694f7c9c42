import { randomUUID } from 'node:crypto';
import type { DjangoDatabase } from '../support/django-engines';
import { CUTOFF, HOURLY } from './seeds';
import {
  type Databases,
  purgeBoth,
  type Settings,
  type SideBySide,
  setUpAlike,
  type Twin,
} from './side-by-side';

const LIVE = 31;

/** Settings for a custom session model in a table of this name. */
const auditedSessions = (table: string) => ({
  INSTALLED_APPS: ['django.contrib.sessions', 'audited_sessions'],
  SESSION_ENGINE: 'audited_sessions.models',
  AUDITED_SESSIONS_TABLE: table,
});

/** Compares what is left in tables other than `django_session`. */
export function describeTables(databases: () => Databases): void {
  describe('a table other than django_session', () => {
    let both: SideBySide;

    afterEach(() => both.close());

    /** Sets up both sides; Django creates the tables. */
    async function setUp(settings: Settings, twins: readonly Twin[]): Promise<void> {
      both = setUpAlike(databases(), settings);
      for (const name of twins.flatMap(({ names }) => names)) await both.django.migrate(name);
      for (const { tables } of twins) await both.ours.grant(tables[1]);
    }

    /** Creates a schema on both sides, with Django's settings for the two. */
    async function createTenant(suffix: string, table: string) {
      const { djangos, ours } = databases();
      const names = [`djangos_${suffix}`, `ours_${suffix}`] as const;
      const [theirs, own] = [await djangos.createSchema(suffix), await ours.createSchema(suffix)];
      const twin: Twin = {
        names,
        tables: [
          { schema: theirs, table },
          { schema: own, table },
        ],
      };
      const settings: Readonly<Record<string, DjangoDatabase>> = {
        [names[0]]: djangos.settings(theirs),
        [names[1]]: ours.settings(own),
      };
      return { twin, settings, schema: own };
    }

    it.each([
      ['of a custom session model, with columns of its own', 'audited_session'],
      ['of mixed case', 'Audited_Session'],
    ])('is left as clearsessions leaves it: one %s', async (_which, table) => {
      const twin: Twin = { names: ['djangos', 'ours'], tables: [{ table }, { table }] };
      await setUp({ tables: table, more: auditedSessions(table) }, [twin]);

      const { byDjango, byUs } = await purgeBoth(both, HOURLY, CUTOFF, [twin]);

      expect(byUs).toEqual(byDjango);
      expect(byUs).toHaveLength(LIVE);
    });

    it('is left as clearsessions leaves it: one in a schema, named with it', async () => {
      const { twin, settings, schema } = await createTenant('shop', 'django_session');
      await setUp({ tables: `${schema}.django_session`, databases: settings }, [twin]);

      const { byDjango, byUs } = await purgeBoth(both, HOURLY, CUTOFF, [twin]);

      expect(byUs).toEqual(byDjango);
      expect(byUs).toHaveLength(LIVE);
    });

    it('is left as clearsessions leaves it: one in several schemas, each found by itself', async () => {
      // A name that no other test uses: on MySQL a schema is a database, and the pattern finds those of all tests.
      const table = `tenant_session_${randomUUID().slice(0, 8)}`;
      const tenants = [await createTenant('a', table), await createTenant('b', table)];
      const twins = tenants.map(({ twin }) => twin);
      const settings = Object.assign({}, ...tenants.map((tenant) => tenant.settings));
      const more = auditedSessions(table);
      await setUp({ tables: `*.${table}`, databases: settings, more }, twins);

      const { byDjango, byUs } = await purgeBoth(both, HOURLY, CUTOFF, twins);

      expect(byUs).toEqual(byDjango);
      expect(byUs).toHaveLength(2 * LIVE);
    });
  });
}
