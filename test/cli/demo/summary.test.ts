import { stripVTControlCharacters } from 'node:util';
import { outcomeText } from '../../../cli/demo/target-outcome';
import type { PurgeReport, TableReport } from '../../../contract/report';

const TABLE: TableReport = {
  table: 'public.django_session',
  stopReason: 'drained',
  rowsDeleted: 48_213,
  rowsExpired: null,
  oldestExpired: null,
  backlogAgeSeconds: 0,
};

const REPORT: PurgeReport = {
  dryRun: false,
  cutoff: '2026-11-22T02:17:00.000Z',
  engine: 'PostgreSQL 17.10',
  stopReason: 'drained',
  rowsDeleted: 48_213,
  unknownOutcomes: 0,
  batches: 23,
  dataApiCalls: 25,
  retries: 0,
  slowestBatchMs: 412,
  wakeMs: 0,
  durationMs: 11_873,
  tables: [TABLE],
};

const DRY_RUN: PurgeReport = {
  ...REPORT,
  dryRun: true,
  stopReason: 'dry-run',
  rowsDeleted: 0,
  tables: [
    {
      ...TABLE,
      rowsDeleted: 0,
      rowsExpired: 100_000,
      rowsExpiredCapped: true,
      rowsExpiredEstimate: 65_100_000,
      oldestExpired: '2020-07-11T19:20:40.000Z',
      backlogAgeSeconds: 200_904_980,
    },
  ],
  estimate: {
    batches: { least: 1303, most: 1410 },
    dataApiCalls: { least: 1652, most: 1652 },
    shortestMs: 61_000,
    longestMs: 4_882_500,
  },
};

/** The lines of the summary, without the one that holds the report as JSON. */
const linesOf = (report: PurgeReport) =>
  stripVTControlCharacters(outcomeText(report))
    .split('\n')
    .filter((line) => !line.includes(JSON.stringify(report)));

test('the summary of a purge says how much was deleted, how fast, and why it stopped', () => {
  expect(linesOf(REPORT)).toEqual([
    '',
    '   rows deleted      48 213',
    '   rows per second   4 061',
    '   batches           23, the slowest 412 ms',
    '   Data API calls    25',
    '   duration          11.9 s',
    '   stop reason       drained: every session that expired before the cutoff is deleted, except rows that others had locked or just added',
  ]);
});

test('the summary of a purge whose time was up says what is left, and to run it again', () => {
  const table: TableReport = {
    ...TABLE,
    stopReason: 'time-budget',
    oldestExpired: '2026-11-21T02:17:00.000Z',
    backlogAgeSeconds: 86_400,
  };
  const report: PurgeReport = {
    ...REPORT,
    stopReason: 'time-budget',
    durationMs: 895_000,
    tables: [table],
  };

  expect(linesOf(report).slice(5)).toEqual([
    '   duration          14 min 55 s',
    '   stop reason       time-budget: there might not have been time for another batch; the next run goes on',
    '   oldest expired    2026-11-21 02:17:00 (1 day)',
    '',
    'The time was up before the work was done; run the same command again.',
  ]);
});

test('the summary of a purge says what trouble it had', () => {
  expect(linesOf({ ...REPORT, retries: 3, wakeMs: 21_400, unknownOutcomes: 1 })).toEqual(
    expect.arrayContaining([
      '   repeated calls       3',
      '   waking the cluster   21.4 s',
      '   answers lost         1; the rows that these batches deleted are not counted',
    ]),
  );
});

test('the summary of a dry run says how many sessions, how old, how long, and how to delete', () => {
  expect(linesOf(DRY_RUN)).toEqual([
    '',
    '   cutoff     2026-11-22 02:17:00 (UTC)',
    "   expired    more than 100 000 sessions, about 65 100 000 by the planner's estimate, the oldest since 2020-07-11 19:20:40 (2 325 days)",
    '   a purge    may take from 1 min 1 s to 81 min 23 s: 1 303 to 1 410 batches, 1 652 Data API calls',
    '   deleted    nothing',
    '',
    'That was a dry run, and nothing was deleted; to delete, add --delete to the same command.',
  ]);
});

test('the summary of a dry run says that the estimate is of a purge with nothing in its way where something may be', () => {
  const row = (report: PurgeReport) => linesOf(report).find((line) => line.includes('a purge '));
  const condition = 'to 81 min 23 s, if nothing is in its way: 1 303 to';

  expect(row(DRY_RUN)).not.toContain('in its way');
  expect(row({ ...DRY_RUN, warnings: ['constraint "a" refers to it'] })).toContain(condition);
  const bad = { ...TABLE, stopReason: 'failed' as const, problem: 'it is a view' };
  expect(row({ ...DRY_RUN, tables: [...DRY_RUN.tables, bad] })).toContain(condition);
  expect(row({ ...DRY_RUN, engine: 'mysql' })).toContain(
    'to 81 min 23 s, if nothing is in its way, like foreign keys and triggers that MySQL does not show to every user: 1 303 to',
  );
});

test('the summary of a dry run says of which tables the estimate is not', () => {
  const row = (tables: readonly TableReport[]) =>
    linesOf({ ...DRY_RUN, tables: [...DRY_RUN.tables, ...tables] }).find((line) =>
      line.includes('a purge '),
    );
  const bad = { ...TABLE, table: 'a.s', stopReason: 'failed' as const, problem: 'it is a view' };

  expect(row([])).not.toContain('without');
  expect(row([bad])).toMatch(/ calls?; without a\.s, which was not counted$/);
  expect(row([bad, bad])).toMatch(/; without a\.s and 1 more table, which were not counted$/);
});

test('the summary of several tables says what each stop reason means once', () => {
  const tables = ['a.s', 'b.s', 'c.s'].map((table) => ({ ...TABLE, table }));
  const failed = { ...TABLE, table: 'd.s', stopReason: 'failed' as const, problem: 'a view' };

  expect(
    linesOf({ ...REPORT, stopReason: 'failed', tables: [failed, ...tables] }).slice(1),
  ).toEqual([
    '   rows deleted      48 213',
    '     in d.s          48 213; failed',
    '     in a.s          48 213; drained',
    '     in b.s          48 213; drained',
    '     in c.s          48 213; drained',
    '   rows per second   4 061',
    '   batches           23, the slowest 412 ms',
    '   Data API calls    25',
    '   duration          11.9 s',
    '   stop reason       failed: it could not be done, or not wholly; the error says why',
    '     of a table      drained: every session that expired before the cutoff is deleted, except rows that others had locked or just added',
  ]);
});

test('the summary of many tables shows the first ones and counts the others', () => {
  const tables = Array.from({ length: 3000 }, (_, n) => ({ ...TABLE, table: `tenant_${n}.s` }));

  const lines = linesOf({ ...REPORT, tables });

  expect(lines.filter((line) => line.includes('tenant_'))).toHaveLength(20);
  expect(lines).toContainEqual(expect.stringMatching(/^ +and 2 980 more tables$/));
  const tablesLeftOut = { count: 1400, stopReasons: {}, rowsDeleted: 0, rowsExpired: null };
  expect(linesOf({ ...REPORT, tables: tables.slice(0, 100), tablesLeftOut })).toContainEqual(
    expect.stringMatching(/^ +and 1 480 more tables$/),
  );
});
