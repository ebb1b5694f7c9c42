import type { PurgeReport } from '../../contract/report';
import { listed } from '../terminal/tables';
import { dryRunRows } from './dry-run-summary';
import { purgeRows } from './purge-summary';
import { reportRow } from './report-rows';

function nextStep({ dryRun, stopReason }: PurgeReport): string[] {
  const timeIsUp = stopReason === 'time-budget';
  if (dryRun)
    return [
      'That was a dry run, and nothing was deleted; to delete, add --delete to the same command.',
    ];
  return timeIsUp ? ['The time was up before the work was done; run the same command again.'] : [];
}

/** The summary of a run on a database of the user's own, be it one that failed. */
export function summaryText(report: PurgeReport): string {
  const rows = report.dryRun ? dryRunRows(report) : purgeRows(report);
  return `\n${listed([...rows, reportRow(report)])}`;
}

/** The summary, and what to do next. */
export function outcomeText(report: PurgeReport): string {
  return [summaryText(report), ...nextStep(report).map((step) => `\n${step}`)].join('\n');
}
