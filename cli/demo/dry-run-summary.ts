import type { Bounds, PurgeReport, TableReport } from '../../contract/report';
import { countOf, formatCount, formatDuration, formatInstant } from '../terminal/format';
import { expiredAt, labelled, type Row, tableRows } from './report-rows';

function sessions(table: TableReport): string {
  const { rowsExpired, rowsExpiredCapped, rowsExpiredEstimate, problem } = table;
  if (problem !== undefined) return 'not counted; the error says why';
  if (rowsExpired === null) return 'not counted, because the time was up';
  const counted = countOf(rowsExpired, 'session');
  if (!rowsExpiredCapped) return counted;
  return rowsExpiredEstimate === undefined
    ? `more than ${counted}`
    : `more than ${counted}, about ${formatCount(rowsExpiredEstimate)} by the planner's estimate`;
}

function oldest({ oldestExpired, backlogAgeSeconds }: TableReport): string {
  if (oldestExpired === null) return '';
  return `, the oldest since ${expiredAt(oldestExpired, backlogAgeSeconds)}`;
}

/** `6 batches`, `6 to 8 batches` */
function boundsOf({ least, most }: Bounds, noun: string, plural?: string): string {
  const atMost = countOf(most, noun, plural);
  return least === most ? atMost : `${formatCount(least)} to ${atMost}`;
}

/** Whether the dry run found what may be in the way of a purge. */
const isInDoubt = ({ tables, warnings = [] }: PurgeReport) =>
  warnings.length > 0 || tables.some(({ problem }) => problem !== undefined);

function conditionOf(report: PurgeReport): string {
  if (report.engine === 'mysql')
    return ', if nothing is in its way, like foreign keys and triggers that MySQL does not show to every user';
  return isInDoubt(report) ? ', if nothing is in its way' : '';
}

/** That the estimate is not of all tables. */
function withoutUncounted({ tables }: PurgeReport): string {
  const uncounted = tables.filter(({ rowsExpired }) => rowsExpired === null);
  const [first, ...others] = uncounted;
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and ${countOf(others.length, 'more table')}`;
  const which = `${first.table}${more}, which ${others.length === 0 ? 'was' : 'were'} not counted`;
  return `; without ${which}`;
}

function purgeRow(report: PurgeReport): Row[] {
  const { estimate } = report;
  if (estimate === undefined) return [];
  const batches = boundsOf(estimate.batches, 'batch', 'batches');
  const calls = boundsOf(estimate.dataApiCalls, 'Data API call');
  const [shortest, longest] = [estimate.shortestMs, estimate.longestMs].map(formatDuration);
  const takes = `may take from ${shortest} to ${longest}${conditionOf(report)}: ${batches}, ${calls}`;
  return [['a purge', `${takes}${withoutUncounted(report)}`]];
}

/** The rows of a summary that say what a purge would delete, and how long it may take. */
export function dryRunRows(report: PurgeReport): Row[] {
  const { cutoff } = report;
  return [
    ...(cutoff === null ? [] : [['cutoff', `${formatInstant(cutoff)} (UTC)`] satisfies Row]),
    ...tableRows(report, (table) => [
      labelled('expired', table, report),
      sessions(table) + oldest(table),
    ]),
    ...purgeRow(report),
    ['deleted', 'nothing'],
  ];
}
