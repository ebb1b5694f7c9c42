import { type ProgressLine, progressLog } from '../../../lambda/purge/progress';
import { fakeClock } from '../../support/fake-clock';

const TABLE = { table: 'public.django_session', oldestExpired: '2026-11-21T00:00:00.000Z' };

function setup() {
  const clock = fakeClock();
  const lines: ProgressLine[] = [];
  const tell = progressLog(clock, (line) => lines.push(line));
  const tellAfter = (durationMs: number, rowsDeleted: number) => {
    clock.pass(durationMs);
    tell({ ...TABLE, rowsDeleted });
  };
  return { lines, tellAfter };
}

describe('progressLog', () => {
  it('writes nothing in a run of less than ten seconds', () => {
    const { lines, tellAfter } = setup();

    for (let batch = 1; batch <= 9; batch += 1) tellAfter(1111, batch * 500);

    expect(lines).toEqual([]);
  });

  it('writes how far the run has come, and how fast', () => {
    const { lines, tellAfter } = setup();

    tellAfter(10_000, 12_344);

    expect(lines).toEqual([{ ...TABLE, rowsDeleted: 12_344, rowsPerSecond: 1234 }]);
  });

  it('writes at most one line every ten seconds', () => {
    const { lines, tellAfter } = setup();

    tellAfter(14_000, 1400);
    tellAfter(9999, 2000);
    tellAfter(1, 2400);
    tellAfter(30_000, 5400);
    tellAfter(0, 5401);

    expect(lines.map(({ rowsDeleted }) => rowsDeleted)).toEqual([1400, 2400, 5400]);
  });

  it('computes the speed over the whole run', () => {
    const { lines, tellAfter } = setup();

    tellAfter(10_000, 10_000);
    tellAfter(10_000, 40_000);

    expect(lines.map(({ rowsPerSecond }) => rowsPerSecond)).toEqual([1000, 2000]);
  });
});
