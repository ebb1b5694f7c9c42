const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';

/** The event of a schedule, exactly as EventBridge sends it. */
export function scheduledEvent(now: Date, id: string) {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [`arn:aws:events:${REGION}:${ACCOUNT}:rule/session-purge`],
    detail: {},
  };
}
