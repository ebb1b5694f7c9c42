import { REPORT_MARGIN_MS } from '../../lambda/clock';
import { dialectsFor } from '../../lambda/database/dialects';
import { firstPace, nextPace } from '../../lambda/purge/pace';
import { firstRoute, wantsChoice } from '../../lambda/purge/route';
import { DEFAULTS } from '../support/environment';
import { readPage } from './pages';

/** On one line, so that a sentence may be wrapped anywhere. */
const PAGE = readPage('docs/how-it-works.md').replaceAll(/\s+/g, ' ');

describe('docs/how-it-works.md', () => {
  it('says at which pace a run deletes', () => {
    const { targetBatchMs, maxBatchSize } = DEFAULTS;

    expect(PAGE).toContain(`Each statement aims at ${targetBatchMs} ms`);
    expect(PAGE).toContain(`takes at most ${maxBatchSize} rows`);
  });

  it('says how a run starts, and how fast it grows', () => {
    const first = firstPace(DEFAULTS, 1);
    const fast = { kind: 'deleted', durationMs: 2 } as const;
    const second = nextPace(first, fast, first.batchSize, DEFAULTS);

    expect(PAGE).toContain(
      `A run starts with ${first.batchSize} rows, and a batch has at most four times as many as the one before`,
    );
    expect(second.batchSize).toBe(4 * first.batchSize);
  });

  it('says how long it pauses', () => {
    const pace = firstPace(DEFAULTS, 0);
    const batch = { kind: 'deleted', durationMs: 100 } as const;

    expect(PAGE).toContain('a pause of half the time that the batch took');
    expect(nextPace({ ...pace, roundTripMs: 0 }, batch, 500, DEFAULTS).pauseMs).toBe(50);
  });

  it('says when a sample decides between the walks', () => {
    const route = firstRoute({ walk: 'index', at: null }, 0);

    expect(PAGE).toContain('After the first thousand rows, a sample');
    expect([999, 1000].map((rows) => wantsChoice(route, rows))).toEqual([false, true]);
  });

  it('says which engine has which walks', () => {
    const walks = dialectsFor('UTC').map(({ engine, storage }) => [engine, storage !== null]);

    expect(PAGE).toContain('MySQL has one walk only');
    expect(Object.fromEntries(walks)).toEqual({ postgresql: true, mysql: false });
  });

  it('says how much time is kept for the report', () => {
    expect(PAGE).toContain('Three seconds are kept for the report');
    expect(REPORT_MARGIN_MS).toBe(3000);
  });
});
