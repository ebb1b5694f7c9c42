import { CONTEXT_SETTINGS } from '../deployment-settings';
import { type Parameter, sentence } from './parameter';

/** Lengths in seconds by which alarms wait; CloudFormation cannot calculate. An alarm looks back a week at most. */
export const SECONDS = {
  Hours: Object.fromEntries(
    [1, 2, 3, 5, 7, 9, 13, 25, 49, 73, 97, 121, 145, 168].map((hours) => [hours, hours * 3600]),
  ),
  Days: Object.fromEntries(
    [1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 60, 90].map((days) => [days, days * 86_400]),
  ),
} as const;

function chosen(
  of: Readonly<Record<string, number>>,
  fallback: number,
  unit: string,
  meaning: string,
): Parameter {
  const values = Object.keys(of);
  return {
    Type: 'String',
    Description: sentence(meaning),
    Default: String(fallback),
    AllowedValues: values,
    ConstraintDescription: `must be one of these numbers of ${unit}: ${values.join(', ')}`,
  };
}

/** What the template asks for and the context does not. */
export const OWN_PARAMETERS: Readonly<Record<string, Parameter>> = {
  NoSuccessHours: chosen(
    SECONDS.Hours,
    49,
    'hours',
    'for how many hours there may be no success before an alarm sounds: two periods of the schedule and the time of a run, so 49 for a daily one',
  ),
  MaxBacklogDays: chosen(
    SECONDS.Days,
    CONTEXT_SETTINGS.maxBacklogDays.fallback,
    'days',
    CONTEXT_SETTINGS.maxBacklogDays.meaning.replace(', in days', ''),
  ),
};
