import { METRICS } from '../../contract/metrics';
import { ALARMS } from '../../lib/session-purge-alarms';
import { partOf, readPage, rowsOf } from './pages';

const RESULTS = readPage('bench/RESULTS.md');
const COSTS = new Map(
  rowsOf(partOf(readPage('docs/costs.md'), 'costs')) as unknown as [string, string][],
);

/** What the benchmark says of a function on this engine. */
function measured(engine: string, what: string): string {
  const [, section = ''] =
    new RegExp(`### ${engine}: the function\n(.*?)(\n### |$)`, 's').exec(RESULTS) ?? [];
  const [, value] = rowsOf(section).find(([name]) => name === what) ?? [];
  if (value === undefined) throw new Error(`bench/RESULTS.md has no "${what}" of ${engine}`);
  return value;
}

const price = (what: string) => [measured('PostgreSQL', what), measured('MariaDB', what)];

describe('docs/costs.md', () => {
  it('has the price of a million rows as measured', () => {
    const [calls, price] = ['calls of a million rows', 'a million rows'];
    const of = (engine: string) => `${measured(engine, calls)} .*?\\${measured(engine, price)}`;

    expect(COSTS.get('a million expired rows')).toMatch(
      new RegExp(`^PostgreSQL: ${of('PostgreSQL')}; MySQL: ${of('MariaDB')}$`),
    );
  });

  it.each([
    ['a year of daily runs with 10 000 expired rows each', 'a year of daily runs, 10k of 1M'],
    ['a year of daily runs with nothing to do', 'a year of idle runs'],
  ])('has the price of %s as measured', (row, what) => {
    const [postgresql, mysql] = price(what);

    expect(COSTS.get(row)).toBe(`PostgreSQL: ${postgresql}; MySQL: ${mysql}`);
  });

  it('counts the metrics and the alarms', () => {
    const counted = [`${Object.keys(METRICS).length} custom metrics`, `${ALARMS.length} alarms`];

    expect([...COSTS.keys()]).toEqual(expect.arrayContaining(counted));
  });
});
