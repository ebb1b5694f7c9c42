import type { Call, Fault } from '../../local/data-api-server/index';
import { seedSessions } from '../../local/django-table';
import { deploy, type Invoked, SCHEDULED_EVENT } from '../support/deployed-function';
import { FAST_CLOCK } from '../support/fast-clock';
import type { TestDatabase } from '../support/postgres';

/** Seeds sessions that expired before the grace period, and ten live ones. */
export async function seedBacklog(db: TestDatabase, expired: number): Promise<void> {
  await seedSessions(db.admin, { expired, live: 10, expiredOverDays: 900 });
}

/** Purges through a service with these faults, on a fast clock; also returns the calls that reached the service. */
export async function purgeWith(
  db: TestDatabase,
  onCall: (call: Call) => Fault | undefined,
  env: Record<string, string> = {},
  timeoutMs = 60_000,
  event: object = SCHEDULED_EVENT,
): Promise<Invoked & { readonly calls: readonly Call[] }> {
  const service = await db.serve({ onCall });
  const { invoke, stop } = deploy({
    env: { ...db.environmentOf(service), ...FAST_CLOCK, ...env },
    timeoutMs,
  });
  const invoked = await invoke(event).finally(stop);
  return { ...invoked, calls: service.calls };
}
