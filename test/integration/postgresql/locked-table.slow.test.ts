import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { describeLockedTable } from '../locked-table.suite';
import { loggedReport } from '../walks.suite';

POSTGRESQL.describe(() =>
  describeLockedTable(POSTGRESQL, {
    lock: (table, against) =>
      `LOCK TABLE ${table} IN ${against === 'all' ? 'ACCESS EXCLUSIVE' : 'SHARE'} MODE`,
    unlock: '',
    shows: 'pg_locks',
  }),
);

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  it('costs only itself where a policy shows all of its rows, too', async () => {
    const guarded = { schema: await bed.createSchema('guarded'), table: 'django_session' };
    await bed.createTable(guarded);
    await bed.grant(guarded);
    const old = [{ sessionKey: 'old', expireDate: '2020-07-11T19:20:40Z' }];
    await bed.insert(old);
    await bed.insert(old, guarded);
    const name = bed.quoted(guarded);
    await bed.query(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
    await bed.query(`CREATE POLICY every_row ON ${name} USING (true)`);
    const tables = { SESSION_PURGE_TABLES: `django_session,${bed.reported(guarded)}` };
    const holder = await bed.begin(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);

    const whileLocked = await bed.purge(tables);
    await holder.end('ROLLBACK');
    const later = await bed.purge(tables);

    expect(whileLocked.error?.errorMessage).toMatch(/^table \S+guarded\S+ is locked: /);
    expect(loggedReport(whileLocked)).toMatchObject({ rowsDeleted: 1 });
    expect(later.report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1 });
  });
});
