import { Duration } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { Values } from '../contract/fields';
import type { SettingTable } from '../contract/setting-kinds';
import { CONTEXT_SETTINGS } from './deployment-settings';
import { conversionOf } from './durations';
import type { SettingProps } from './setting-props';

/** The stack's props for values of the context: under the props' names, with durations instead of numbers. */
export function propsOf(values: Values): SettingProps {
  const { schedule, alarms, maxBacklogDays, ...others } = values;
  const props = Object.entries(others).map(([key, value]) => {
    const setting = (CONTEXT_SETTINGS as SettingTable)[key];
    const conversion = setting && conversionOf(setting);
    return [setting?.prop ?? key, conversion ? conversion.durationOf(value as number) : value];
  });
  return {
    ...Object.fromEntries(props),
    ...(schedule !== undefined && { schedule: Schedule.expression(schedule as string) }),
    ...(maxBacklogDays !== undefined && {
      alarms: { maxBacklogAge: Duration.days(maxBacklogDays as number) },
    }),
    ...(alarms === false && { alarms }),
  } as unknown as SettingProps;
}
