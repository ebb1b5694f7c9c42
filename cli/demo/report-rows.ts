import { styleText } from 'node:util';
import type { PurgeReport, TableReport } from '../../contract/report';
import { formatAge, formatCount, formatInstant } from '../terminal/format';

/** A row of a summary. */
export type Row = readonly [name: string, value: string];

/** A site with a schema for each tenant may have thousands of tables. */
const MAX_TABLES = 20;

/** A row for each of the first 20 tables, and one for the number of the others, those that the report leaves out too. */
export function tableRows(
  { tables, tablesLeftOut }: Pick<PurgeReport, 'tables' | 'tablesLeftOut'>,
  toRow: (table: TableReport) => Row,
): Row[] {
  const rows = tables.slice(0, MAX_TABLES).map(toRow);
  const more = tables.length - rows.length + (tablesLeftOut?.count ?? 0);
  return more > 0 ? [...rows, ['', `and ${formatCount(more)} more tables`]] : rows;
}

/** `name`, or `name in public.django_session` if there are several tables. */
export const labelled = (name: string, { table }: TableReport, { tables }: PurgeReport) =>
  tables.length === 1 ? name : `${name} in ${table}`;

/** When a session expired, and how long that was before the cutoff: `2026-08-24 21:16:15 (90 days)`. */
export const expiredAt = (oldestExpired: string, backlogAgeSeconds: number | null) =>
  formatInstant(oldestExpired) +
  (backlogAgeSeconds === null ? '' : ` (${formatAge(backlogAgeSeconds)})`);

/** The report itself, as JSON. A run that fails returns none, and logs it. */
export const reportRow = (report: PurgeReport): Row => [
  report.stopReason === 'failed' ? 'logged' : 'returned',
  styleText('dim', JSON.stringify(report)),
];
