export { SessionPurge } from './session-purge';
export type { SessionPurgeOptions, SessionPurgeProps } from './session-purge-props';
export { SessionPurgeStack, type SessionPurgeStackProps } from './session-purge-stack';
