import { pageOf } from '../../bench/page';
import { PICTURES, picturesOf } from '../../bench/pictures';
import { reportOf } from '../../bench/report';
import { readResults } from '../../bench/results';
import { timing, UNDER_LOAD } from '../bench/support';
import { partOf, readPage, tableIn } from './pages';

const PAGE = readPage('docs/performance.md');

describe('what is made of bench/results.json', () => {
  const results = readResults('bench');
  if (results === undefined) throw new Error('bench/results.json is missing');

  it('has the tables of bench/RESULTS.md', () => {
    expect(readPage('bench/RESULTS.md')).toBe(reportOf(results));
  });

  it('has the tables of docs/performance.md', () => {
    expect(pageOf(PAGE, results.entries)).toBe(PAGE);
  });

  const pictures = Object.entries(picturesOf(results.entries));

  it.each(pictures)('has docs/pictures/%s, which the page shows', (name, svg) => {
    expect(readPage(`${PICTURES}/${name}`)).toBe(svg);
    expect(PAGE).toContain(`](pictures/${name})`);
  });

  it('draws other pictures of other results', () => {
    const slower = results.entries.map((entry) => {
      if (entry.kind === 'timing') {
        const twice = (ms: number) => 2 * ms;
        const { batchesMs, costs } = entry;
        return {
          ...entry,
          durationsMs: entry.durationsMs.map(twice),
          ...(batchesMs && { batchesMs: batchesMs.map(twice) }),
          ...(costs && { costs: costs.map((cost) => ({ ...cost, cpuWithCleanUpMs: 1 })) }),
        };
      }
      if (entry.kind === 'under-load')
        return { ...entry, underLoad: { ...entry.underLoad, p99Ms: 2 * entry.underLoad.p99Ms } };
      return entry;
    });
    const drawn = picturesOf(slower);

    expect(picturesOf(results.entries)).toEqual(Object.fromEntries(pictures));
    for (const [name, svg] of pictures) expect(drawn[name]).not.toBe(svg);
  });
});

describe('pageOf', () => {
  const costs = (cpuWithCleanUpMs: number) => [{ cpuWithCleanUpMs, settledMs: 1 }];
  const far = { scenario: 'latency', delayMs: 20 } as const;
  const entries = [
    timing('one DELETE', 2, { costs: costs(4000) }),
    timing('ours', 3, { costs: costs(5000) }),
    timing('usual recipe (5000)', 60, { stoppedAtMs: 60_000 }),
    timing('ours', 6, { scenario: 'snapshot' }),
    timing('one DELETE', 4, far),
    timing('ours', 10, far),
    timing('ours, maxBatchSize=9', 5),
    UNDER_LOAD,
  ];
  const written = (name: string) =>
    tableIn(partOf(pageOf(`<!-- ${name}: x -->\n\n<!-- /${name} -->`, entries), name));
  const most = { engine: 'PostgreSQL', 'expired rows': '1M of 1.2M' };

  it('has what the server paid, against one DELETE', () => {
    expect(written('costs')[0]).toEqual({
      ...most,
      'this purge': '5 s (1.25)',
      'one DELETE': '4 s',
      'usual recipe': '',
      clearsessions: '',
    });
  });

  it('has the times, with a sign where a contender was stopped', () => {
    const times = {
      'this purge': '3 s (1.5)',
      'one DELETE': '2 s',
      'usual recipe': '> 60 s (> 30)',
    };

    expect(written('times')).toMatchObject([
      { ...most, ...times },
      { 'expired rows': '1M of 1.2M, beside an old snapshot', 'this purge': '6 s' },
    ]);
  });

  it('has the answers of the application', () => {
    expect(written('application')).toEqual([
      {
        engine: 'PostgreSQL',
        'beside it runs': 'this purge',
        'p99 before': '4',
        'p99 meanwhile': '5',
        longest: '31',
        takes: '10 s',
      },
    ]);
  });

  it('has the times with slow calls', () => {
    expect(written('latency')).toEqual([
      { engine: 'PostgreSQL', who: 'this purge', '+20 ms': '10 s (2.5)' },
      { engine: 'PostgreSQL', who: 'one DELETE', '+20 ms': '4 s' },
    ]);
  });
});
