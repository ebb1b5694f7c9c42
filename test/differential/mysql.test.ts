import { describeWithDjango } from '../support/django';
import { MYSQL } from '../support/django-engines';
import { describeWithMariadb } from '../support/mariadb';
import { describeClocks } from './clocks.suite';
import { useDatabases } from './side-by-side';
import { describeTables } from './tables.suite';
import { describeTimeZones } from './time-zones.suite';

describeWithMariadb(() =>
  describeWithDjango(MYSQL, () => {
    const databases = useDatabases(MYSQL);

    it("the table that local/ creates is the one that Django's migration creates", async () => {
      const { djangos, ours } = databases();

      expect(await ours.shape()).toEqual(await djangos.shape());
    });

    describeTimeZones(databases);
    describeTables(databases);
    describeClocks(databases);
  }),
);
