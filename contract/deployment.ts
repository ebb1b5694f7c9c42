/** The resources that the function of the deployment serves, by their types in the template. */
export const DEPLOYMENT_RESOURCES = {
  /** The purge's database user: made, changed, checked and removed. */
  user: 'Custom::DjangoSessionPurgeUser',
  /** The start of the time in which a purge is expected: it is kept until the schedule changes. */
  start: 'Custom::DjangoSessionPurgeStart',
} as const;
