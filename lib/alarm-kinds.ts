/** The ends of the alarms' names and ids, the most urgent first. */
export const ALARMS = ['FailedRun', 'NoSuccess', 'Backlog', 'DeadLetters', 'DrainFailed'] as const;

/** One of them. */
export type AlarmId = (typeof ALARMS)[number];

/** The option that turns an alarm off: `failedRun` for `FailedRun`. */
export function optionOf(alarm: AlarmId): Uncapitalize<AlarmId> {
  return `${alarm.charAt(0).toLowerCase()}${alarm.slice(1)}` as Uncapitalize<AlarmId>;
}
