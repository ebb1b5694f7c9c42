/**
 * List prices of us-east-1 in US dollars, without the free tier. They were copied by hand from other sources than AWS's
 * own pages. Check them at aws.amazon.com/rds/aurora/pricing and aws.amazon.com/lambda/pricing before you rely on them.
 */
export const PRICES = {
  asOf: '2026-11',
  region: 'us-east-1',
  /** AWS counts a request for each 32 KB of data; a call of the purge is smaller. */
  dataApiPerRequest: 0.35 / 1_000_000,
  /** Of an arm64 function, in the first tier. */
  lambdaPerGBSecond: 0.0000133334,
  lambdaPerInvocation: 0.2 / 1_000_000,
} as const;

/** What an invocation is billed for. */
export interface Used {
  readonly dataApiCalls: number;
  /** AWS also bills the start of the process, so it is included. */
  readonly durationMs: number;
  readonly memoryMB: number;
}

/** The cost of an invocation in dollars, without the cost of the cluster. */
export function costOf({ dataApiCalls, durationMs, memoryMB }: Used): number {
  const gbSeconds = (memoryMB / 1024) * (durationMs / 1000);
  return (
    dataApiCalls * PRICES.dataApiPerRequest +
    gbSeconds * PRICES.lambdaPerGBSecond +
    PRICES.lambdaPerInvocation
  );
}
