import { judgeTargets } from '../../bench/targets';
import { IDLE_CALLS, timing, UNDER_LOAD } from './support';

const judged = (...entries: Parameters<typeof judgeTargets>[0]) =>
  judgeTargets(entries).map(({ contender, what, limit, value, isReached }) => [
    contender,
    what,
    limit,
    Number(value.toFixed(3)),
    isReached,
  ]);

describe('judgeTargets', () => {
  it('leaves out what was not measured', () => {
    expect(judged()).toEqual([]);
    expect(judged(timing('ours', 1))).toEqual([]);
  });

  it('compares medians with those of one DELETE', () => {
    const ours = timing('ours', 0, { durationsMs: [1400, 9000, 1500] });

    expect(judged(ours, timing('one DELETE', 1), timing('clearsessions', 5))).toEqual([
      ['ours', '1M of 1.2M, time', 1.5, 1.5, true],
    ]);
  });

  it('compares what the database pays, without and with its clean-up', () => {
    const paying = (contender: string, cpuMs: number, cpuWithCleanUpMs: number) =>
      timing(contender, 1, { costs: [{ cpuMs, cpuWithCleanUpMs, settledMs: 5000 }] });

    expect(judged(paying('ours', 900, 2200), paying('one DELETE', 1000, 2000))).toEqual([
      ['ours', '1M of 1.2M, CPU of the server', 1, 0.9, true],
      ['ours', '1M of 1.2M, CPU with clean-up', 1.05, 1.1, false],
      ['ours', '1M of 1.2M, time', 1.5, 1, true],
    ]);
  });

  it('uses the one DELETE of the same scenario, and of the same delay', () => {
    const snapshot = { scenario: 'snapshot' } as const;
    const far = { scenario: 'latency', delayMs: 20 } as const;
    const entries = [timing('one DELETE', 1), timing('ours', 2)];
    const beside = [timing('one DELETE', 4, snapshot), timing('ours', 5, snapshot)];
    const near = [timing('ours', 9, { scenario: 'latency' })];
    const slow = [timing('one DELETE', 2, far), timing('ours', 6, far)];

    expect(judged(...entries, ...beside, ...near, ...slow)).toEqual([
      ['ours', '1M of 1.2M, time', 1.5, 2, false],
      ['ours', '1M of 1.2M with 20 ms a call, time', 2.5, 3, false],
      ['ours', '1M of 1.2M beside an old snapshot, time', 1.5, 1.25, true],
    ]);
  });

  it('judges each engine by its own limits', () => {
    const mariadb = { engine: 'mariadb' } as const;
    const tenth = { shape: 'tenth', label: '100k of 1.1M', ...mariadb } as const;
    const facts = { dataApiCalls: 75, batches: 70, slowestBatchMs: 100 };
    const small = { ...mariadb, expired: 300_000, facts };
    const entries = [
      timing('one DELETE', 1, tenth),
      timing('ours', 2, tenth),
      timing('ours', 3, small),
      timing('pt-archiver, primary key', 4, mariadb),
      timing('pt-archiver, expire_date', 2.5, mariadb),
      timing('one DELETE', 1),
    ];

    expect(judged(...entries)).toEqual([
      ['ours', '100k of 1.1M, time', 1.6, 2, false],
      ['ours', "1M of 1.2M, time against pt-archiver's best", 1, 1.2, false],
      ['ours', '1M of 1.2M, calls a million rows', 250, 250, true],
    ]);
  });

  it("judges the growth of the time per row relative to one DELETE's", () => {
    const small = { scenario: 'growth', expired: 100_000, label: '100k of 120k' } as const;
    const large = { scenario: 'growth' } as const;
    const entries = [
      timing('one DELETE', 1, small),
      timing('one DELETE', 20, large),
      timing('ours', 45, large),
      timing('ours', 1.5, small),
    ];

    expect(judged(...entries)).toEqual([
      ['ours', "growth of the time per row, against one DELETE's own", 1.3, 1.5, false],
    ]);
  });

  it("judges the application's stalls and the function's calls", () => {
    expect(judged(UNDER_LOAD, IDLE_CALLS)).toEqual([
      ['ours', "the application's p99, against idle", 1.5, 1.25, true],
      ['ours', "the application's longest stall", 20, 31, false],
      ['ours', 'calls of an idle run', 1, 2, false],
    ]);
  });

  it('never judges that a stopped contender reached a goal', () => {
    const stopped = timing('ours', 1, { stoppedAtMs: 1000 });

    expect(judged(stopped, timing('one DELETE', 1))).toEqual([
      ['ours', '1M of 1.2M, time', 1.5, 1, false],
    ]);
  });
});
