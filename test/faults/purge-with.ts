import type { Call, Fault } from '../../local/data-api-server/index';
import { seedSessions } from '../../local/django-table';
import { deploy, type Invoked, SCHEDULED_EVENT } from '../support/deployed-function';
import { FAST_CLOCK } from '../support/fast-clock';
import type { TestDatabase } from '../support/postgres';

/** So many sessions that expired longer ago than the grace period, and ten live ones. */
export async function seedBacklog(db: TestDatabase, expired: number): Promise<void> {
  await seedSessions(db.admin, { expired, live: 10, expiredOverDays: 900 });
}

/** Purges through a service of its own that has these faults, on a fast clock; with the calls that reached it. */
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
