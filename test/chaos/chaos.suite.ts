import type { Call, Fault } from '../../local/data-api-server/index';
import { type DeployedFunction, deploy } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { plainSql } from '../support/sent-sql';
import { LIVE, type Site, siteOn } from './site';

/** Enough for the walk in the order of storage, which begins after the first thousand rows. */
const EXPIRED = 1300;

/** Enough for each of ten runs to meet others. */
const OVERLAPPING = 3000;

const ENV = { SESSION_PURGE_MAX_BATCH_SIZE: '400', SESSION_PURGE_TARGET_BATCH_MS: '10000' };

const isDelete = ({ input }: Call) => /\bDELETE FROM|^DELETE /.test(plainSql(input.sql));

/** What holds when runs are killed, and when they overlap. */
export function describeChaos(engine: Engine): void {
  let site: Site;
  let functions: DeployedFunction[] = [];
  let onCall: (call: Call) => Fault | undefined = () => undefined;

  beforeAll(async () => {
    site = await siteOn(engine, (call) => onCall(call));
  });

  afterAll(() => site.close());

  afterEach(async () => {
    await Promise.all(functions.map((each) => each.stop()));
    functions = [];
  });

  function deployed(env: Record<string, string> = {}): DeployedFunction {
    const made = deploy({ env: { ...site.environment, ...ENV, ...env } });
    functions.push(made);
    return made;
  }

  /** Kills the function when its call of that number, from 1, has arrived; the call runs or does not. */
  async function killAt(number: number, executes: boolean): Promise<string | undefined> {
    const victim = deployed();
    let calls = 0;
    onCall = () => {
      calls += 1;
      if (calls !== number) return undefined;
      victim.kill();
      return { answer: 'lost', executes };
    };
    const { error } = await victim.invoke();
    onCall = () => undefined;
    return error?.errorType;
  }

  describe('killed at any call, before it ran or while it ran', () => {
    it('leaves to the next run just what an undisturbed one would have done', async () => {
      const survivor = deployed();
      await site.fill(EXPIRED);
      const calls: Call[] = [];
      onCall = (call) => {
        calls.push(call);
        return undefined;
      };
      const undisturbed = await survivor.invoke();
      expect(undisturbed.report).toMatchObject({
        stopReason: 'drained',
        rowsDeleted: EXPIRED,
        tables: [{ walk: engine.backlogWalk }],
      });

      for (const [at, call] of calls.entries()) {
        const number = at + 1;
        for (const executes of isDelete(call) ? [false, true] : [false]) {
          await site.fill(EXPIRED);
          const ended = await killAt(number, executes);
          const left = (await site.keys()).length - LIVE.length;
          const { report, error } = await survivor.invoke();

          expect({ number, executes, ended, error }).toMatchObject({
            ended: 'Runtime.ExitError',
            error: undefined,
          });
          // The statement that outlived its function may end beside the next run.
          expect(report?.rowsDeleted).toBeLessThanOrEqual(left);
          expect(report?.stopReason).toBe('drained');
          expect(await site.keys()).toEqual(LIVE);
        }
      }
    }, 120_000);
  });

  describe('at once over one table', () => {
    it.each([2, 10])('%i runs delete each row once, and none that lives', async (runs) => {
      for (let made = 0; made < runs; made += 1) deployed({ SESSION_PURGE_MAX_BATCH_SIZE: '100' });
      await site.fill(0);
      // Runs that have yet to start their process would not meet.
      await Promise.all(functions.map((each) => each.invoke({ dryRun: true })));
      await site.fill(OVERLAPPING);

      const invoked = await Promise.all(functions.map((each) => each.invoke()));

      const reports = invoked.map(({ report }) => report);
      const deleted = reports.map((report) => report?.rowsDeleted ?? 0);
      expect(invoked.map(({ error }) => error)).toEqual(Array(runs).fill(undefined));
      expect(reports.map((report) => report?.unknownOutcomes)).toEqual(Array(runs).fill(0));
      expect(deleted.reduce((sum, rows) => sum + rows)).toBe(OVERLAPPING);
      // They met. One may have been ahead of the other all the way.
      expect(reports.filter((report) => (report?.batches ?? 0) > 0).length).toBeGreaterThan(1);
      expect(await site.keys()).toEqual(LIVE);
    });
  });
}
