import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { clusterRegion } from '../contract/arn';
import type { CheckReport, PurgeReport } from '../contract/report';
import type { Settings } from '../contract/settings';
import { checkup } from './checkup/checkup';
import { type Clock, invocationClock } from './clock';
import { connect, dataApi } from './data-api/data-api';
import { dialectsFor } from './database/dialects';
import { sessionDatabase } from './database/session-database';
import { readControl } from './input/control';
import { type CheckRequest, type PurgeRequest, readRequest } from './input/request';
import { purgeName, readSettings } from './input/settings';
import { metricReader, parameters } from './lazy-clients';
import { emitMetrics, emitRefusal } from './metrics';
import { type PurgeInput, preflight } from './preflight/preflight';
import { progressLog } from './purge/progress';
import { purge } from './purge/purge';
import { reportOf, skipReport } from './purge/report';

// Kept between invocations: the environment of a function does not change under it, and connections are dear.
const name = purgeName(process.env);
const logger = new Logger({ serviceName: name });
let client: ReturnType<typeof connect> | undefined;

/** A mistake in what the operator says ends the invocation before the database hears of it. */
function refuse(refusal: unknown): never {
  emitRefusal(name);
  logger.error('refused', refusal as Error);
  throw refusal;
}

function understand(event: unknown): [Settings, PurgeRequest | CheckRequest] {
  try {
    const settings = readSettings(process.env);
    return [settings, readRequest(event, settings.tables)];
  } catch (refusal) {
    return refuse(refusal);
  }
}

async function inputOf(
  settings: Settings,
  request: PurgeRequest,
  clock: Clock,
): Promise<PurgeInput> {
  const control = await readControl(settings.controlParameter, parameters(clock)).catch(refuse);
  const { overrides, ...others } = control;
  if (settings.controlParameter !== null)
    logger.info('control parameter', { ...others, overrides });
  return { settings: { ...settings, ...overrides }, request, control };
}

function tell(report: PurgeReport, failure: unknown = null): void {
  for (const warning of report.warnings ?? []) logger.warn(warning);
  const summary = `${report.stopReason}: ${report.rowsDeleted} rows deleted`;
  if (failure === null) logger.info(summary, { report });
  else logger.error(summary, { report, error: failure as Error });
  emitMetrics(name, report);
}

/** A check-up counts as neither a success nor a failure, so it sends no metrics. */
function tellCheck(checked: CheckReport): CheckReport {
  logger.info(`check: ${checked.verdict}`, { checked });
  return checked;
}

/**
 * The Lambda function: purges as configured on a schedule's event or `{}`, as asked on a request by hand; with `check`
 * it looks at what a purge requires instead.
 *
 * Returns the report. Throws what ended a purge early, once the report so far and its metrics are written.
 */
export async function handler(
  event: unknown,
  context: Context,
): Promise<PurgeReport | CheckReport> {
  const clock = invocationClock(context);
  const startedMs = clock.now();
  logger.addContext(context);

  const [settings, request] = understand(event);
  client ??= connect(settings.clusterArn);
  const api = dataApi(settings, {
    client,
    clock,
    onRetry: (retry) => logger.warn('call repeated', { retry }),
    isAttended: 'check' in request,
  });
  if ('check' in request) return tellCheck(await checkup(request.tables, settings, api));

  const input = await inputOf(settings, request, clock);
  const { skip, warnings, watch } = await preflight(input, {
    clusterMetrics: metricReader(clock, clusterRegion(settings.clusterArn)),
    ownMetrics: metricReader(clock),
    clock,
  });
  if (skip !== null) {
    const allWarnings = [...warnings, ...watch.warnings()];
    const report = skipReport(skip, allWarnings, clock.now() - startedMs);
    tell(report);
    return report;
  }

  const plan = input.settings;
  const run = await purge(request, plan, {
    database: sessionDatabase(api, dialectsFor(plan.timeZone)),
    clock,
    onProgress: progressLog(clock, (progress) => logger.info('purging', { progress })),
    isBusy: watch.isBusy,
  });
  run.warnings = [...warnings, ...run.warnings, ...watch.warnings()];
  const report = reportOf(run, plan, api.usage(), clock.now() - startedMs);
  tell(report, run.failure);
  if (run.failure !== null) throw run.failure;
  return report;
}
