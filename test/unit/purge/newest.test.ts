import { inDays, zoneDoubt } from '../../../lambda/purge/newest';
import { micros, type StoredSession } from '../../support/in-memory-sessions';
import { NOW, setup } from './setup';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('inDays', () => {
  it.each([
    [13 * DAY_MS + 15 * HOUR_MS + 20 * MINUTE_MS, '13 d 15 h 20 min'],
    [14 * DAY_MS - 1000, '14 d'],
    [2 * DAY_MS + 5 * MINUTE_MS, '2 d 5 min'],
    [90 * MINUTE_MS, '1 h 30 min'],
    [1000, '0 min'],
  ])('writes %d ms as %s', (durationMs, expected) => {
    expect(inDays(durationMs)).toBe(expected);
  });
});

/** Cookies of so many days, saved a while ago, read in a zone that is so many hours off. */
const ahead = (days: number, hoursOff: number, savedAgoMs: number) =>
  days * DAY_MS + hoursOff * HOUR_MS - savedAgoMs;

describe('zoneDoubt', () => {
  it.each([
    ['13 d 15 h', 14, -9, '9 h off and sessions are deleted too early'],
    ['14 d 8 h', 14, 8, '8 h off and sessions are deleted too late'],
    ['29 d 18 h 30 min', 30, -5.5, '5.5 h off and sessions are deleted too early'],
    ['6 d 22 h 30 min', 7, -1.5, '1.5 h off and sessions are deleted too early'],
    ['1 d 4 h', 1, 4, '4 h off and sessions are deleted too late'],
  ])('tells of a newest session that expires in %s', (expires, days, hoursOff, off) => {
    const told = `the newest session expires in ${expires}; if it was saved just now and cookies last ${days} days, timeZone (Asia/Tokyo) is ${off}`;

    for (const isAttended of [true, false]) {
      expect(zoneDoubt(ahead(days, hoursOff, 20_000), 'Asia/Tokyo', isAttended)).toBe(told);
    }
  });

  it.each([1, 2, 14, 30, 365])('has none on a site in use with cookies of %d days', (days) => {
    for (const savedAgoMs of [0, 1000, 20 * MINUTE_MS]) {
      expect(zoneDoubt(ahead(days, 0, savedAgoMs), 'UTC', true)).toBeNull();
      expect(zoneDoubt(ahead(days, 0, savedAgoMs), 'UTC', false)).toBeNull();
    }
  });

  it.each([-1, 1])('has none for %d hour, by which clocks change', (hoursOff) => {
    expect(zoneDoubt(ahead(14, hoursOff, 1000), 'Europe/Lisbon', true)).toBeNull();
  });

  it.each<[string, number]>([
    ['is no day ahead', 8 * HOUR_MS],
    ['has expired', -30 * DAY_MS + HOUR_MS],
    ['no browser keeps so long', 401 * DAY_MS - 8 * HOUR_MS],
    ['is of the year 9999', Date.UTC(9999, 11, 31) - Date.UTC(2026, 10, 22, 2)],
  ])('has none where the newest session %s', (_which, aheadMs) => {
    expect(zoneDoubt(aheadMs, 'UTC', true)).toBeNull();
  });

  it('is told to whoever waits for it where nobody may have saved a session for hours', () => {
    const quiet = ahead(14, 0, 9 * HOUR_MS + 10 * MINUTE_MS);

    expect(zoneDoubt(quiet, 'UTC', true)).toMatch(
      /^the newest session expires in 13 d 14 h 50 min; /,
    );
    expect(zoneDoubt(quiet, 'UTC', false)).toBeNull();
  });

  it('is no matter of luck: few quiet nights look like a wrong zone', () => {
    const minutes = Array.from({ length: 24 * 60 }, (_, minute) => minute);

    const told = minutes.filter(
      (minute) => zoneDoubt(14 * DAY_MS - (minute + 0.5) * MINUTE_MS, 'UTC', false) !== null,
    );

    expect(told.length / minutes.length).toBeLessThan(0.04);
  });
});

describe('a run', () => {
  const session = (key: string, aheadMs: number): StoredSession => ({
    key,
    expireDate: micros(new Date(NOW.getTime() + aheadMs)),
  });
  const tables = {
    one: [session('a', 2 * DAY_MS), session('b', ahead(14, -9, 1000))],
    two: [session('c', DAY_MS)],
  };
  const told =
    /^the newest session expires in 13 d 15 h; .* \(Asia\/Tokyo\) is 9 h off .*; look at Django's settings .* with USE_TZ = True set timeZone to UTC, unless the database's entry in DATABASES has a TIME_ZONE of its own: then to that; with USE_TZ = False to TIME_ZONE$/;

  it.each([false, true])('warns where the zone looks wrong; dry: %p', async (dryRun) => {
    const { warnings, newestExpiresInSeconds } = await setup({
      tables,
      timeZone: 'Asia/Tokyo',
      request: { dryRun },
    }).run();

    expect(warnings).toEqual([expect.stringMatching(told)]);
    expect(newestExpiresInSeconds).toBe(ahead(14, -9, 1000) / 1000);
  });

  it('tells how far ahead the newest session expires, also where that is not odd', async () => {
    const { warnings, newestExpiresInSeconds } = await setup({
      tables: { two: [session('c', DAY_MS)] },
      timeZone: 'UTC',
    }).run();

    expect(newestExpiresInSeconds).toBe(86_400);
    expect(warnings).toBeUndefined();
  });

  it.each([
    ['keeps a zone with each time', { tables }],
    ['has no session', { tables: { one: [] }, timeZone: 'UTC' }],
  ])('says nothing of it where the database %s', async (_where, given) => {
    const report = await setup(given).run();

    expect(report).not.toHaveProperty('newestExpiresInSeconds');
    expect(report).not.toHaveProperty('warnings');
  });
});
