import { type Duration, Fn, Token, Tokenization } from 'aws-cdk-lib';
import type { Setting } from '../contract/setting-kinds';
import { EACH_SETTING, variableOf } from '../contract/settings';
import { conversionOf } from './durations';
import type { ResolvedProps } from './resolve-props';

function asText(prop: unknown, setting: Setting): string {
  if (setting.kind === 'tables')
    return Token.isUnresolved(prop) ? Fn.join(',', prop as string[]) : (prop as string[]).join(',');
  if (setting.kind !== 'number') return String(prop);
  const amount = conversionOf(setting)?.amountIn(prop as Duration) ?? (prop as number);
  return Tokenization.stringifyNumber(amount);
}

/** Lambda takes no more, as JSON. */
const MOST_BYTES = 4096;

function refuseTooLong(environment: Readonly<Record<string, string>>, path: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes <= MOST_BYTES) return;
  throw new Error(
    `${path}: the function's environment must take ${MOST_BYTES} bytes at most, got ${bytes}; name many tables by a pattern like "*.django_session", or make two purges`,
  );
}

/**
 * The function's environment: what is required, what was given, and the name of the control parameter if there is one.
 * The function has the defaults of all other settings. Throws an `Error` under the construct's path if Lambda would not
 * take it.
 */
export function functionEnvironment(
  props: ResolvedProps,
  controlParameter: string | undefined,
  path: string,
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
  refuseTooLong(environment, path);
  return environment;
}
