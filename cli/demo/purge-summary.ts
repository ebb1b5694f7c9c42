import { type PurgeReport, STOP_REASONS, type StopReason } from '../../contract/report';
import { formatCount, formatDuration } from '../terminal/format';
import { expiredAt, labelled, type Row, tableRows } from './report-rows';

const reason = (stopReason: StopReason) => `${stopReason}: ${STOP_REASONS[stopReason]}`;

/** The run's stop reason, and those of tables that have others, each with its meaning once. A table's is by its name above. */
function stopRows({ stopReason, tables }: PurgeReport): Row[] {
  const all = new Set([stopReason, ...tables.map((table) => table.stopReason)]);
  return [...all].map((each, at): Row => [at === 0 ? 'stop reason' : '  of a table', reason(each)]);
}

/** Rows about trouble, where there was any. */
function troubleRows(report: PurgeReport): Row[] {
  const { retries, unknownOutcomes, wakeMs } = report;
  const rows: (Row | false)[] = [
    retries > 0 && ['repeated calls', formatCount(retries)],
    wakeMs > 0 && ['waking the cluster', formatDuration(wakeMs)],
    unknownOutcomes > 0 && [
      'answers lost',
      `${formatCount(unknownOutcomes)}; the rows that these batches deleted are not counted`,
    ],
  ];
  return rows.filter((row) => row !== false);
}

function leftRows(report: PurgeReport): Row[] {
  const tables = report.tables.filter(({ oldestExpired }) => oldestExpired !== null);
  return tableRows({ tables }, (table) => [
    labelled('oldest expired', table, report),
    expiredAt(table.oldestExpired ?? '', table.backlogAgeSeconds),
  ]);
}

/** The rows of a summary that say what was deleted, how fast, and why the purge stopped. */
export function purgeRows(report: PurgeReport): Row[] {
  const { rowsDeleted, batches, slowestBatchMs, dataApiCalls, durationMs } = report;
  const perSecond = Math.round((rowsDeleted / Math.max(durationMs, 1)) * 1000);
  const byTable = tableRows(report, (table) => [
    `  in ${table.table}`,
    `${formatCount(table.rowsDeleted)}; ${table.stopReason}`,
  ]);
  return [
    ['rows deleted', formatCount(rowsDeleted)],
    ...(report.tables.length > 1 ? byTable : []),
    ['rows per second', formatCount(perSecond)],
    ['batches', `${formatCount(batches)}, the slowest ${formatDuration(slowestBatchMs)}`],
    ['Data API calls', formatCount(dataApiCalls)],
    ['duration', formatDuration(durationMs)],
    ...troubleRows(report),
    ...stopRows(report),
    ...leftRows(report),
  ];
}
