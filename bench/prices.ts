/**
 * List prices of us-east-1 in US dollars, without the free tier. They were copied by hand, and not from AWS's own
 * pages: check them at aws.amazon.com/rds/aurora/pricing and aws.amazon.com/lambda/pricing before you count on them.
 */
export const PRICES = {
  asOf: '2026-11',
  region: 'us-east-1',
  /** Metered per 32 KB of data sent or received; a call of the purge is smaller. */
  dataApiPerRequest: 0.35 / 1_000_000,
  /** arm64, the first tier. */
  lambdaPerGBSecond: 0.0000133334,
  lambdaPerInvocation: 0.2 / 1_000_000,
} as const;

/** What an invocation uses. */
export interface Used {
  readonly dataApiCalls: number;
  /** Start of the process included, which is billed, too. */
  readonly durationMs: number;
  readonly memoryMB: number;
}

/** What it costs in dollars; what the cluster costs meanwhile is not in it. */
export function costOf({ dataApiCalls, durationMs, memoryMB }: Used): number {
  const gbSeconds = (memoryMB / 1024) * (durationMs / 1000);
  return (
    dataApiCalls * PRICES.dataApiPerRequest +
    gbSeconds * PRICES.lambdaPerGBSecond +
    PRICES.lambdaPerInvocation
  );
}
