import {
  type Databases,
  keysOf,
  purgeBoth,
  type Session,
  type SideBySide,
  setUpAlike,
} from './side-by-side';

const MINUTE_MS = 60_000;

const STEP_MINUTES = 10;

/** A night without USE_TZ in which the clocks are changed. */
interface Night {
  readonly timeZone: string;
  /** When the clocks are changed. */
  readonly change: string;
  /** The local time two hours before. */
  readonly evening: string;
}

const SET_BACK: readonly (Night & { readonly repeatedMinutes: number })[] = [
  {
    timeZone: 'America/Los_Angeles',
    change: '2020-11-01T09:00:00Z',
    evening: '2020-11-01T00:00:00',
    repeatedMinutes: 60,
  },
  {
    timeZone: 'Pacific/Auckland',
    change: '2020-04-04T14:00:00Z',
    evening: '2020-04-05T01:00:00',
    repeatedMinutes: 60,
  },
  {
    timeZone: 'Australia/Lord_Howe',
    change: '2020-04-04T15:00:00Z',
    evening: '2020-04-05T00:00:00',
    repeatedMinutes: 30,
  },
];

const SET_FORWARD: readonly Night[] = [
  {
    timeZone: 'America/Los_Angeles',
    change: '2020-03-08T10:00:00Z',
    evening: '2020-03-08T00:00:00',
  },
  {
    timeZone: 'Pacific/Auckland',
    change: '2020-09-26T14:00:00Z',
    evening: '2020-09-27T00:00:00',
  },
];

/** A session for every ten minutes on the clock, also in the hour that is skipped: Django may write such a time. */
function sessionsOf({ evening }: Night): Session[] {
  return Array.from({ length: 25 }, (_, at) => {
    const time = new Date(Date.parse(`${evening}Z`) + at * STEP_MINUTES * MINUTE_MS).toISOString();
    return [`at-${time.slice(11, 16)}`, time.slice(0, -1)];
  });
}

/** The keys of the sessions whose time the clocks show twice. */
function repeatedOf(night: Night & { readonly repeatedMinutes: number }): string[] {
  const [from, to] = [120 - night.repeatedMinutes, 120];
  return sessionsOf(night)
    .slice(from / STEP_MINUTES, to / STEP_MINUTES)
    .map(([key]) => key);
}

const minutesFrom = (instant: string, minutes: number) =>
  new Date(Date.parse(instant) + minutes * MINUTE_MS).toISOString();

/** Cutoffs before, at and after the change. */
const MINUTES = [-80, -60, -40, -20, 0, 20, 40, 60, 80];

/** What is deleted when Django compares local times, as with `USE_TZ = False`. */
export function describeClocks(databases: () => Databases): void {
  describe('with USE_TZ = false, in the night of', () => {
    let both: SideBySide;

    afterEach(() => both.close());

    /** Purges before, at and after the change, and yields what each purge leaves. */
    async function* purgeAllNight(night: Night) {
      both = setUpAlike(databases(), { useTz: false, timeZone: night.timeZone });
      for (const minutes of MINUTES) {
        const cutoff = minutesFrom(night.change, minutes);
        yield { minutes, ...(await purgeBoth(both, sessionsOf(night), cutoff)) };
      }
    }

    it.each(SET_BACK)(
      '$change in $timeZone, when the clocks are set back, more is left than by clearsessions just while the time will come again',
      async (night) => {
        for await (const { minutes, byDjango, byUs } of purgeAllNight(night)) {
          expect(byUs).toEqual(expect.arrayContaining([...byDjango]));
          const more = byUs.filter((row) => !byDjango.includes(row));
          const comesAgain = minutes > -night.repeatedMinutes && minutes < 0;
          expect(comesAgain ? repeatedOf(night) : []).toEqual(expect.arrayContaining(keysOf(more)));
        }
      },
    );

    it.each(SET_BACK)(
      '$change in $timeZone, no session goes that Django loads again once the clocks are set back',
      async (night) => {
        both = setUpAlike(databases(), { useTz: false, timeZone: night.timeZone });
        const { django } = both;
        const sessions = sessionsOf(night);
        const keys = sessions.map(([key]) => key);
        const loadedAfterwards = async (name: string) => {
          const loaded = await django.load(name, night.change, keys);
          return keys.filter((_, at) => Object.keys(loaded[at] ?? {}).length > 0);
        };
        await django.replace('ours', sessions);
        const alive = await loadedAfterwards('ours');

        await purgeBoth(both, sessions, minutesFrom(night.change, -1));

        expect(await loadedAfterwards('ours')).toEqual(alive);
        // Shows that this test can fail.
        expect((await loadedAfterwards('djangos')).length).toBeLessThan(alive.length);
      },
    );

    it.each(SET_FORWARD)(
      '$change in $timeZone, when the clocks are set forward, what clearsessions leaves is left',
      async (night) => {
        for await (const { byDjango, byUs } of purgeAllNight(night)) expect(byUs).toEqual(byDjango);
      },
    );
  });
}
