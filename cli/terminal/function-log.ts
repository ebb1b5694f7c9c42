import type { PurgeReport } from '../../contract/report';

/** Gets the log lines that are worth showing. */
export interface LogListener {
  onWarning(text: string): void;
  onProgress(progress: PurgeProgress): void;
}

/** The progress that the function logs every ten seconds. */
export interface PurgeProgress {
  readonly rowsDeleted: number;
  readonly rowsPerSecond: number;
}

/** The fields of a line of the function's log that are read here. */
interface LogLine {
  readonly level?: string;
  readonly message?: string;
  readonly report?: PurgeReport;
  readonly progress?: PurgeProgress;
  readonly retry?: {
    readonly code: string;
    readonly databaseCode?: string;
    readonly attempt: number;
    readonly waitMs: number;
  };
}

/** Reads a line; Node.js, for one, writes lines that are no JSON. */
function parse(line: string): LogLine {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

function warningOf({ message = '', retry }: LogLine): string {
  if (retry === undefined) return message;
  const { code, databaseCode, attempt, waitMs } = retry;
  const ofDatabase = databaseCode === undefined ? '' : ` (${databaseCode})`;
  return `${message}: ${code}${ofDatabase} on attempt ${attempt}, the next one in ${waitMs} ms`;
}

/** Reads the function's log line by line. */
export function logReader({ onWarning, onProgress }: LogListener) {
  let lastReport: PurgeReport | undefined;
  return {
    read(text: string): void {
      const line = parse(text);
      if (line.level === 'WARN') onWarning(warningOf(line));
      if (line.progress !== undefined) onProgress(line.progress);
      if (line.report !== undefined) lastReport = line.report;
    },
    /** The last report that was logged, also by an invocation that failed. */
    lastReport: () => lastReport,
  };
}
