import { Duration, type TimeConversionOptions } from 'aws-cdk-lib';
import type { DurationUnit, Setting } from '../contract/setting-kinds';

interface Conversion {
  readonly durationOf: (amount: number) => Duration;
  readonly amountIn: (duration: Duration, options?: TimeConversionOptions) => number;
}

const CONVERSIONS: Readonly<Record<DurationUnit, Conversion>> = {
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
  return unit === undefined || unit === 'percent' || unit === 'MiB' ? undefined : CONVERSIONS[unit];
}
