import type { PurgeReport } from '../../contract/report';

/** Told of the few log lines that are worth showing. */
export interface LogListener {
  onWarning(text: string): void;
  onProgress(progress: PurgeProgress): void;
}

/** What the function logs every ten seconds. */
export interface PurgeProgress {
  readonly rowsDeleted: number;
  readonly rowsPerSecond: number;
}

/** A line of the function's log, as much of it as is looked at. */
interface LogLine {
  readonly level?: string;
  readonly message?: string;
  readonly report?: PurgeReport;
  readonly progress?: PurgeProgress;
  readonly retry?: { readonly code: string; readonly attempt: number; readonly waitMs: number };
}

/** What other than the function's logger writes, Node.js for one, is no JSON. */
function parse(line: string): LogLine {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

function warningOf({ message = '', retry }: LogLine): string {
  if (retry === undefined) return message;
  const { code, attempt, waitMs } = retry;
  return `${message}: ${code} on attempt ${attempt}, the next one in ${waitMs} ms`;
}

/** Reads the function's log as it is written. */
export function logReader({ onWarning, onProgress }: LogListener) {
  let lastReport: PurgeReport | undefined;
  return {
    read(text: string): void {
      const line = parse(text);
      if (line.level === 'WARN') onWarning(warningOf(line));
      if (line.progress !== undefined) onProgress(line.progress);
      if (line.report !== undefined) lastReport = line.report;
    },
    /** Of an invocation that ended in time to report, with an error or not. */
    lastReport: () => lastReport,
  };
}
