import { MYSQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeConfiguredTables } from '../tables.suite';

MYSQL.describe(() => describeConfiguredTables(MYSQL));

MYSQL.describe(() => {
  const bed = purgeBed(MYSQL);

  it('purges two tables whose names differ only in case', async () => {
    const other = { table: 'Django_Session' };
    await bed.createTable(other);
    await bed.grant(other);
    for (const table of [{}, other])
      await bed.insert([{ sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' }], table);

    const { report } = await bed.purge({ SESSION_PURGE_TABLES: 'django_session,Django_Session' });

    expect(report?.tables.map(({ rowsDeleted }) => rowsDeleted)).toEqual([1, 1]);
  });
});
