import fc from 'fast-check';
import { instantOf, localCutoff } from '../../lambda/database/mysql/local-time';

const ZONES = [
  'UTC',
  'Europe/Lisbon',
  'America/New_York',
  'America/St_Johns',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Havana',
];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The days, as their ends, in which the zone's clocks are set from 2011 to 2013: Apia leaves out one of them. */
function changesOf(timeZone: string): number[] {
  const formatter = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = (timeMs: number) =>
    formatter.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value;
  const days = Array.from({ length: 3 * 365 }, (_, day) => Date.UTC(2011) + day * DAY_MS);
  return days.filter((dayMs) => offset(dayMs - DAY_MS) !== offset(dayMs));
}

const anywhere = fc.tuple(
  fc.constantFrom(...ZONES),
  fc.integer({ min: Date.UTC(2010), max: Date.UTC(2037) }),
);
const CHANGES = ZONES.flatMap((zone) => changesOf(zone).map((dayMs) => [zone, dayMs] as const));
/** Where it matters: from a day before a change of the clocks to a day after it. */
const nearChange = fc
  .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -2 * DAY_MS, max: DAY_MS }))
  .map(([[zone, dayMs], distanceMs]) => [zone, dayMs + distanceMs] as [string, number]);
const cutoffs = fc.oneof(anywhere, nearChange);

/** Close to a cutoff, and at it. */
const distances = fc.oneof(
  fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }),
  fc.integer({ min: -1, max: 1 }),
);

const asText = (shownMs: number) => new Date(shownMs).toISOString().slice(0, -1).replace('T', ' ');

/** What a clock of the zone shows, to the second. */
const shownAt = (timeMs: number, timeZone: string) =>
  new Date(timeMs).toLocaleString('sv', { timeZone });

it('separates local times exactly where their instants reach the cutoff, even those that never come', () => {
  fc.assert(
    fc.property(cutoffs, distances, ([timeZone, cutoffMs], distanceMs) => {
      const limit = localCutoff(new Date(cutoffMs), timeZone);
      const localTime = asText(Date.parse(`${limit.replace(' ', 'T')}Z`) + distanceMs);
      const readMs = instantOf(localTime, timeZone).getTime();

      expect(readMs < cutoffMs).toBe(localTime < limit);
    }),
    { numRuns: 2000 },
  );
});

it('never counts a time as expired that the clocks will show again', () => {
  fc.assert(
    fc.property(cutoffs, distances, ([timeZone, cutoffMs], distanceMs) => {
      const shown = shownAt(cutoffMs + Math.abs(distanceMs), timeZone);

      expect(`${shown}.999` >= localCutoff(new Date(cutoffMs), timeZone)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it('reads each time that a clock shows as that instant, or as one at most an hour later', () => {
  fc.assert(
    fc.property(cutoffs, ([timeZone, timeMs]) => {
      const shown = shownAt(timeMs, timeZone);
      const laterMs = instantOf(shown, timeZone).getTime() - Math.floor(timeMs / 1000) * 1000;

      expect(laterMs).toBeGreaterThanOrEqual(0);
      expect(laterMs).toBeLessThanOrEqual(HOUR_MS);
      expect(shownAt(timeMs + laterMs, timeZone)).toBe(shown);
    }),
    { numRuns: 2000 },
  );
});
