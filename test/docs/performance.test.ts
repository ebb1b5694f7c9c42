import { PICTURES, picturesOf } from '../../bench/pictures';
import { reportOf } from '../../bench/report';
import { readResults } from '../../bench/results';
import { partOf, readPage, tableIn } from './pages';
import { measurements } from './results';

const PAGE = readPage('docs/performance.md');

/** The page's columns and what the benchmark calls them. */
const CONTENDERS = {
  'this purge': 'ours',
  'one DELETE': 'raw DELETE',
  'usual recipe': 'usual recipe (5000)',
  clearsessions: 'clearsessions',
};

const OLD_SNAPSHOT = ', beside an old snapshot';

function timing(rows: Record<string, string>[], table: string, contender: string) {
  const row = rows.find((row) => row.table === table && row.contender === contender);
  if (row === undefined) return '';
  const ratio = contender === 'raw DELETE' ? '' : ` (${row['×']})`;
  return `${row['median s']} s${ratio}`;
}

describe('what is made of bench/results.json', () => {
  const results = readResults('bench');
  if (results === undefined) throw new Error('bench/results.json is missing');

  it('has the tables of bench/RESULTS.md', () => {
    expect(readPage('bench/RESULTS.md')).toBe(reportOf(results));
  });

  const pictures = Object.entries(picturesOf(results.entries));

  it.each(pictures)('has docs/pictures/%s, which the page shows', (name, svg) => {
    expect(readPage(`${PICTURES}/${name}`)).toBe(svg);
    expect(PAGE).toContain(`](pictures/${name})`);
  });

  it('draws other pictures of other results', () => {
    const slower = results.entries.map((entry) => {
      if (entry.kind === 'timing')
        return { ...entry, durationsMs: entry.durationsMs.map((ms) => 2 * ms) };
      if (entry.kind === 'under-load')
        return { ...entry, underLoad: { ...entry.underLoad, p99Ms: 2 * entry.underLoad.p99Ms } };
      return entry;
    });
    const drawn = picturesOf(slower);

    expect(picturesOf(results.entries)).toEqual(Object.fromEntries(pictures));
    for (const [name, svg] of pictures) expect(drawn[name]).not.toBe(svg);
  });
});

describe('docs/performance.md', () => {
  it.each(tableIn(partOf(PAGE, 'throughput')))('$engine, $expired rows: as measured', (row) => {
    const { engine, 'expired rows': rows = '' } = row;
    const scenario = rows.endsWith(OLD_SNAPSHOT) ? 'beside an old snapshot' : 'throughput';
    const measured = measurements(`${engine}: ${scenario}`);

    for (const [column, contender] of Object.entries(CONTENDERS)) {
      const table = rows.replace(OLD_SNAPSHOT, '');
      expect([column, row[column]]).toEqual([column, timing(measured, table, contender)]);
    }
  });

  it.each(tableIn(partOf(PAGE, 'application')))(
    '$engine beside an application: as measured',
    (row) => {
      const { engine, 'beside it runs': beside = '' } = row;
      const contender = CONTENDERS[beside as keyof typeof CONTENDERS];
      const measured = measurements(`${engine}: the application beside it`).find(
        (line) => line.contender === contender,
      );

      expect(measured).toMatchObject({
        p99: row['p99 before'],
        'p99 2': row['p99 meanwhile'],
        'max 2': row.longest,
        'purge s': row.takes?.replace(/ s$/, ''),
      });
    },
  );

  it.each(tableIn(partOf(PAGE, 'latency')))('$engine with slow calls: as measured', (row) => {
    const measured = measurements(`${row.engine}: latency of the Data API`);

    for (const [column, delay] of [
      ['nothing', ''],
      ['+10 ms', ', +10 ms'],
      ['+30 ms', ', +30 ms'],
    ] as const) {
      const { 'median s': seconds } =
        measured.find(
          ({ table, contender }) => table === `1M of 1.2M${delay}` && contender === 'ours',
        ) ?? {};
      expect([column, row[column]]).toEqual([column, `${seconds} s`]);
    }
  });
});
