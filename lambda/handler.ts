import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { invocationClock } from './clock';
import { connect, dataApi } from './data-api';
import { dialectsFor } from './dialects';
import { emitMetrics, emitRefusal } from './metrics';
import { progressLog } from './progress';
import { purge } from './purge';
import { type PurgeReport, reportOf } from './report';
import { type PurgeRequest, readRequest } from './request';
import { sessionDatabase } from './session-table';
import { purgeName, readSettings, type Settings } from './settings';

// Kept between invocations: the environment of a function does not change under it, and connections are dear.
const name = purgeName(process.env);
const logger = new Logger({ serviceName: name });
let client: ReturnType<typeof connect> | undefined;

/** A mistake in the settings or the event ends the invocation before the database hears of it. */
function understand(event: unknown): [Settings, PurgeRequest] {
  try {
    const settings = readSettings(process.env);
    return [settings, readRequest(event, settings.tables)];
  } catch (refusal) {
    emitRefusal(name);
    logger.error('refused', refusal as Error);
    throw refusal;
  }
}

function tell(report: PurgeReport, failure: unknown): void {
  for (const warning of report.warnings ?? []) logger.warn(warning);
  const summary = `${report.stopReason}: ${report.rowsDeleted} rows deleted`;
  if (failure === null) logger.info(summary, { report });
  else logger.error(summary, { report, error: failure as Error });
  emitMetrics(name, report);
}

/**
 * The Lambda function: purges as configured on a schedule's event or `{}`, as asked on a request by hand.
 *
 * Returns the report. Throws what ended the run early, once the report so far and its metrics are written.
 */
export async function handler(event: unknown, context: Context): Promise<PurgeReport> {
  const clock = invocationClock(context);
  const startedMs = clock.now();
  logger.addContext(context);

  const [settings, request] = understand(event);
  client ??= connect(settings.clusterArn);
  const api = dataApi(settings, {
    client,
    clock,
    onRetry: (retry) => logger.warn('call repeated', { retry }),
  });
  const run = await purge(request, settings, {
    database: sessionDatabase(api, dialectsFor(settings.timeZone)),
    clock,
    onProgress: progressLog(clock, (progress) => logger.info('purging', { progress })),
  });
  const report = reportOf(run, settings, api.usage(), clock.now() - startedMs);
  tell(report, run.failure);
  if (run.failure !== null) throw run.failure;
  return report;
}
