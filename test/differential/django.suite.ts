import type { DjangoEngine } from '../support/django-engines';
import { describeClocks } from './clocks.suite';
import { useDatabases } from './side-by-side';
import { describeTables } from './tables.suite';
import { describeTimeZones } from './time-zones.suite';

/** Compares the purge with Django's `clearsessions` on one engine. */
export function describeDifference(engine: DjangoEngine): void {
  const databases = useDatabases(engine);

  it("the table that local/ creates is the one that Django's migration creates", async () => {
    const { djangos, ours } = databases();

    expect(await ours.shape()).toEqual(await djangos.shape());
  });

  describeTimeZones(databases);
  describeTables(databases);
  describeClocks(databases);
}
