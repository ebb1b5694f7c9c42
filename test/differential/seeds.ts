import fc from 'fast-check';
import type { Session } from './side-by-side';

/** The instant at which most tests purge. */
export const CUTOFF = '2020-07-12T23:00:36.123Z';

const HOUR_MICROS = 3_600_000_000;

/** The instant that is `micros` microseconds after `instant`. */
export function microsFrom(instant: string, micros: number): string {
  const [millis, rest] = [Math.floor(micros / 1000), ((micros % 1000) + 1000) % 1000];
  const shifted = new Date(Date.parse(instant) + millis).toISOString();
  return shifted.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

const many = (count: number, name: string, time: string): Session[] =>
  Array.from({ length: count }, (_, at) => [`${name}-${at}`, time]);

/** One session an hour, 30 hours to both sides of the cutoff, which is more than between any two time zones. 30 of 61 have expired. */
export const HOURLY: readonly Session[] = Array.from({ length: 61 }, (_, at) => {
  const hours = at - 30;
  const key = `${hours < 0 ? 'expired' : 'live'}-${Math.abs(hours)}`;
  return [key, microsFrom(CUTOFF, hours * HOUR_MICROS)];
});

/** Sessions. Each key says whether the session is expired or live at `CUTOFF`. */
export const SEEDS: readonly [name: string, sessions: readonly Session[]][] = [
  ['an empty table', []],
  ['one session that has expired', [['expired', '2020-07-11T19:20:40Z']]],
  ['one session that is alive', [['live', '2020-07-25T13:50:10Z']]],
  [
    'sessions at the cutoff and a microsecond beside it',
    [
      ['expired', microsFrom(CUTOFF, -1)],
      ['live-no-more', CUTOFF],
      ['live', microsFrom(CUTOFF, 1)],
    ],
  ],
  [
    'sessions of the far past and the far future',
    [
      ['expired-1000', '1000-01-02T00:00:00Z'],
      ['expired-1970', '1970-01-01T00:00:00Z'],
      ['live-2038', '2038-01-19T03:14:08Z'],
      ['live-9999', '9999-12-30T23:59:59.999999Z'],
    ],
  ],
  ['a session for each hour of the days around', HOURLY],
  [
    'more sessions of one instant than a batch takes',
    [
      ...many(25, 'expired-long-ago', '2019-02-28T23:00:00Z'),
      ...many(25, 'expired-just-now', microsFrom(CUTOFF, -1)),
      ...many(25, 'live-no-more', CUTOFF),
    ],
  ],
];

/** A cutoff within ten years, and sessions that expire at it, near it and far from it. */
export const RANDOM_SEED = fc.record({
  cutoff: fc
    .date({ min: new Date('2015-01-01'), max: new Date('2025-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  micros: fc.array(
    fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: -26 * HOUR_MICROS, max: 26 * HOUR_MICROS }),
      fc.integer({ min: -400, max: 400 }).map((days) => days * 24 * HOUR_MICROS),
    ),
    { minLength: 5, maxLength: 60 },
  ),
});
