import { styleText } from 'node:util';
import type { PurgeReport, TableReport } from '../../contract/report';
import { formatAge, formatCount, formatInstant } from '../terminal/format';

/** A name and its value, as a summary lists them. */
export type Row = readonly [name: string, value: string];

/** A site with a schema for each tenant has thousands of tables. */
const MAX_TABLES = 20;

/** A row for each table, up to a number that can be read. */
export function tableRows({ tables }: PurgeReport, toRow: (table: TableReport) => Row): Row[] {
  const rows = tables.slice(0, MAX_TABLES).map(toRow);
  const more = tables.length - rows.length;
  return more > 0 ? [...rows, ['', `and ${formatCount(more)} more tables`]] : rows;
}

/** `name`, or with several tables `name in public.django_session`. */
export const labelled = (name: string, { table }: TableReport, { tables }: PurgeReport) =>
  tables.length === 1 ? name : `${name} in ${table}`;

/** `2026-08-24 21:16:15 (90 days)`: how long before the cutoff it should have gone. */
export const expiredAt = (oldestExpired: string, backlogAgeSeconds: number | null) =>
  formatInstant(oldestExpired) +
  (backlogAgeSeconds === null ? '' : ` (${formatAge(backlogAgeSeconds)})`);

/** The report itself, in one line. */
export const returnedRow = (report: PurgeReport): Row => [
  'returned',
  styleText('dim', JSON.stringify(report)),
];
