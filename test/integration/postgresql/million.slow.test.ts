import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';

const bed = purgeBed(POSTGRESQL);

it('takes a million sessions of one instant in batches, and no other', async () => {
  await bed.seed({ expired: 1_000_000, live: 1000, expiredOverDays: 0 });

  const { report } = await bed.purge();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 1_000_000 });
  expect(await bed.left()).toEqual({ live: 1000, expired: 0 });
}, 180_000);
