export type { AlarmRecipients } from './alarm-topic';
export type { PurgeMetric } from './purge-metrics';
export type { IPurgeUser } from './purge-user-interface';
export { SessionPurge } from './session-purge';
export type {
  SessionPurgeAlarmOptions,
  SessionPurgeAlarmsProps,
} from './session-purge-alarm-props';
export { SessionPurgeAlarms } from './session-purge-alarms';
export { SessionPurgeDashboard, type SessionPurgeDashboardProps } from './session-purge-dashboard';
export { SessionPurgeDrain, type SessionPurgeDrainProps } from './session-purge-drain';
export type { SessionPurgeOptions, SessionPurgeProps } from './session-purge-props';
export { SessionPurgeStack } from './session-purge-stack';
export type { SessionPurgeStackProps } from './session-purge-stack-props';
export { SessionPurgeTestEvents, type SessionPurgeTestEventsProps } from './test-events';
