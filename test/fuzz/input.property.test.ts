import * as fc from 'fast-check';
import { parseTableName } from '../../contract/table-name';
import { RequestError, SettingsError } from '../../lambda/errors';
import { readRequest } from '../../lambda/input/request';
import { readSettings } from '../../lambda/input/settings';
import { ContextError } from '../../lib/context-error';
import { readPurges } from '../../lib/purge-context';
import { CLUSTER_ARN, environment, SECRET_ARN } from '../support/environment';

const CONFIGURED = ['django_session', 'web.session'].map((text) => {
  const name = parseTableName(text);
  if (typeof name === 'string') throw new Error(name);
  return name;
});

const SCHEDULED = { 'detail-type': 'Scheduled Event', source: 'aws.events' };
const SCHEDULED_TEXT = JSON.stringify(SCHEDULED);

/** JSON as it arrives: unlike a literal, it may have `__proto__` for a field of its own. */
const json = (text: string): unknown => JSON.parse(text);

/** Deeper than a recursion may go. */
const nested = (open: string, inside: string, close: string) =>
  json(open.repeat(100_000) + inside + close.repeat(100_000));

function refusalOf(event: unknown): string {
  try {
    readRequest(event, CONFIGURED);
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as Error).message;
  }
  throw new Error('the event was not refused');
}

describe('an event that means harm, or is a slip', () => {
  it.each<[string, unknown]>([
    ['a cutoff with a comma', { cutoff: '2026-11-22T02:17:00,5Z' }],
    ['a cutoff without an offset', { cutoff: '2026-11-22T02:17:00' }],
    ['a cutoff in the year 275760', { cutoff: '+275760-09-13T00:00:00Z' }],
    ['a cutoff in a year of six digits', { cutoff: '275760-09-13T00:00:00Z' }],
    ['a cutoff before the year 1', { cutoff: '0000-01-01T00:00:00Z' }],
    ['a cutoff on a day that never was', { cutoff: '2026-02-29T00:00:00Z' }],
    ['a cutoff that is a number', { cutoff: 1.8e12 }],
    ['a cutoff with SQL behind it', { cutoff: "2026-11-22T02:17:00Z'; DROP TABLE x; --" }],
    ['a cutoff with a line break behind it', { cutoff: '2026-11-22T02:17:00Z\n' }],
    ['a count that is text', { maxRows: '10' }],
    ['a count below zero', { maxRows: -1 }],
    ['a count of nothing', { maxRows: 0 }],
    ['a count of nothing from below', { maxRows: -0 }],
    ['a count with a fraction', { maxRows: 1.5 }],
    ['a count beyond what is exact', json('{"maxRows":1e400}')],
    ['a table that is SQL', { tables: ['django_session"; DROP TABLE x; --'] }],
    ['a table that is not configured', { tables: ['auth_user'] }],
    ['a table that is a list', { tables: [['django_session']] }],
    ['a truth value that is text', { dryRun: 'true' }],
    ['a field of the prototype', json('{"__proto__":{"dryRun":true}}')],
    ['a field that every object has', { constructor: {} }],
    ['a scheduled event that also says dryRun', { ...SCHEDULED, dryRun: true }],
    ['a scheduled event that nearly says dryRun', { ...SCHEDULED, dryrun: true }],
    ['a scheduled event that says dryRun inside', { ...SCHEDULED, detail: { dryRun: true } }],
    ['a scheduled event with a huge detail', { ...SCHEDULED, detail: 'x'.repeat(1_000_000) }],
    ['a scheduled event with a deep detail', { ...SCHEDULED, detail: nested('[', '', ']') }],
    ['a scheduled event with a huge field', { ...SCHEDULED, ['x'.repeat(1_000_000)]: 1 }],
    ['a scheduled event of the prototype', json(SCHEDULED_TEXT.replace('{', '{"__proto__":1,'))],
    ['lists within lists, deep', nested('[', '', ']')],
    ['objects within objects, deep', nested('{"a":', '1', '}')],
    ['a value that is deep', { cutoff: nested('[', '', ']') }],
    ['tables that are deep', { tables: [nested('{"a":', '1', '}')] }],
    ['a huge list', Array(1_000_000).fill(0)],
    ['a huge field', { ['x'.repeat(1_000_000)]: 1 }],
    ['a huge value', { cutoff: 'x'.repeat(1_000_000) }],
    ['many fields', Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`f${at}`, at]))],
  ])('is refused in a few words: %s', (_what, event) => {
    const message = refusalOf(event);

    expect(message).toMatch(/nothing was deleted$/);
    expect(message.length).toBeLessThan(500);
  });

  it('may count in any notation of JSON', () => {
    expect(readRequest(json('{"maxRows":1e9}'), CONFIGURED)).toMatchObject({ maxRows: 1e9 });
    expect(readRequest(json('{"maxRows":1.0}'), CONFIGURED)).toMatchObject({ maxRows: 1 });
  });

  it('does not come through the prototype of all objects', () => {
    readRequestSafely(json('{"__proto__":{"maxRows":5}}'));

    expect(({} as { maxRows?: number }).maxRows).toBeUndefined();
    expect(readRequest({}, CONFIGURED)).toMatchObject({ dryRun: false, maxRows: null });
  });
});

function readRequestSafely(event: unknown): void {
  try {
    readRequest(event, CONFIGURED);
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
  }
}

describe('an environment that means harm, or is a slip', () => {
  it.each([
    'django_session; DROP TABLE auth_user',
    'django_session/**/',
    'a".b',
    'a`b',
    "a'b",
    'a.b.c',
    '*',
    '*.*',
    '.a',
    'a.',
    'a b',
    'a\0b',
    'a\nb',
    '\u202edjango_session',
    '(SELECT 1)',
    ':cutoff',
    'x'.repeat(64),
    'é'.repeat(32),
    ',',
  ])('names no table: %j', (tables) => {
    expect(() => readSettings(environment({ SESSION_PURGE_TABLES: tables }))).toThrow(
      SettingsError,
    );
  });

  it('tells its mistakes in bounded words', () => {
    const huge = 'x'.repeat(100_000);
    const given = environment({
      SESSION_PURGE_TABLES: huge,
      SESSION_PURGE_GRACE_SECONDS: huge,
      SESSION_PURGE_TIME_ZONE: huge,
    });

    expect(() => readSettings(given)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^settings: .{50,1500}$/s) }),
    );
  });
});

describe('any context of the app', () => {
  const sound = {
    clusterArn: CLUSTER_ARN,
    secretArn: SECRET_ARN,
    database: 'shop',
  };
  const keys = fc.constantFrom(
    ...['clusterArn', 'secretArn', 'kmsKeyArn', 'database', 'tables', 'name', 'schedule'],
    ...['graceSeconds', 'maxBatchSize', 'timeZone', 'enabled', 'purges', 'toString', '__proto__'],
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom({ toString: null }, { toString: 1, valueOf: 1 }, [[[]]], '', ' ', -0),
  );
  const one = fc.dictionary(keys, value).map((given) => ({ ...sound, ...given }));
  const context = fc.oneof(
    fc.dictionary(keys, value),
    one,
    fc.record({ purges: fc.oneof(value, fc.array(fc.oneof(value, one), { maxLength: 4 })) }),
  );

  it('is purges that stand for themselves, or refused as a context', () =>
    fc.assert(
      fc.property(context, (given) => {
        try {
          const purges = readPurges(given);
          const ids = purges.map(({ stackId }) => stackId);

          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(id).toMatch(/^SessionPurge(-[\w-]+)?$/);
        } catch (error) {
          if (!(error instanceof ContextError)) throw error;
        }
      }),
      { numRuns: 1000 },
    ));
});
