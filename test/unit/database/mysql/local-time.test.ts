import { instantOf, localCutoff } from '../../../../lambda/database/mysql/local-time';

describe('the local time before which no session can be alive', () => {
  it.each([
    ['is the cutoff itself in UTC', 'UTC', '2026-11-22T01:17:00.412Z', '2026-11-22 01:17:00.412'],
    [
      'is earlier west of UTC',
      'America/New_York',
      '2026-11-22T01:17:00Z',
      '2026-11-21 20:17:00.000',
    ],
    ['is later east of UTC', 'Asia/Kolkata', '2026-11-22T01:17:00Z', '2026-11-22 06:47:00.000'],
    [
      'knows three quarters of an hour',
      'Asia/Kathmandu',
      '2026-11-22T00:00:00Z',
      '2026-11-22 05:45:00.000',
    ],
    ['knows daylight saving', 'Europe/Lisbon', '2026-07-01T12:00:00Z', '2026-07-01 13:00:00.000'],
    // Lisbon, 2026-10-25 01:00Z: 02:00 in summer becomes 01:00 in winter.
    [
      'stops at a time that will come again',
      'Europe/Lisbon',
      '2026-10-25T00:30:00Z',
      '2026-10-25 01:00:00.000',
    ],
    [
      'stops there a few hours before, too',
      'Europe/Lisbon',
      '2026-10-25T00:00:00.001Z',
      '2026-10-25 01:00:00.000',
    ],
    [
      'goes on with the second time',
      'Europe/Lisbon',
      '2026-10-25T01:30:00Z',
      '2026-10-25 01:30:00.000',
    ],
    [
      'is not held back earlier than that',
      'Europe/Lisbon',
      '2026-10-24T23:59:59Z',
      '2026-10-25 00:59:59.000',
    ],
    // Lisbon, 2026-03-29 01:00Z: 01:00 in winter becomes 02:00 in summer.
    [
      'passes over the hour that does not exist',
      'Europe/Lisbon',
      '2026-03-29T01:00:00Z',
      '2026-03-29 02:00:00.000',
    ],
    [
      'knows half an hour set back',
      'Australia/Lord_Howe',
      '2026-04-04T14:45:00Z',
      '2026-04-05 01:30:00.000',
    ],
  ])('%s', (_promise, timeZone, cutoff, expected) => {
    expect(localCutoff(new Date(cutoff), timeZone)).toBe(expected);
  });
});

describe('the instant of a local time', () => {
  it.each([
    ['is the same in UTC', 'UTC', '2026-11-22 01:17:00.412345', '2026-11-22T01:17:00.412Z'],
    ['may have no fraction', 'UTC', '2026-11-22 01:17:00', '2026-11-22T01:17:00.000Z'],
    ['is later west of UTC', 'America/New_York', '2026-11-21 20:17:00', '2026-11-22T01:17:00.000Z'],
    [
      'is the later one of a time that comes twice',
      'Europe/Lisbon',
      '2026-10-25 01:30:00',
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'is just before the clocks jump over a time that never comes',
      'Europe/Lisbon',
      '2026-03-29 01:30:00',
      '2026-03-29T00:59:59.999Z',
    ],
  ])('%s', (_promise, timeZone, localTime, expected) => {
    expect(instantOf(localTime, timeZone).toISOString()).toBe(expected);
  });

  it('is not valid when the text is no time', () => {
    expect(instantOf('never', 'UTC').getTime()).toBeNaN();
  });
});
