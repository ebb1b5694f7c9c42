import { type Duration, Fn, Tokenization } from 'aws-cdk-lib';
import type { Setting } from '../contract/setting-kinds';
import { EACH_SETTING, variableOf } from '../contract/settings';
import { conversionOf } from './durations';
import type { ResolvedProps } from './resolve-props';

function asText(prop: unknown, setting: Setting): string {
  if (setting.kind === 'tables') return Fn.join(',', prop as string[]);
  if (setting.kind !== 'number') return String(prop);
  const amount = conversionOf(setting)?.amountIn(prop as Duration) ?? (prop as number);
  return Tokenization.stringifyNumber(amount);
}

/**
 * The function's environment: what is required, what was given, and the name of the control parameter if there is one.
 * The function has the defaults of all other settings.
 */
export function functionEnvironment(
  props: ResolvedProps,
  controlParameter: string | undefined,
): Record<string, string> {
  const given: Readonly<Record<string, unknown>> = {
    ...props,
    secretArn: props.secret.secretArn,
    controlParameter,
  };
  const environment: Record<string, string> = {};
  for (const [name, setting] of EACH_SETTING) {
    const prop = given[setting.prop ?? name];
    if (prop !== undefined) environment[variableOf(name)] = asText(prop, setting);
  }
  return environment;
}
