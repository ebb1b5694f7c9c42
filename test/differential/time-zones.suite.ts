import fc from 'fast-check';
import { CUTOFF, microsFrom, RANDOM_SEED, SEEDS } from './seeds';
import { type Databases, keysOf, purgeBoth, type SideBySide, setUpAlike } from './side-by-side';

const SITES = [true, false].flatMap((useTz) =>
  ['America/Los_Angeles', 'UTC', 'Asia/Kolkata', 'Pacific/Auckland'].map((timeZone) => ({
    useTz,
    timeZone,
  })),
);

/** What is left is what `clearsessions` leaves, wherever the site says that it is. */
export function describeTimeZones(databases: () => Databases): void {
  describe.each(SITES)('with USE_TZ = $useTz and TIME_ZONE = $timeZone', (site) => {
    let both: SideBySide;

    beforeAll(() => {
      both = setUpAlike(databases(), site);
    });

    afterAll(() => both.close());

    it.each(SEEDS)('leaves what clearsessions leaves of %s', async (_seed, sessions) => {
      const { byDjango, byUs } = await purgeBoth(both, sessions, CUTOFF);

      expect(byUs).toEqual(byDjango);
      const live = sessions.map(([key]) => key).filter((key) => key.startsWith('live'));
      expect(keysOf(byUs)).toEqual(live.sort());
    });

    it('leaves what clearsessions leaves of sessions at random', async () => {
      const property = fc.asyncProperty(RANDOM_SEED, async ({ cutoff, micros }) => {
        const sessions = micros.map((each, at) => [`key-${at}`, microsFrom(cutoff, each)] as const);

        const { byDjango, byUs } = await purgeBoth(both, sessions, cutoff);

        expect(byUs).toEqual(byDjango);
      });
      await fc.assert(property, { seed: 20_201_122, numRuns: 6, endOnFailure: true });
    });

    it('leaves Django each session that Django still loads, and none of the expired', async () => {
      const { django, purge } = both;
      const hourBefore = '2020-07-12T22:00:36.123Z';
      // `null` is SESSION_COOKIE_AGE, two weeks; so is 0, which ends with the browser.
      const expiries = [60, 3599, 3600, 3601, 86_400, 0, null];
      const keys = await django.save('ours', hourBefore, expiries);
      expect(await django.load('ours', hourBefore, keys)).toMatchObject(
        expiries.map((expiry) => ({ saved_with: expiry })),
      );

      const { error } = await purge.invoke({ cutoff: CUTOFF });

      expect(error).toBeUndefined();
      expect(await django.load('ours', CUTOFF, keys)).toMatchObject([
        {},
        {},
        {}, // Neither alive nor expired: both tests of Django's are strict.
        ...[3601, 86_400, 0, null].map((expiry) => ({ saved_with: expiry })),
      ]);
      const isThere = [false, false, true, true, true, true, true];
      expect(await django.exist('ours', keys)).toEqual(isThere);
    });
  });
}
