import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { seedSessions } from '../../local/django-table';
import { countOf, formatCount } from '../terminal/format';
import { heading, type Screen } from '../terminal/screen';
import { listed } from '../terminal/tables';
import { deletedSoFar } from './deleted-so-far';
import type { DemoSetup } from './demo-setup';
import { dryRunRows } from './dry-run-summary';
import { withProgressBar } from './progress-bar';
import { purgeRows } from './purge-summary';
import { type Row, reportRow } from './report-rows';
import { scheduledEvent } from './scheduled-event';

/** The backlog expired evenly over so many days. */
export const DAYS = 90;

/** Counts what is left, so that you need not trust the function's own report. */
export async function leftRow(admin: Client): Promise<Row> {
  const { rows } = await admin.query(
    `SELECT count(*)::int AS sessions, (count(*) FILTER (WHERE expire_date < now()))::int AS expired
     FROM django_session`,
  );
  const [{ sessions, expired }] = rows;
  const which = expired === 0 ? 'all live' : `${formatCount(expired)} of them expired`;
  return ['left in the table', `${countOf(sessions, 'session')}, ${which}`];
}

/** Fills the table. */
export async function fill(admin: Client, expired: number, live: number): Promise<void> {
  await seedSessions(admin, { expired, live, newestExpiredSecondsAgo: 1, expiredOverDays: DAYS });
  // On a real site autovacuum would have done this long ago.
  await admin.query('VACUUM (ANALYZE) django_session');
}

/** Shows a dry run on a neglected table, and a purge by the schedule's event. */
export async function showBacklog(
  setup: DemoSetup,
  screen: Screen,
  expired: number,
): Promise<void> {
  const { admin, purgeFunction } = setup;
  const live = Math.ceil(expired / 10);
  const sessions = countOf(expired, 'session');
  heading(
    screen,
    `${sessions} that expired in the last ${DAYS} days, and ${countOf(live, 'live one')}`,
  );
  screen.status('   filling the table ...');
  await fill(admin, expired, live);

  const dryRun = { dryRun: true };
  screen.line(
    listed([['event', JSON.stringify(dryRun)], ...dryRunRows(await purgeFunction.purge(dryRun))]),
  );

  heading(screen, 'The scheduled event, as EventBridge sends it');
  const purging = purgeFunction.purge(scheduledEvent(new Date(), randomUUID()));
  const deleted = deletedSoFar(admin, { expired, days: DAYS });
  const report = await withProgressBar(purging, screen.stream, expired, deleted);
  screen.line(listed([...purgeRows(report), await leftRow(admin), reportRow(report)]));
}
