import * as fc from 'fast-check';
import { ruleOf } from '../../contract/setting-kinds';
import { EACH_SETTING, type Settings, variableOf } from '../../contract/settings';
import { parseTableName } from '../../contract/table-name';
import { postgresql } from '../../lambda/database/postgresql';
import { RequestError, SettingsError } from '../../lambda/errors';
import { type CheckRequest, type PurgeRequest, readRequest } from '../../lambda/input/request';
import { readSettings } from '../../lambda/input/settings';
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

const SCHEDULED = { 'detail-type': 'Scheduled Event', source: 'aws.events' };

/** By the reference of EventBridge, what the event of a schedule has. */
const TEXTS = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region'];
const ENVELOPE = [...TEXTS, 'resources', 'detail'];

/** JSON that is an event, is nearly one, or is anything. */
const event: fc.Arbitrary<unknown> = fc.oneof(
  json,
  fc.record(
    {
      dryRun: near(true, false, 'true'),
      cutoff: near('2026-11-22T02:17:00Z', '2026-02-30T00:00:00Z', '2026-11-22'),
      maxRows: fc.oneof(fc.double(), fc.integer(), json),
      tables: near(['django_session'], ['web.session', 'django_session'], ['other'], []),
      maxSeconds: near(60, 900, 59, 901),
      report: near('always', 'never'),
      check: near(true, false),
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

function isSound(request: PurgeRequest | CheckRequest): boolean {
  const { tables } = request;
  if ('check' in request) return tables.every((table) => CONFIGURED.includes(table));
  const { dryRun, cutoff, maxRows, maxSeconds } = request;
  return (
    typeof dryRun === 'boolean' &&
    (cutoff === null || /^\d{4}-/.test(cutoff.toISOString())) &&
    (maxRows === null || (Number.isSafeInteger(maxRows) && maxRows >= 1)) &&
    (maxSeconds === null || (maxSeconds >= 60 && maxSeconds <= 900)) &&
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

  it.each([
    ['it is a dry run', 'dryRun'],
    ['it is a check-up', 'check'],
  ])('that says %s never becomes a purge', (_what, field) => {
    return fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.boolean(), (others, scheduled) => {
        const envelope = scheduled ? SCHEDULED : {};
        const given = { ...others, ...envelope, [field]: true };

        const read = outcome(() => readRequest(given, CONFIGURED), RequestError);

        expect(typeof read === 'string' || 'check' in read || read.dryRun).toBe(true);
      }),
    );
  });
});

describe('any scheduled event', () => {
  it('with a field that EventBridge does not send never becomes a purge', () => {
    const slip = fc.oneof(
      fc.string(),
      fc.constantFrom('dryrun', 'dry_run', 'DryRun', 'Detail', 'ID', 'constructor', '__proto__'),
    );
    const foreign = slip.filter((field) => !ENVELOPE.includes(field));

    return fc.assert(
      fc.property(foreign, json, (field, value) => {
        const given = JSON.parse(`{${JSON.stringify(field)}:${JSON.stringify(value)}}`);
        const event = Object.assign(given, SCHEDULED);

        const read = outcome(() => readRequest(event, CONFIGURED), RequestError);

        expect(read).toMatch(/send it without the others; nothing was deleted$/);
      }),
    );
  });

  it('with any detail but an empty one never becomes a purge', () => {
    const detail = json.filter((value) => !['{}', '"{}"'].includes(JSON.stringify(value)));

    return fc.assert(
      fc.property(detail, (value) => {
        const event = { ...SCHEDULED, detail: value };

        const read = outcome(() => readRequest(event, CONFIGURED), RequestError);

        expect(read).toMatch(/^a scheduled event's "detail" must be .*; nothing was deleted$/s);
      }),
    );
  });

  it('with anything but texts in such a field never becomes a purge', () => {
    const field = fc.constantFrom('id', 'time', 'resources');
    const odd = json.filter((value) => typeof value !== 'string' && !Array.isArray(value));

    return fc.assert(
      fc.property(field, odd, (name, value) => {
        const event = { ...SCHEDULED, detail: {}, [name]: value };

        const read = outcome(() => readRequest(event, CONFIGURED), RequestError);

        expect(read).toMatch(/^a scheduled event's ".*" must be .*; nothing was deleted$/s);
      }),
    );
  });

  it('with any of the fields that EventBridge sends is the purge as configured', () => {
    const texts = fc.dictionary(fc.constantFrom(...TEXTS), fc.string());
    const resources = fc.array(fc.string());
    const detail = fc.constantFrom({}, '{}');

    return fc.assert(
      fc.property(texts, resources, detail, (given, rules, empty) => {
        const event = { ...given, resources: rules, ...SCHEDULED, detail: empty };

        expect(readRequest(event, CONFIGURED)).toEqual({
          dryRun: false,
          cutoff: null,
          maxRows: null,
          tables: CONFIGURED,
          maxSeconds: null,
          alwaysReports: false,
          isRoutine: true,
        });
      }),
    );
  });
});

describe('any environment', () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.constantFrom(
      'django_session',
      '*.session',
      'a,b',
      'Europe/Lisbon',
      '0',
      '',
      ' ',
      '1e3',
      'skip',
    ),
  );
  const given = fc.dictionary(
    fc.constantFrom(...EACH_SETTING.map(([name]) => variableOf(name))),
    value,
  );

  const isSound = (settings: Settings) =>
    settings.tables.every(({ text }) => typeof parseTableName(text) !== 'string') &&
    settings.tables.length > 0 &&
    EACH_SETTING.filter(([, { kind }]) => kind !== 'tables').every(([name, setting]) => {
      const value = settings[name];
      return value === null ? setting.fallback === null : ruleOf(setting).holds(value);
    });

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
  const inQuotes = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const text = fc.oneof(
    fc.string(),
    fc.string().map(inQuotes),
    fc.tuple(part, fc.string().map(inQuotes)).map((parts) => parts.join('.')),
    fc.string({ unit: 'binary' }),
    part,
    fc.tuple(fc.oneof(part, fc.constantFrom('*', '')), part).map((parts) => parts.join('.')),
    fc
      .tuple(part, fc.constantFrom('"', "'", '`', '\\', ';', '\0', '\n', ' ', '.'))
      .map((p) => p.join('')),
  );

  /** Each with the parts that stand in it without quotes. */
  const waysToWrite = (parts: readonly string[]) =>
    [[], [0], [1], [0, 1]].map((quoted) => ({
      text: parts.map((name, at) => (quoted.includes(at) ? inQuotes(name) : name)).join('.'),
      plain: parts.filter((_, at) => !quoted.includes(at)),
    }));

  it('is refused, or is parts that no quotes can be ended with', () => {
    return fc.assert(
      fc.property(text, (given) => {
        const name = parseTableName(given);
        if (typeof name === 'string') return;

        const parts = name.schema === null ? [name.table] : [name.schema, name.table];
        const way = waysToWrite(parts).find((each) => each.text === given);
        expect(way).toBeDefined();
        for (const each of way?.plain.filter((of) => of !== '*') ?? [])
          expect(each).not.toMatch(/["'`\\;:.\s\0]|--.*;/);
        for (const each of parts) {
          expect(each).not.toMatch(/[:\p{Cc}]/u);
          expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63);
          expect(each).not.toBe('');
        }
        expect(given).not.toMatch(/(?:^|\.)\*$/);
      }),
      { numRuns: 1000 },
    );
  });

  it('is read again from the statement that quotes it, even one that no setting may hold', () => {
    /** As PostgreSQL reads an identifier in quotes, with escapes where it begins with U&. */
    const read = (quoted: string) => {
      const name = quoted.replace(/^(?:U&)?"(.*)"$/s, '$1').replaceAll('""', '"');
      if (!quoted.startsWith('U&')) return name;
      return name.replaceAll(/\\(?:\\|003A)/g, (found) => (found === '\\\\' ? '\\' : ':'));
    };
    const identifier = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('"', '""', '".".', ':', '\\:', '\\003A'),
    );

    return fc.assert(
      fc.property(identifier, identifier, (schema, table) => {
        const { sql } = postgresql.oldestExpired({ schema, table }, new Date(0));

        const name = '((?:U&)?"(?:[^"]|"")*")';
        const found = new RegExp(`FROM ONLY ${name}\\.${name} WHERE expire_date `).exec(sql);
        expect(found?.slice(1).map(read)).toEqual([schema, table]);
      }),
    );
  });
});
