import type { Environment } from '../../contract/variables';
import { readSettings } from '../../lambda/input/settings';

export const CLUSTER_ARN = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:purge-AbCdEf';

/** The required variables, and those that are given. */
export function environment(given: Environment = {}): Environment {
  return {
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: SECRET_ARN,
    SESSION_PURGE_DATABASE: 'shop',
    ...given,
  };
}

/** Every setting at its default, and the required ones. */
export const DEFAULTS = readSettings(environment());

/** Of a function's environment what a command line may have in its own: it takes settings as options only. */
export function withoutSettings(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !name.startsWith('SESSION_PURGE_')),
  );
}
