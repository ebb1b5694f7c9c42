import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { clusterRegion } from '../contract/arn';
import type { CheckReport, PurgeReport } from '../contract/report';
import { boundedCheck, boundedReport, withError } from './bounded';
import { checkup } from './checkup/checkup';
import { foretell } from './checkup/foretell';
import { type Clock, invocationClock, limitedClock } from './clock';
import { connect } from './data-api/client';
import { dataApi } from './data-api/data-api';
import { dialectsFor } from './database/dialects';
import { sessionDatabase } from './database/session-database';
import { NO_CONTROL, readControl } from './input/control';
import { type CheckRequest, isRoutine, type PurgeRequest, readRequest } from './input/request';
import { purgeName, readSettings } from './input/settings';
import { metricReader, parameters } from './lazy-clients';
import { emitMetrics, emitRefusal } from './metrics';
import { preflight } from './preflight/preflight';
import { progressLog } from './purge/progress';
import { purge } from './purge/purge';
import { closeReport, openReport, recordSkip, warn } from './purge/report';

// Kept between invocations: a function's environment does not change, and a connection takes time to make.
const name = purgeName(process.env);
const logger = new Logger({ serviceName: name });
let client: ReturnType<typeof connect> | undefined;

/** Reads what the run needs to know. What is not valid ends the invocation before any statement is sent. */
async function understand(event: unknown, clock: Clock) {
  try {
    const settings = readSettings(process.env);
    const request = readRequest(event, settings.tables);
    if ('check' in request) return { settings, request, control: NO_CONTROL };
    const control = await readControl(settings.controlParameter, parameters(clock));
    if (settings.controlParameter !== null) logger.info('control parameter', { ...control });
    return { settings, request, control };
  } catch (refusal) {
    if (isRoutine(event)) emitRefusal(name);
    logger.error('refused', refusal as Error);
    throw refusal;
  }
}

/** The clock of a run that is given less time than the function has. */
function clockFor(request: PurgeRequest | CheckRequest, clock: Clock): Clock {
  const isLimited = 'maxSeconds' in request && request.maxSeconds !== null;
  return isLimited ? limitedClock(clock, request.maxSeconds * 1000) : clock;
}

/** A check-up counts as neither a success nor a failure, so it sends no metrics. */
function publishCheck(whole: CheckReport): CheckReport {
  const checked = boundedCheck(whole);
  logger.info(`check: ${checked.verdict}`, { checked });
  return checked;
}

function publish(
  whole: PurgeReport,
  failure: unknown,
  { isRoutine, alwaysReports }: PurgeRequest,
): PurgeReport {
  const report = boundedReport(whole);
  for (const warning of report.warnings ?? []) logger.warn(warning);
  const summary = `${report.stopReason}: ${report.rowsDeleted} rows deleted`;
  if (failure === null) logger.info(summary, { report });
  else logger.error(summary, { error: failure as Error, report });
  emitMetrics(name, whole, isRoutine);
  if (failure === null) return report;
  if (!alwaysReports) throw failure;
  return withError(report, failure);
}

/**
 * The Lambda function: purges as configured on a schedule's event or `{}`, as asked on an event by hand; with `check` it
 * looks at what a purge requires instead.
 *
 * Returns the report. Throws the error that a purge ended with, after the report and its metrics were written; an event
 * with `report: "always"` gets the report with that error in it instead. A refusal is thrown in any case.
 */
export async function handler(
  event: unknown,
  context: Context,
): Promise<PurgeReport | CheckReport> {
  const invocation = invocationClock(context);
  const startedMs = invocation.now();
  logger.addContext(context);

  const { settings, request, control } = await understand(event, invocation);
  const clock = clockFor(request, invocation);
  client ??= connect(settings.clusterArn);
  const onRetry = (retry: object) => logger.warn('call repeated', { retry });
  const isAttended = 'check' in request || request.dryRun;
  const api = dataApi(settings, { client, clock, onRetry, isAttended });
  if ('check' in request) return publishCheck(await checkup(request.tables, settings, api, clock));

  const plan = { ...settings, ...control.overrides };

  const report = openReport(request);
  const { skip, warning, watch } = await preflight(
    { settings: plan, request, control },
    {
      clusterMetrics: metricReader(clock, clusterRegion(settings.clusterArn)),
      ownMetrics: metricReader(clock),
      clock,
    },
  );
  warn(report, [warning]);

  let failure: unknown = null;
  if (skip !== null) recordSkip(report, skip);
  else {
    failure = await purge(report, request, plan, {
      database: sessionDatabase(api, dialectsFor(plan.timeZone), settings.tables),
      clock,
      onProgress: progressLog(clock, (progress) => logger.info('purging', { progress })),
      isBusy: watch.isBusy,
      foretell: (engine) => foretell(engine, request.tables, api, clock),
    });
    warn(report, [watch.tooHigh()]);
  }
  warn(report, [watch.notKnown()]);
  closeReport(report, api.usage(), clock.now() - startedMs);
  return publish(report, failure, request);
}
