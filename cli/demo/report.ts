/** One table in the function's report, as much of it as is shown. */
export interface TableReport {
  readonly table: string;
  readonly stopReason: string;
  readonly rowsDeleted: number;
  readonly rowsExpired: number | null;
  readonly rowsExpiredCapped?: boolean;
  readonly rowsExpiredEstimate?: number;
  readonly oldestExpired: string | null;
  readonly backlogAgeSeconds: number | null;
}

/**
 * What the function returns, as much of it as is shown; the README says what it means.
 *
 * Written down once more on purpose: the local run knows the function from outside, as its users do.
 */
export interface Report {
  readonly dryRun: boolean;
  readonly cutoff: string | null;
  readonly stopReason: string;
  readonly rowsDeleted: number;
  readonly unknownOutcomes: number;
  readonly batches: number;
  readonly dataApiCalls: number;
  readonly retries: number;
  readonly slowestBatchMs: number;
  readonly wakeMs: number;
  readonly durationMs: number;
  readonly tables: readonly TableReport[];
  readonly estimate?: {
    readonly batches: number;
    readonly dataApiCalls: number;
    readonly durationMs: number;
  };
}
