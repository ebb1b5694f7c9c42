import type { Failure } from '../../lambda/data-api/failure';
import { readFailure } from '../../lambda/data-api/read-failure';
import { DatabaseError } from '../../lambda/errors';
import { CLUSTER_ARN, SECRET_ARN } from './environment';

/** Where the calls of tests were sent. */
export const ADDRESSEE = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };

/** What the function makes of an exception of the service, or of a network error. */
export function failureOf(name: string, message: string): Failure {
  return readFailure(Object.assign(new Error(message), { name }), ADDRESSEE);
}

/** The error of a call that failed with this exception and is not repeated. */
export function failedCall(message: string, name = 'DatabaseErrorException'): DatabaseError {
  return new DatabaseError(message, failureOf(name, message));
}
