import { Fn, Tokenization } from 'aws-cdk-lib';
import { ENVIRONMENT } from '../contract/settings';
import type { SettledProps } from './settled-props';

function decimal(value: number | undefined): string | undefined {
  return value === undefined ? undefined : Tokenization.stringifyNumber(value);
}

/**
 * The function's environment: what is required, what was given, and the name of the control parameter where there is
 * one; for the rest the function has its defaults.
 */
export function functionEnvironment(
  props: SettledProps,
  controlParameter: string | undefined,
): Record<string, string> {
  const settings: Record<keyof typeof ENVIRONMENT, string | undefined> = {
    clusterArn: props.clusterArn,
    secretArn: props.secret.secretArn,
    database: props.database,
    tables: props.tables && Fn.join(',', props.tables),
    graceSeconds: decimal(props.gracePeriod?.toSeconds()),
    timeZone: props.timeZone,
    targetBatchMs: decimal(props.targetBatchDuration?.toMilliseconds()),
    pauseRatio: decimal(props.pauseRatio),
    maxBatchSize: decimal(props.maxBatchSize),
    name: props.purgeName,
    maxCookieAgeDays: decimal(props.maxCookieAge?.toDays()),
    wakeBudgetSeconds: decimal(props.wakeBudget?.toSeconds()),
    whenPaused: props.whenPaused,
    maxSleepHours: decimal(props.maxSleep?.toHours()),
    maxCpuPercent: decimal(props.maxCpuPercent),
    maxAcuPercent: decimal(props.maxAcuPercent),
    controlParameter,
  };
  const environment: Record<string, string> = {};
  for (const [setting, variable] of Object.entries(ENVIRONMENT)) {
    const value = settings[setting as keyof typeof ENVIRONMENT];
    if (value !== undefined) environment[variable] = value;
  }
  return environment;
}
