import { METRICS } from '../../contract/metrics';
import { ALARMS } from '../../lib/alarm-kinds';
import { partOf, readPage, tableIn } from './pages';
import { measurements } from './results';

const COSTS = new Map(
  tableIn(partOf(readPage('docs/costs.md'), 'costs')).map(({ what, costs }) => [what, costs]),
);

/** What the benchmark says of the function on both engines; MariaDB stands in for MySQL. */
function measured(what: string): string[] {
  return ['PostgreSQL', 'MariaDB'].map((engine) => {
    const rows = measurements(`${engine}: the function`).map((row) => Object.values(row));
    return rows.find(([name]) => name?.startsWith(what))?.[1] ?? `no "${what}"`;
  });
}

describe('docs/costs.md', () => {
  it('has the price of a million rows as measured', () => {
    const [calls, mysqlCalls] = measured('calls of a million rows');
    const [price, mysqlPrice] = measured('a million rows');

    expect(COSTS.get('a million expired rows')).toBe(
      `PostgreSQL: ${calls} Data API calls, ${price}; MySQL: ${mysqlCalls} calls, ${mysqlPrice}`,
    );
  });

  it.each([
    ['a year of daily runs with 10 000 expired rows each (MySQL: 3000)', 'a year of daily runs,'],
    ['a year of daily runs with nothing to do', 'a year of idle runs'],
  ])('has the price of %s as measured', (row, what) => {
    const [postgresql, mysql] = measured(what);

    expect(COSTS.get(row)).toBe(`PostgreSQL: ${postgresql}; MySQL: ${mysql}`);
  });

  it('counts the metrics and the alarms', () => {
    const counted = [
      `${Object.keys(METRICS).length} custom metrics`,
      `${ALARMS.length} alarms, one of them only with a drain`,
    ];

    expect([...COSTS.keys()]).toEqual(expect.arrayContaining(counted));
  });
});
