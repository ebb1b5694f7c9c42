import * as fc from 'fast-check';
import { ENVIRONMENT, LIMITS } from '../../lambda/contract';
import { postgresql } from '../../lambda/dialects/postgresql';
import { RequestError, SettingsError } from '../../lambda/errors';
import { type PurgeRequest, readRequest } from '../../lambda/request';
import { readSettings, type Settings } from '../../lambda/settings';
import { parseTableName } from '../../lambda/table-name';
import { environment } from '../support/environment';

const CONFIGURED = ['django_session', 'web.session'].map((text) => {
  const name = parseTableName(text);
  if (typeof name === 'string') throw new Error(name);
  return name;
});

/** The result, or the error where it is of the type that a caller may expect. */
function outcome<T>(read: () => T, refusal: new (message: string) => Error): T | string {
  try {
    return read();
  } catch (error) {
    if (error instanceof refusal) return error.message;
    throw error;
  }
}

const json = fc.jsonValue();
const near = (...values: unknown[]) => fc.oneof(fc.constantFrom(...values), json);

/** JSON that is an event, is nearly one, or is anything. */
const event: fc.Arbitrary<unknown> = fc.oneof(
  json,
  fc.record(
    {
      dryRun: near(true, false, 'true'),
      cutoff: near('2026-11-22T02:17:00Z', '2026-02-30T00:00:00Z', '2026-11-22'),
      maxRows: fc.oneof(fc.double(), fc.integer(), json),
      tables: near(['django_session'], ['web.session', 'django_session'], ['other'], []),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      'detail-type': near('Scheduled Event', 'Other'),
      source: near('aws.events', 'aws.scheduler', ['aws.events'], { toString: null }),
      dryRun: json,
    },
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.constantFrom('dryrun', 'constructor', '__proto__', 'toString'), json),
);

function isSound({ dryRun, cutoff, maxRows, tables }: PurgeRequest): boolean {
  return (
    typeof dryRun === 'boolean' &&
    (cutoff === null || /^\d{4}-/.test(cutoff.toISOString())) &&
    (maxRows === null || (Number.isSafeInteger(maxRows) && maxRows >= 1)) &&
    tables.length > 0 &&
    tables.every((table) => CONFIGURED.includes(table))
  );
}

describe('any event', () => {
  it('is a request that makes sense, or refused with the word that nothing was deleted', () => {
    return fc.assert(
      fc.property(event, (given) => {
        const read = outcome(() => readRequest(given, CONFIGURED), RequestError);

        expect(typeof read === 'string' ? /nothing was deleted$/.test(read) : isSound(read)).toBe(
          true,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('that says it is a dry run never becomes a purge', () => {
    return fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.boolean(), (others, scheduled) => {
        const envelope = scheduled
          ? { 'detail-type': 'Scheduled Event', source: 'aws.events' }
          : {};
        const given = { ...others, ...envelope, dryRun: true };

        const read = outcome(() => readRequest(given, CONFIGURED), RequestError);

        expect(typeof read === 'string' || read.dryRun).toBe(true);
      }),
    );
  });
});

describe('any environment', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.constantFrom('django_session', '*.session', 'a,b', 'Europe/Lisbon', '0', '', ' ', '1e3'),
  );
  const given = fc.dictionary(fc.constantFrom(...Object.values(ENVIRONMENT)), value);

  const within = (
    number: number,
    { min, max, whole }: { min: number; max: number; whole: boolean },
  ) => number >= min && number <= max && (!whole || Number.isSafeInteger(number));

  const isSound = (settings: Settings) =>
    within(settings.graceSeconds, LIMITS.graceSeconds) &&
    within(settings.targetBatchMs, LIMITS.targetBatchMs) &&
    within(settings.pauseRatio, LIMITS.pauseRatio) &&
    within(settings.maxBatchSize, LIMITS.maxBatchSize) &&
    settings.tables.length > 0 &&
    settings.name !== '';

  it('is settings within their limits, or refused as such', () => {
    return fc.assert(
      fc.property(given, fc.boolean(), (variables, complete) => {
        const all = complete ? { ...variables, ...environment() } : variables;

        const read = outcome(() => readSettings(all), SettingsError);

        expect(typeof read === 'string' ? read.startsWith('settings: ') : isSound(read)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('any name of a table', () => {
  const part = fc.stringMatching(/^[\p{L}_][\p{L}\p{N}_$-]{0,14}$/u);
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    part,
    fc.tuple(fc.oneof(part, fc.constantFrom('*', '')), part).map((parts) => parts.join('.')),
    fc
      .tuple(part, fc.constantFrom('"', "'", '`', '\\', ';', '\0', '\n', ' ', '.'))
      .map((p) => p.join('')),
  );

  it('is refused, or is parts that no quotes can be ended with', () => {
    return fc.assert(
      fc.property(text, (given) => {
        const name = parseTableName(given);
        if (typeof name === 'string') return;

        const parts = name.schema === null ? [name.table] : [name.schema, name.table];
        expect(parts.join('.')).toBe(given);
        for (const each of parts.filter((of) => of !== '*')) {
          expect(each).not.toMatch(/["'`\\;:.\s\0]|--.*;/);
          expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63);
          expect(each).not.toBe('');
        }
        expect(name.table).not.toBe('*');
      }),
      { numRuns: 1000 },
    );
  });

  it('is read again from the statement that quotes it, even one that no setting may hold', () => {
    const identifier = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('"', '""', '".".'));

    return fc.assert(
      fc.property(identifier, identifier, (schema, table) => {
        const { sql } = postgresql.oldestExpired({ schema, table }, new Date(0));

        const quoted = /FROM ONLY "((?:[^"]|"")*)"\."((?:[^"]|"")*)" WHERE expire_date < /.exec(
          sql,
        );
        const read = quoted?.slice(1).map((of) => of.replaceAll('""', '"'));
        expect(read).toEqual([schema, table]);
      }),
    );
  });
});
