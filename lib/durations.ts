import { Duration, type TimeConversionOptions } from 'aws-cdk-lib';
import type { DurationUnit, Setting } from '../contract/setting-kinds';

interface Conversion {
  readonly unit: DurationUnit;
  readonly durationOf: (amount: number) => Duration;
  readonly amountIn: (duration: Duration, options?: TimeConversionOptions) => number;
}

const CONVERSIONS: Readonly<Record<DurationUnit, Omit<Conversion, 'unit'>>> = {
  milliseconds: {
    durationOf: Duration.millis,
    amountIn: (duration, options) => duration.toMilliseconds(options),
  },
  seconds: {
    durationOf: Duration.seconds,
    amountIn: (duration, options) => duration.toSeconds(options),
  },
  hours: {
    durationOf: Duration.hours,
    amountIn: (duration, options) => duration.toHours(options),
  },
  days: {
    durationOf: Duration.days,
    amountIn: (duration, options) => duration.toDays(options),
  },
};

/** How the construct's `Duration` and the function's number become each other; `undefined` for any other setting. */
export function conversionOf(setting: Setting): Conversion | undefined {
  if (setting.kind !== 'number') return undefined;
  const { unit } = setting;
  if (unit === undefined || unit === 'percent' || unit === 'MiB') return undefined;
  return { unit, ...CONVERSIONS[unit] };
}

/** Whether the amount is known, be it by the deployment alone: what is a token in one unit cannot be given in another. */
export function isConvertible(duration: Duration, { amountIn }: Conversion): boolean {
  try {
    amountIn(duration, { integral: false });
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a duration that has to be known when the app is synthesized; `undefined` if it is. */
export function tokenMistake(duration: Duration): string | undefined {
  return duration.isUnresolved()
    ? 'must be known when the app is synthesized, got a token'
    : undefined;
}
