import type { Engine } from '../support/engines';
import { purgeBed } from '../support/purge-bed';

/** What a seed puts into a table. */
export function describeSeeds(engine: Engine): void {
  const bed = purgeBed(engine);

  const countRows = async (condition: string, table = 'django_session') =>
    Number((await bed.query(`SELECT COUNT(*) FROM ${table} WHERE ${condition}`)).flat()[0]);

  test('has as many expired and live sessions as asked, evenly over the time', async () => {
    const table = { schema: await bed.createSchema('seeded'), table: 'sessions "of" `a`' };
    await bed.createTable({ ...table, extraColumns: ['user_id integer'] });

    const seed = { expired: 900, live: 100, newestExpiredSecondsAgo: 1, expiredOverDays: 9 };
    await bed.seed({ ...table, ...seed });

    const count = (condition: string) => countRows(condition, bed.quoted(table));
    expect(await count('expire_date < CURRENT_TIMESTAMP')).toBe(900);
    expect(await count("expire_date < CURRENT_TIMESTAMP - INTERVAL '3' DAY")).toBe(600);
    expect(await count("expire_date > CURRENT_TIMESTAMP + INTERVAL '7' DAY")).toBe(51);
    expect(await count("expire_date > CURRENT_TIMESTAMP + INTERVAL '14' DAY")).toBe(1);
    const [[instants] = []] = await bed.query(
      `SELECT COUNT(DISTINCT expire_date) FROM ${bed.quoted(table)}`,
    );
    expect(Number(instants)).toBe(1000);
  });

  test('has keys and data as Django makes them', async () => {
    await bed.seed({ expired: 10, live: 10 });

    const keys = await bed.keysLeft();
    expect(keys.filter((key) => /^[a-z0-9]{32}$/.test(key))).toHaveLength(20);
    expect(await countRows('LENGTH(session_data) = 352')).toBe(20);
  });

  test.each([
    ['two hours ago, unless it is told otherwise', {}, 7200],
    ['when it is told', { newestExpiredSecondsAgo: 20 }, 20],
  ])('has a newest expired session that expired %s', async (_when, seed, secondsAgo) => {
    await bed.seed({ expired: 3, live: 3, ...seed });

    const expiredFor = (seconds: number) =>
      countRows(`expire_date <= CURRENT_TIMESTAMP - INTERVAL '${seconds}' SECOND`);
    expect(await expiredFor(secondsAgo - 1)).toBe(3);
    expect(await expiredFor(secondsAgo + 10)).toBe(2);
  });

  test('may be empty', async () => {
    await bed.seed({ expired: 0 });

    expect(await bed.keysLeft()).toEqual([]);
  });
}
