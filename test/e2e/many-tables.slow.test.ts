import { POSTGRESQL } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

const TENANTS = 1500;

const LIMIT_BYTES = 100_000;

POSTGRESQL.describe(() => {
  const bed = purgeBed(POSTGRESQL);

  /** A schema for each tenant, with a table; every tenth has one expired session. */
  const createTenants = () =>
    bed.query(`DO $$ BEGIN FOR n IN 1..${TENANTS} LOOP
      EXECUTE format('CREATE SCHEMA tenant_%s', n);
      EXECUTE format('CREATE TABLE tenant_%s.django_session (LIKE public.django_session INCLUDING ALL)', n);
      EXECUTE format('GRANT USAGE ON SCHEMA tenant_%s TO purger', n);
      EXECUTE format('${POSTGRESQL.grant} tenant_%s.django_session TO purger', n);
      IF n % 10 = 0 THEN
        EXECUTE format($i$INSERT INTO tenant_%s.django_session VALUES ('k', 'd', '2020-01-01Z')$i$, n);
      END IF;
    END LOOP; END $$`);

  it('a site of 1500 tenants gets a report and a log of bounded size', async () => {
    await createTenants();

    const { report, output } = await bed.purge({ SESSION_PURGE_TABLES: '*.django_session' });

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: TENANTS / 10 });
    expect(report?.tables.map(({ rowsDeleted }) => rowsDeleted)).toEqual(Array(100).fill(1));
    expect(report?.tablesLeftOut).toEqual({
      count: TENANTS + 1 - 100,
      stopReasons: { drained: TENANTS + 1 - 100 },
      rowsDeleted: TENANTS / 10 - 100,
      rowsExpired: null,
    });
    expect(Math.max(...output.map((line) => Buffer.byteLength(line)))).toBeLessThan(LIMIT_BYTES);
  });
});
