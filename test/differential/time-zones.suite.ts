import fc from 'fast-check';
import { CUTOFF, microsFrom, RANDOM_SEED, SEEDS } from './seeds';
import { type Databases, keysOf, purgeBoth, type SideBySide, setUpAlike } from './side-by-side';

const SITES = [true, false].flatMap((useTz) =>
  ['America/Los_Angeles', 'UTC', 'Asia/Kolkata', 'Pacific/Auckland'].map((timeZone) => ({
    useTz,
    timeZone,
  })),
);

/** Compares what is left for sites in different time zones. */
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

    it('leaves each session that Django still loads, and no expired one', async () => {
      const { django, purge } = both;
      const hourBefore = '2020-07-12T22:00:36.123Z';
      // `null` means SESSION_COOKIE_AGE, two weeks. 0 ends with the browser, and is stored for two weeks, too.
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
        {}, // Neither live nor expired: both of Django's comparisons are strict.
        ...[3601, 86_400, 0, null].map((expiry) => ({ saved_with: expiry })),
      ]);
      const isThere = [false, false, true, true, true, true, true];
      expect(await django.exist('ours', keys)).toEqual(isThere);
    });
  });
}
