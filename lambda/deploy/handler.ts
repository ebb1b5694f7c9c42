import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { DEPLOYMENT_RESOURCES } from '../../contract/deployment';
import { type Clock, invocationClock } from '../clock';
import { connect } from '../data-api/client';
import { answer, type Outcome } from './answer';
import { apply } from './apply';
import { withoutPassword } from './login';
import { onceAllowed } from './patience';
import { NOT_KNOWN } from './physical-id';
import { remove } from './remove';
import { readEvent, type StackEvent } from './request';
import { secretsManager } from './secrets-manager';
import { stackServices } from './stack-services';
import { DeploymentFailure, type DeploymentWorld } from './world';

const logger = new Logger({ serviceName: 'django-session-purge-deployment' });

/** The time kept for the answer and its repetitions, in milliseconds. */
const ANSWER_MARGIN_MS = 40_000;

async function inTime(event: StackEvent, world: DeploymentWorld): Promise<Outcome> {
  const { clock } = world;
  const timeMs = Math.max(1, clock.timeLeft() - ANSWER_MARGIN_MS);
  const work =
    event.RequestType === 'Delete'
      ? remove(event, world)
      : onceAllowed(() => apply(event, world), clock, world.onNote);
  try {
    return await clock.within(timeMs, work);
  } catch (error) {
    if (error instanceof DeploymentFailure) throw error;
    const late = `the database did not answer in ${Math.round(timeMs / 1000)} s; look at its state in RDS, then deploy again`;
    throw new DeploymentFailure(event.PhysicalResourceId ?? NOT_KNOWN, late);
  }
}

/** Nothing is made: the resource only keeps the time, until its properties change. */
function start(clock: Clock): Outcome {
  const DeployedAt = String(Math.floor(clock.timeOfDay().getTime() / 1000));
  return { status: 'SUCCESS', physicalId: 'start', data: { DeployedAt } };
}

async function outcomeOf(event: StackEvent, clock: Clock): Promise<Outcome> {
  if (event.ResourceType === DEPLOYMENT_RESOURCES.start) return start(clock);
  let password = '';
  try {
    return await inTime(event, {
      client: connect(String(event.ResourceProperties.ClusterArn)),
      clock,
      isAttended: true,
      onRetry: (retry) => logger.warn('call repeated', { retry }),
      secrets: secretsManager(clock, process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER),
      stack: stackServices(clock, {
        rds: process.env.AWS_ENDPOINT_URL_RDS,
        cloudformation: process.env.AWS_ENDPOINT_URL_CLOUDFORMATION,
      }),
      onNote: (note) => logger.warn(note),
      onPassword: (known) => {
        password = known;
      },
    });
  } catch (error) {
    const { physicalId = event.PhysicalResourceId ?? NOT_KNOWN, message } =
      error as DeploymentFailure;
    return { status: 'FAILED', physicalId, reason: withoutPassword(message, password) };
  }
}

/**
 * The function of the deployment, which CloudFormation invokes: makes the purge's database user, changes it, removes it,
 * and runs the check-up as that user.
 *
 * It answers CloudFormation in every case, also when its time runs out. It throws only where the answer was not taken:
 * then Lambda sends the event again, and everything is done once more. No log line and no answer has a password.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  const clock = invocationClock(context);
  logger.addContext(context);
  const request = readEvent(event);
  const { RequestType: type, PhysicalResourceId: id, ResourceProperties } = request;
  const { Database: database, Tables: tables } = ResourceProperties;
  logger.info('asked', { type, id, database, tables });
  const outcome = await outcomeOf(request, clock);
  const { status, reason, data, physicalId } = outcome;
  const line = `${type}: ${status}`;
  if (status === 'FAILED') logger.error(line, { reason, physicalId });
  else logger.info(line, { physicalId, ...data });
  await answer(request, { ...outcome, log: process.env.AWS_LAMBDA_LOG_GROUP_NAME }, clock);
}
