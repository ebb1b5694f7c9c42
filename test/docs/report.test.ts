import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../contract/metrics';
import { type PurgeReport, STOP_REASONS, type TableReport } from '../../contract/report';
import { COUNT_CAP } from '../../lambda/database/session-table';
import { seedSessions } from '../../local/django-table';
import { deploy } from '../support/deployed-function';
import { createDatabase } from '../support/postgres';
import { codeBlocks, readPage, tableIn } from './pages';

const PAGE = readPage('docs/report.md');
const [example = ''] = codeBlocks(PAGE, 'jsonc');

type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

const SOMETIMES: Readonly<Record<Optional<PurgeReport> | Optional<TableReport>, true>> = {
  warnings: true,
  newestExpiresInSeconds: true,
  tablesLeftOut: true,
  reason: true,
  error: true,
  estimate: true,
  rowsExpiredCapped: true,
  rowsExpiredEstimate: true,
  rowsSteppedOver: true,
  rowsNotTried: true,
  problem: true,
  walk: true,
  walkReason: true,
};

describe('docs/report.md', () => {
  it('shows the fields that a run returns, in their order', async () => {
    const db = await createDatabase();
    await seedSessions(db.admin, { expired: 3000 });
    const purge = deploy({ env: { ...db.environment, SESSION_PURGE_GRACE_SECONDS: '0' } });
    const { report } = await purge.invoke();
    await purge.stop();
    await db.close();

    const shown = JSON.parse(example.replaceAll(/ +\/\/.*$/gm, ''));
    expect(Object.keys(shown)).toEqual(Object.keys(report as object));
    expect(Object.keys(shown.tables[0])).toEqual(Object.keys(report?.tables[0] as object));
  });

  it.each(Object.keys(SOMETIMES))('says when there is the field %s', (field) => {
    const fields = tableIn(PAGE.slice(PAGE.indexOf('| field |'))).map(({ field }) => field);

    expect(fields.join()).toContain(`\`${field}\``);
  });

  it('says how far a dry run counts', () => {
    const cap = `${COUNT_CAP / 1000} 000 rows`;

    expect(PAGE).toContain(`stopped counting at ${cap}`);
  });

  it('explains each stop reason', () => {
    const explained = tableIn(PAGE.slice(PAGE.indexOf('| `stopReason` |')));

    expect(explained.map((row) => [row['`stopReason`'], row.meaning])).toEqual(
      Object.entries(STOP_REASONS).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
    );
  });

  it.each([METRIC_NAMESPACE, METRIC_DIMENSION, ...Object.values(METRICS)])('names %s', (name) => {
    expect(PAGE).toContain(`\`${name}\``);
  });
});
