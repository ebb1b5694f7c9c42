import type { PurgeReport } from '../../contract/report';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import type { DjangoEngine, DjangoTestDatabase } from '../support/django-engines';
import { type Finish, race } from './race';

/** Small, so that one run has many batches. */
const MAX_BATCH_SIZE = '100';

/** What holds while Django uses the sessions that are purged. */
export function describeRace(engine: DjangoEngine): void {
  let db: DjangoTestDatabase;
  let finish: Finish;
  let purge: DeployedFunction;
  let reports: PurgeReport[];

  async function purgeOnce(): Promise<void> {
    const { report, error } = await purge.invoke();
    if (report === undefined) throw new Error(error?.errorMessage);
    reports.push(report);
  }

  async function raceWith(env: Readonly<Record<string, string>>, seconds: number): Promise<void> {
    db = await engine.createDatabase();
    purge = deploy({
      env: { ...db.environment, SESSION_PURGE_MAX_BATCH_SIZE: MAX_BATCH_SIZE, ...env },
    });
    reports = [];
    finish = await race({ engine, db, seconds, purge: purgeOnce });
  }

  const lastCutoff = () => reports.at(-1)?.cutoff ?? '';

  describe.each([
    ['the default grace', {}, 20],
    ['no grace', { SESSION_PURGE_GRACE_SECONDS: '0' }, 10],
  ])('a purge with %s, while Django is at work', (grace, env, seconds) => {
    beforeAll(() => raceWith(env, seconds));

    afterAll(async () => {
      await purge.stop();
      await db.close();
    });

    it('runs again and again while sessions are created, renewed and flushed', () => {
      const visits = (['created', 'renewed', 'flushed'] as const).map(finish.visits);
      expect(Math.min(...visits, reports.length)).toBeGreaterThan(10);
    });

    it('deletes no session of a browser that comes back in time', () => {
      expect(finish.visits('lost')).toBe(0);
      expect(finish.visits('interrupted_alive')).toBe(0);
    });

    it('leaves each session that is alive for Django as it was saved last', () => {
      expect(finish.believed.length).toBeGreaterThan(10);
      expect(finish.loaded).toMatchObject(finish.believed);
    });

    it('deletes every session that had expired before the last cutoff, and none after it', async () => {
      const before = lastCutoff().replace('T', ' ').replace('Z', '');
      const left = (await db.rows()).map((row) => row.split(/ (.*)/));
      const keys = new Set(left.map(([key]) => key));
      const notYet = finish.backlog.filter(([, time]) => time >= lastCutoff());

      expect(left.map(([, time = '']) => time).filter((time) => time < before)).toEqual([]);
      expect(notYet.filter(([key]) => !keys.has(key))).toEqual([]);
    });

    if (grace === 'no grace')
      it('may interrupt a request that outlasts its session: this is why there is a grace period', () => {
        expect(finish.visits('interrupted')).toBeGreaterThan(0);
      });
    else
      it('interrupts no request, though many outlast their sessions', () => {
        expect(finish.visits('outlasted')).toBeGreaterThan(10);
        expect(finish.visits('interrupted')).toBe(0);
      });
  });

  it('the usual recipe, while Django is at work, loses sessions: these tests can fail', async () => {
    db = await engine.createDatabase();
    const recipe = () => engine.usualRecipe(db);

    finish = await race({ engine, db, seconds: 5, purge: recipe }).finally(() => db.close());

    expect(finish.visits('lost')).toBeGreaterThan(0);
  });
}
