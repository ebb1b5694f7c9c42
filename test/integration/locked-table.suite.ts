import { checkUp } from '../support/checkup';
import { deployChecked } from '../support/deployed-check';
import type { Invoked } from '../support/deployed-function';
import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';
import { loggedReport } from './walks.suite';

/** What is another statement on each engine. */
export interface OfEngine {
  /** Locks a table against reads and writes, or against writes alone. */
  lock(table: string, against: 'all' | 'writes'): string;
  /** Gives the locks back, as far as the end of the transaction does not. */
  readonly unlock: string;
  /** Part of the query that shows who holds the lock. */
  readonly shows: string;
}

interface Named {
  readonly schema: string;
  readonly table: string;
}

const OLD = [
  { sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' },
  { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' },
];

/** A table that somebody holds as a whole costs a run only itself, and a few seconds. */
export function describeLockedTable(engine: Engine, { lock, unlock, shows }: OfEngine): void {
  const bed = purgeBed(engine);

  async function made(tables: number): Promise<Named[]> {
    const all: Named[] = [];
    for (let at = 0; at < tables; at += 1) {
      const table = { schema: await bed.createSchema(`t${at}`), table: 'session' };
      await bed.createTable(table);
      await bed.grant(table);
      await bed.insert(OLD, table);
      all.push(table);
    }
    return all;
  }

  /** Does the work while somebody holds the tables. */
  async function whileLocked<T>(
    tables: readonly Named[],
    work: () => Promise<T>,
    against: 'all' | 'writes' = 'all',
  ): Promise<T> {
    const quoted = tables.map((table) => bed.quoted(table));
    const holders = await Promise.all(quoted.map((table) => bed.begin(lock(table, against))));
    try {
      return await work();
    } finally {
      for (const holder of holders) {
        if (unlock) await holder.query(unlock);
        await holder.end('ROLLBACK');
      }
    }
  }

  const namesOf = (tables: readonly Named[]) => ({
    SESSION_PURGE_TABLES: tables.map((table) => bed.reported(table)).join(),
  });

  const locked = (table: Named) => ({
    table: bed.reported(table),
    stopReason: 'failed',
    problem: expect.stringMatching(
      new RegExp(`^table "${bed.reported(table)}" is locked: .*; look for .*: SELECT .*${shows}`),
    ),
  });

  function expectOthersPurged(invoked: Invoked, all: readonly Named[], held: readonly Named[]) {
    const report = loggedReport(invoked);
    expect(report).toMatchObject({ stopReason: 'failed', rowsDeleted: all.length - held.length });
    const told = report?.tables.filter(({ stopReason }) => stopReason === 'failed') ?? [];
    expect(told).toHaveLength(held.length);
    expect(told).toEqual(
      expect.arrayContaining(held.map((table) => expect.objectContaining(locked(table)))),
    );
    for (const table of held)
      expect(invoked.error?.errorMessage).toContain(`table "${bed.reported(table)}" is locked: `);
    expect(invoked.error?.errorMessage).not.toMatch(/Position|missing index/);
    return report;
  }

  it.each(['names', 'a pattern'])('leaves all others to be purged, found by %s', async (by) => {
    const all = await made(4);
    const held = all.slice(2, 3);
    const tables = by === 'names' ? namesOf(all) : { SESSION_PURGE_TABLES: '*.session' };

    const invoked = await whileLocked(held, () => bed.purge(tables));
    const next = await bed.purge(tables);

    const report = expectOthersPurged(invoked, all, held);
    expect(report?.durationMs).toBeLessThan(8000);
    expect(report?.retries).toBe(0);
    expect(next.report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
    expect(next.report?.dataApiCalls).toBeLessThan(10);
  });

  it('is told where it is the only one', async () => {
    const [table] = (await made(1)) as [Named];

    const invoked = await whileLocked([table], () => bed.purge(namesOf([table])));

    const report = expectOthersPurged(invoked, [table], [table]);
    expect(report?.durationMs).toBeLessThan(8000);
  });

  it('is told by a dry run, which counts all others', async () => {
    const all = await made(3);
    const held = all.slice(0, 1);

    const { error, ...invoked } = await whileLocked(held, () =>
      bed.purge(namesOf(all), { dryRun: true }),
    );

    expect(error?.errorMessage).toMatch(/^table \S+ is locked: /);
    expect(loggedReport(invoked)).toMatchObject({
      tables: [locked(all[0] as Named), { rowsExpired: 1 }, { rowsExpired: 1 }],
    });
    expect(loggedReport(invoked)?.durationMs).toBeLessThan(8000);
  });

  it('costs a bounded number of calls among 120, with three of them locked', async () => {
    const all = await made(120);
    const held = [all[5], all[50], all[119]] as Named[];

    const invoked = await whileLocked(held, () => bed.deploy(namesOf(all), 100_000).invoke());

    const report = expectOthersPurged(invoked, all, held);
    const callsOfEach = 3 * engine.callsToOpen;
    expect(report?.dataApiCalls).toBeLessThan(117 * callsOfEach + 3 * 2 * 7 + 10);
    expect(report?.durationMs).toBeLessThan(60_000);
  }, 150_000);

  it('is told where only deletes wait for it', async () => {
    const all = await made(2);
    const held = all.slice(0, 1);

    const invoked = await whileLocked(held, () => bed.purge(namesOf(all)), 'writes');

    const report = expectOthersPurged(invoked, all, held);
    expect(report?.durationMs).toBeLessThan(12_000);
  });

  it('is failing in the check-up and a warning of the deployment, in the words of a run', async () => {
    const all = await made(2);
    const [free, table] = all as [Named, Named];
    const env = namesOf(all);
    const startedMs = Date.now();

    const { checked, checkMs, deployment, run } = await whileLocked([table], async () => ({
      checked: await checkUp(bed, env),
      checkMs: Date.now() - startedMs,
      deployment: await deployChecked(bed, env),
      run: await bed.purge(env),
    }));

    const { finding, report, inState } = checked;
    expect(inState('failing')).toEqual(['locks']);
    const { detail, fix } = finding(`locks (${bed.reported(table)})`) ?? {};
    expect(run.error?.errorMessage).toBe(`${detail}; ${fix}`);
    expect(finding(`locks (${bed.reported(free)})`)?.state).toBe('ok');
    // On MySQL nothing is asked about a locked table that might wait for the lock.
    const rights = engine.name === 'MySQL' ? 'unknown' : 'ok';
    expect(finding(`rights (${bed.reported(table)})`)?.state).toBe(rights);
    expect(report.verdict).toBe('failing');
    expect(checkMs).toBeLessThan(15_000);
    expect(deployment).toMatchObject({
      Status: 'SUCCESS',
      Data: { Warnings: expect.stringContaining(`: ${detail}; ${fix}`) },
    });
  });
}
