import type { PurgeReport } from '../../contract/report';
import type { PurgeRequest } from '../../lambda/input/request';
import { type PurgeWorld, purge } from '../../lambda/purge/purge';
import { openReport } from '../../lambda/purge/report';
import type { PurgePlan } from '../../lambda/purge/run';

/** The request of a purge as configured, but for what is given. */
export function requestOf(
  tables: readonly string[],
  given: Partial<PurgeRequest> = {},
): PurgeRequest {
  return {
    dryRun: false,
    cutoff: null,
    maxRows: null,
    maxSeconds: null,
    alwaysReports: false,
    tables: tables.map((text) => ({ text, schema: null, table: text })),
    isRoutine: true,
    ...given,
  };
}

/** A purge's report before it is closed, and its failure. */
export interface Ran {
  readonly report: PurgeReport;
  readonly failure: unknown;
}

/** Runs a purge as the handler does. */
export async function runPurge(
  request: PurgeRequest,
  plan: PurgePlan,
  world: PurgeWorld,
): Promise<Ran> {
  const report = openReport(request);
  const failure = await purge(report, request, plan, world);
  return { report, failure };
}
