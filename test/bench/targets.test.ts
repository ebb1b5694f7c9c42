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

  it('compares the median with that of the raw DELETE', () => {
    const ours = timing('ours', 0, { durationsMs: [1400, 9000, 1500] });

    expect(judged(ours, timing('raw DELETE', 1), timing('clearsessions', 5))).toEqual([
      ['ours', '1M of 1.2M, against raw', 1.5, 1.5, true],
    ]);
  });

  it('uses the raw DELETE of the same scenario', () => {
    const snapshot = { scenario: 'snapshot' } as const;
    const entries = [timing('raw DELETE', 1), timing('ours', 2)];
    const beside = [timing('raw DELETE', 4, snapshot), timing('ours', 5, snapshot)];

    expect(judged(...entries, ...beside)).toEqual([
      ['ours', '1M of 1.2M, against raw', 1.5, 2, false],
      ['ours', '1M of 1.2M beside an old snapshot, against raw', 1.5, 1.25, true],
    ]);
  });

  it('judges each engine by its own limits', () => {
    const mariadb = { engine: 'mariadb' } as const;
    const entries = [
      timing('raw DELETE', 1, mariadb),
      timing('ours', 3, mariadb),
      timing('pt-archiver, primary key', 4, mariadb),
      timing('pt-archiver, expire_date', 2.5, mariadb),
      timing('raw DELETE', 1),
    ];

    expect(judged(...entries)).toEqual([
      ['ours', '1M of 1.2M, against raw', 2.5, 3, false],
      ['ours', "1M of 1.2M, against pt-archiver's best", 1, 1.2, false],
    ]);
  });

  it("judges the growth of the time per row relative to the raw DELETE's", () => {
    const small = { scenario: 'growth', expired: 100_000, label: '100k of 120k' } as const;
    const large = { scenario: 'growth' } as const;
    const entries = [
      timing('raw DELETE', 1, small),
      timing('raw DELETE', 20, large),
      timing('ours', 45, large),
      timing('ours', 1.5, small),
    ];

    expect(judged(...entries)).toEqual([
      ['ours', "growth of the time per row, against raw's own", 1.3, 1.5, false],
    ]);
  });

  it('compares 30 ms a call with no delay', () => {
    const at = (delayMs: number, seconds: number) =>
      timing('ours', seconds, { scenario: 'latency', delayMs });

    expect(judged(at(0, 2), at(10, 100), at(30, 3))).toEqual([
      ['ours', '1M of 1.2M with 30 ms a call, against none', 2, 1.5, true],
    ]);
  });

  it("judges the application's stalls and the function's calls", () => {
    expect(judged(UNDER_LOAD, IDLE_CALLS)).toEqual([
      ['ours', "the application's p99, against idle", 1.5, 1.25, true],
      ['ours', "the application's longest stall", 20, 31, false],
      ['ours', 'calls of an idle run', 2, 2, true],
    ]);
  });

  it('never judges that a stopped contender reached a goal', () => {
    const stopped = timing('ours', 1, { stoppedAtMs: 1000 });

    expect(judged(stopped, timing('raw DELETE', 1))).toEqual([
      ['ours', '1M of 1.2M, against raw', 1.5, 1, false],
    ]);
  });
});
