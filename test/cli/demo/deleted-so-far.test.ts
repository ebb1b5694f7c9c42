import { deletedSoFar } from '../../../cli/demo/deleted-so-far';
import { seedSessions } from '../../../local/django-table';
import { createDatabase, type TestDatabase } from '../../support/postgres';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const deleteOldest = (rows: number) =>
  database.admin.query(
    `DELETE FROM django_session WHERE expire_date IN
       (SELECT expire_date FROM django_session ORDER BY expire_date LIMIT $1)`,
    [rows],
  );

test('estimates at each look how many rows of a backlog have been deleted', async () => {
  await seedSessions(database.admin, {
    expired: 1000,
    live: 10,
    newestExpiredSecondsAgo: 1,
    expiredOverDays: 30,
  });
  const deleted = deletedSoFar(database.admin, { expired: 1000, days: 30 });

  expect(await deleted()).toBe(0);
  await deleteOldest(250);
  expect(await deleted()).toBe(250);
  await deleteOldest(500);
  expect(await deleted()).toBe(750);
  await deleteOldest(250);
  expect(await deleted()).toBe(1000);
  await deleteOldest(10);
  expect(await deleted()).toBe(1000);
});
