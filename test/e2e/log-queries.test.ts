import type { PurgeReport, TableReport } from '../../contract/report';
import { boundedReport } from '../../lambda/bounded';
import { POSTGRESQL } from '../support/engines';
import { dashboardQueries, fieldsIn, rowOf } from '../support/log-insights';
import { purgeBed } from '../support/purge-bed';

const queries = dashboardQueries();

const queryOf = (title: RegExp): string => {
  const [[, query] = ['', '']] = Object.entries(queries).filter(([name]) => title.test(name));
  return query;
};

/** A table of which every field is there that a report can have. */
const TABLE: Required<TableReport> = {
  table: 'tenant.django_session',
  stopReason: 'failed',
  rowsDeleted: 1,
  rowsExpired: 1,
  rowsExpiredCapped: true,
  rowsExpiredEstimate: 1,
  oldestExpired: '2026-01-01T00:00:00.000Z',
  walk: 'index',
  walkReason: 'why',
  rowsSteppedOver: 1,
  rowsNotTried: 1,
  problem: 'what is in the way',
  backlogAgeSeconds: 1,
};

const many = <Item>(count: number, item: (at: number) => Item) =>
  Array.from({ length: count }, (_, at) => item(at));

/** A report that has every field, more tables than have room, and a warning for each. */
const LARGEST: PurgeReport = {
  dryRun: true,
  cutoff: '2026-01-01T00:00:00.000Z',
  engine: 'postgresql',
  stopReason: 'failed',
  reason: 'why',
  newestExpiresInSeconds: 1,
  rowsDeleted: 1,
  unknownOutcomes: 1,
  batches: 1,
  dataApiCalls: 1,
  retries: 1,
  slowestBatchMs: 1,
  wakeMs: 1,
  durationMs: 1,
  estimate: {
    batches: { least: 1, most: 1 },
    dataApiCalls: { least: 1, most: 1 },
    shortestMs: 1,
    longestMs: 1,
  },
  warnings: many(1500, (at) => `mend ${at}`),
  tables: many(1500, () => TABLE),
};

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  /** Tables without an index, each with an expired session, of which a trigger keeps the last one's in its place. */
  async function createTables(count: number): Promise<string> {
    const names = many(count, (at) => `session_${at}`);
    for (const name of names) {
      await bed.query(`CREATE TABLE ${name} (LIKE django_session);
        ALTER TABLE ${name} ADD PRIMARY KEY (session_key);
        INSERT INTO ${name} VALUES ('k', 'd', '2020-01-01Z');
        ${POSTGRESQL.grant} ${name} TO purger`);
    }
    await bed.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'kept for the audit'; END $$;
      CREATE TRIGGER keep BEFORE DELETE ON ${names.at(-1)} FOR EACH ROW EXECUTE FUNCTION refuse()`);
    return names.join();
  }

  /** The line of the log with the report of a run. */
  async function lineOfRun(tables: string): Promise<string> {
    const { output } = await bed.purge({ SESSION_PURGE_TABLES: tables });
    return output.find((line) => line.startsWith('{') && 'report' in JSON.parse(line)) ?? '';
  }

  it.each([
    ['has room for', 40],
    ['is too small for', 120],
  ])(
    'the dashboard shows the table that was in the way of a run whose report %s all %i',
    async (_room, count) => {
      const line = await lineOfRun(await createTables(count));

      const name = `public.session_${count - 1}`;
      const problem = expect.stringMatching(/^1 row of public.session_\d+ could not be deleted/);
      expect(rowOf(queryOf(/^Tables that were not purged/), line)).toMatchObject({
        'report.tables.0.table': name,
        'report.tables.0.problem': problem,
        'report.tables.1.problem': undefined,
      });
      expect(rowOf(queryOf(/^Failures/), line)).toMatchObject({
        what: problem,
        kind: 'DatabaseError',
      });
      expect(rowOf(queryOf(/^The last runs/), line)).toMatchObject({
        'report.stopReason': 'failed',
        'report.rowsDeleted': count - 1,
      });
    },
  );

  it('the dashboard shows no table of a run that had none in its way', async () => {
    const line = await lineOfRun('django_session');

    expect(rowOf(queryOf(/^Tables that were not purged/), line)).toBeUndefined();
    expect(rowOf(queryOf(/^Failures/), line)).toBeUndefined();
  });

  it.each(Object.keys(queries))(
    'finds its fields in the line of the largest report: %s',
    async (title) => {
      const envelope = JSON.parse(await lineOfRun(await createTables(1)));
      const line = JSON.stringify({ ...envelope, report: boundedReport(LARGEST) });

      const wanted = queries[title]?.match(/\b(report|error)\.[\w.]+/g) ?? [];
      expect(wanted).not.toEqual([]);
      const found = fieldsIn(line);
      expect(wanted.filter((field) => !found.has(field))).toEqual([]);
    },
  );
});
