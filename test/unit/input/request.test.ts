import { parseTableName, type TableName } from '../../../contract/table-name';
import { RequestError } from '../../../lambda/errors';
import { isRoutine, type PurgeRequest, readRequest } from '../../../lambda/input/request';

const SHOP: TableName = { text: 'django_session', schema: null, table: 'django_session' };
const TENANTS: TableName = { text: '*.web_session', schema: '*', table: 'web_session' };
const CONFIGURED = [SHOP, TENANTS];

const AS_CONFIGURED = {
  dryRun: false,
  cutoff: null,
  maxRows: null,
  tables: CONFIGURED,
  maxSeconds: null,
  alwaysReports: false,
  isRoutine: true,
};

/** As the rule of a stack invokes a function. */
const RULE_EVENT = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-11-22T02:17:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:123456789012:rule/purge'],
  detail: {},
};

function refusal(event: unknown): string {
  try {
    readRequest(event, CONFIGURED);
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
  throw new Error('the event was accepted');
}

describe('an event that asks for the purge as configured', () => {
  it.each([
    ['the event of a rule', RULE_EVENT],
    ['the event of a scheduler', { ...RULE_EVENT, source: 'aws.scheduler', detail: '{}' }],
    ['the event of a rule that is replayed', { ...RULE_EVENT, 'replay-name': 'again' }],
    ['an empty object', {}],
  ])('may be %s', (_name, event) => {
    expect(readRequest(event, CONFIGURED)).toEqual(AS_CONFIGURED);
  });
});

describe('an event that says how long to work, or how to answer', () => {
  it.each<[string, object, object]>([
    ['bounds the time', { maxSeconds: 60 }, { maxSeconds: 60 }],
    ['allows what a function may take at most', { maxSeconds: 900 }, { maxSeconds: 900 }],
    ['asks for a report in any case', { report: 'always' }, { alwaysReports: true }],
    [
      'asks for both',
      { report: 'always', maxSeconds: 300 },
      { alwaysReports: true, maxSeconds: 300 },
    ],
  ])('%s, and stays a routine run', (_name, event, expected) => {
    expect(readRequest(event, CONFIGURED)).toEqual({ ...AS_CONFIGURED, ...expected });
    expect(isRoutine(event)).toBe(true);
  });

  it('goes with the fields that narrow a run, which is then no routine one', () => {
    const event = { dryRun: true, report: 'always', maxSeconds: 60 } as const;
    const expected = { dryRun: true, alwaysReports: true, maxSeconds: 60, isRoutine: false };

    expect(readRequest(event, CONFIGURED)).toEqual({ ...AS_CONFIGURED, ...expected });
  });

  it.each<[object, string]>([
    [{ maxSeconds: 59 }, 'maxSeconds must be a whole number of seconds from 60 to 900, got 59'],
    [{ maxSeconds: 901 }, 'maxSeconds must be a whole number of seconds from 60 to 900, got 901'],
    [{ maxSeconds: 60.5 }, 'maxSeconds must be a whole number of seconds from 60 to 900, got 60.5'],
    [{ maxSeconds: '60' }, 'maxSeconds must be a whole number of seconds from 60 to 900, got "60"'],
    [{ report: true }, 'report must be "always", got true'],
    [{ report: 'never' }, 'report must be "always", got "never"'],
  ])('is refused when it is wrong, and then counts for nothing: %j', (event, mistake) => {
    expect(refusal(event)).toBe(`event: ${mistake}; nothing was deleted`);
    expect(isRoutine(event)).toBe(false);
  });

  it.each([{ maxSeconds: 60 }, { report: 'always' }])('is no scheduled one: %j', (added) => {
    expect(refusal({ ...RULE_EVENT, ...added })).toMatch(/^a scheduled event takes no "/);
  });

  it.each([{ maxSeconds: 60 }, { report: 'always' }])('is no check-up: %j', (added) => {
    expect(refusal({ check: true, ...added })).toMatch(/^"check" goes with "tables" alone/);
  });
});

describe('an event sent by hand', () => {
  it.each<[string, object, object]>([
    ['asks for a dry run', { dryRun: true }, { dryRun: true }],
    ['says that it is none', { dryRun: false }, { dryRun: false }],
    ['limits the rows', { maxRows: 10 }, { maxRows: 10 }],
    ['asks for a single row', { maxRows: 1 }, { maxRows: 1 }],
    ['allows a billion rows', { maxRows: 1e9 }, { maxRows: 1_000_000_000 }],
    ['chooses a table', { tables: ['*.web_session'] }, { tables: [TENANTS] }],
    [
      'chooses all tables, in its own order',
      { tables: ['*.web_session', 'django_session'] },
      { tables: [TENANTS, SHOP] },
    ],
    [
      'names a table twice and gets it once',
      { tables: ['django_session', 'django_session'] },
      { tables: [SHOP] },
    ],
  ])('%s', (_name, event, expected) => {
    expect(readRequest(event, CONFIGURED)).toEqual({
      ...AS_CONFIGURED,
      isRoutine: false,
      ...expected,
    });
  });

  it('may say everything at once', () => {
    const event = {
      dryRun: false,
      cutoff: '2026-11-22T02:17:00Z',
      maxRows: 5,
      tables: ['django_session'],
      maxSeconds: 60,
      report: 'always',
    };

    expect(readRequest(event, CONFIGURED)).toEqual({
      dryRun: false,
      cutoff: new Date('2026-11-22T02:17:00.000Z'),
      maxRows: 5,
      tables: [SHOP],
      maxSeconds: 60,
      alwaysReports: true,
      isRoutine: false,
    });
  });

  it.each([
    ['2026-11-22T02:17:00Z', '2026-11-22T02:17:00.000Z'],
    ['2026-11-22T02:17Z', '2026-11-22T02:17:00.000Z'],
    ['2026-11-22T02:17:00+05:30', '2026-11-21T20:47:00.000Z'],
    ['2026-11-22T02:17:00-00:00', '2026-11-22T02:17:00.000Z'],
    ['2026-11-22T02:17:00.5Z', '2026-11-22T02:17:00.500Z'],
    ['2026-11-22T02:17:00.123456789Z', '2026-11-22T02:17:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('reads the cutoff %s', (cutoff, expected) => {
    const { cutoff: read } = readRequest({ cutoff }, CONFIGURED) as PurgeRequest;

    expect(read?.toISOString()).toBe(expected);
  });
});

describe('an event that asks for a dry run', () => {
  it('is refused with a limit of rows, since it counts all that expired', () => {
    expect(refusal({ dryRun: true, maxRows: 5 })).toBe(
      '"maxRows" does not go with "dryRun": a dry run counts all expired rows; send it without "maxRows"; nothing was deleted',
    );
    expect(readRequest({ dryRun: false, maxRows: 5 }, CONFIGURED)).toMatchObject({ maxRows: 5 });
  });
});

describe('an event that asks for a check-up', () => {
  it.each<[string, object, readonly TableName[]]>([
    ['of all tables', { check: true }, CONFIGURED],
    ['of some', { check: true, tables: ['*.web_session'] }, [TENANTS]],
  ])('may do so %s', (_which, event, tables) => {
    expect(readRequest(event, CONFIGURED)).toEqual({ check: true, tables });
  });

  it.each([
    ['dryRun', true],
    ['dryRun', false],
    ['cutoff', '2026-11-22T02:17:00Z'],
    ['maxRows', 1],
  ])('is refused beside a field of a purge: %s %j', (field, value) => {
    expect(refusal({ check: true, [field]: value })).toBe(
      `"check" goes with "tables" alone; send it without "${field}"; nothing was deleted`,
    );
  });

  it('is refused for a table that is not configured', () => {
    expect(refusal({ check: true, tables: ['other'] })).toMatch(
      /^table "other" in the event is not/,
    );
  });
});

describe('a value that is not understood', () => {
  const instant =
    'cutoff must be a time in ISO 8601 with an offset, like "2026-11-22T02:17:00Z", got';
  const count = 'maxRows must be a whole number of at least 1, got';
  const listed = 'tables must be a list of configured tables, like ["django_session"], got';
  const truth = 'dryRun must be true or false, got';
  const check = 'check must be true, got';

  it.each<[object, string]>([
    [{ dryRun: 'true' }, `${truth} "true"`],
    [{ dryRun: 1 }, `${truth} 1`],
    [{ dryRun: null }, `${truth} null`],
    [{ cutoff: '2026-11-22T02:17:00' }, `${instant} "2026-11-22T02:17:00"`],
    [{ cutoff: '2026-11-22' }, `${instant} "2026-11-22"`],
    [{ cutoff: '2026-02-30T00:00:00Z' }, `${instant} "2026-02-30T00:00:00Z"`],
    [{ cutoff: '2025-02-29T00:00:00Z' }, `${instant} "2025-02-29T00:00:00Z"`],
    [{ cutoff: '2026-11-31T00:00:00+02:00' }, `${instant} "2026-11-31T00:00:00+02:00"`],
    [{ cutoff: '2026-11-22T25:00:00Z' }, `${instant} "2026-11-22T25:00:00Z"`],
    [{ cutoff: '2026-13-01T00:00:00Z' }, `${instant} "2026-13-01T00:00:00Z"`],
    [{ cutoff: '2026-11-22T02:17:00+99:99' }, `${instant} "2026-11-22T02:17:00+99:99"`],
    [{ cutoff: '2026-11-22T02:17:00,5Z' }, `${instant} "2026-11-22T02:17:00,5Z"`],
    [{ cutoff: '2026-11-22T02:17:00.1234567890Z' }, `${instant} "2026-11-22T02:17:00.1234567890Z"`],
    [{ cutoff: '2026-11-22 02:17:00Z' }, `${instant} "2026-11-22 02:17:00Z"`],
    [{ cutoff: '2026-11-22T02:17:00Z\n' }, `${instant} "2026-11-22T02:17:00Z\\n"`],
    [{ cutoff: '+275760-09-13T00:00:00Z' }, `${instant} "+275760-09-13T00:00:00Z"`],
    [{ cutoff: '275760-09-13T00:00:00Z' }, `${instant} "275760-09-13T00:00:00Z"`],
    [{ cutoff: 'yesterday' }, `${instant} "yesterday"`],
    [{ cutoff: '' }, `${instant} ""`],
    [{ cutoff: 1_795_313_820 }, `${instant} 1795313820`],
    [{ cutoff: null }, `${instant} null`],
    [{ maxRows: '10' }, `${count} "10"`],
    [{ maxRows: 0 }, `${count} 0`],
    [{ maxRows: -0 }, `${count} 0`],
    [{ maxRows: -1 }, `${count} -1`],
    [{ maxRows: 1.5 }, `${count} 1.5`],
    [{ maxRows: 0.5 }, `${count} 0.5`],
    [{ maxRows: 2 ** 53 }, `${count} 9007199254740992`],
    [{ maxRows: null }, `${count} null`],
    [{ maxRows: true }, `${count} true`],
    [{ check: false }, `${check} false`],
    [{ check: 'true' }, `${check} "true"`],
    [{ check: 1 }, `${check} 1`],
    [{ check: null }, `${check} null`],
    [{ tables: 'django_session' }, `${listed} "django_session"`],
    [{ tables: [] }, `${listed} []`],
    [{ tables: {} }, `${listed} {}`],
    [{ tables: [7] }, `${listed} [7]`],
    [{ tables: ['django_session', null] }, `${listed} ["django_session",null]`],
  ])('is refused: %j', (event, problem) => {
    expect(refusal(event)).toBe(`event: ${problem}; nothing was deleted`);
  });

  it('is told together with all others', () => {
    const event = { tables: [], maxRows: 0, cutoff: 'now', dryRun: 'no' };

    expect(refusal(event)).toBe(
      `event: ${truth} "no"; ${instant} "now"; ${count} 0; ${listed} []; nothing was deleted`,
    );
  });

  const known = 'known are django_session, *.web_session;';
  const asConfigured = (name: string) =>
    `the setting has "${name}", and an event names a table as the setting does;`;

  it.each([
    ['other', known],
    ['', known],
    ['*', known],
    ['a;b', known],
    ['django_sesion', 'did you mean "django_session"?'],
    ['DJANGO_SESSION', 'did you mean "django_session"?'],
    ['public.django_session', asConfigured('django_session')],
    ['"django_session"', asConfigured('django_session')],
    ['public."django_session"', asConfigured('django_session')],
    ['web_session', asConfigured('*.web_session')],
    ['acme.web_session', asConfigured('*.web_session')],
  ])('is refused as a table that is not configured: %j', (table, advice) => {
    expect(refusal({ tables: ['django_session', table] })).toBe(
      `table ${JSON.stringify(table)} in the event is not configured; ${advice} nothing was deleted`,
    );
  });

  it('is a table that several configured names may mean', () => {
    const configured = ['shop.t', 'blog.t'].map((text) => parseTableName(text) as TableName);

    expect(() => readRequest({ tables: ['t'] }, configured)).toThrow(
      'the setting has "shop.t" and "blog.t", and an event names a table as the setting does; nothing was deleted',
    );
  });
});

describe('a field that is not known', () => {
  const known = 'known are dryRun, cutoff, maxRows, tables, maxSeconds, report, check';

  it.each([
    ['dryrun', 'did you mean "dryRun"?'],
    ['dry_run', 'did you mean "dryRun"?'],
    ['DRYRUN', 'did you mean "dryRun"?'],
    ['max_rows', 'did you mean "maxRows"?'],
    ['MAX_ROWS', 'did you mean "maxRows"?'],
    ['maxr', 'did you mean "maxRows"?'],
    ['dry', 'did you mean "dryRun"?'],
    ['cutOff', 'did you mean "cutoff"?'],
    ['table', 'did you mean "tables"?'],
    ['chek', 'did you mean "check"?'],
    ['Check', 'did you mean "check"?'],
    ['Records', 'did you mean "report"?'],
    ['limit', `${known};`],
    ['', `${known};`],
    ['constructor', `${known};`],
    ['toString', `${known};`],
  ])('is refused with advice: %j', (field, advice) => {
    expect(refusal({ [field]: true })).toBe(
      `unknown field ${JSON.stringify(field)} in the event; ${advice} nothing was deleted`,
    );
  });

  const anywhere = 'give it in the control parameter or with a deployment';

  it.each([
    ['graceSeconds', `graceSeconds is a setting: ${anywhere};`],
    ['grace_seconds', `graceSeconds is a setting: ${anywhere};`],
    ['gracePeriod', `graceSeconds is a setting: ${anywhere};`],
    ['SESSION_PURGE_MAX_BATCH_SIZE', `maxBatchSize is a setting: ${anywhere};`],
    ['whenPaused', 'whenPaused is a setting: give it with a deployment;'],
    ['paused', 'paused is a key of the control parameter;'],
  ])('is refused with its place where it is not for events: %j', (field, advice) => {
    expect(refusal({ [field]: 1 })).toBe(
      `unknown field ${JSON.stringify(field)} in the event; ${advice} nothing was deleted`,
    );
  });

  it('is refused with its place beside others', () => {
    expect(refusal({ dryrun: true, graceSeconds: 1, GraceSeconds: 1 })).toBe(
      `unknown fields "dryrun", "graceSeconds", "GraceSeconds" in the event; graceSeconds is a setting: ${anywhere}; did you mean "dryRun"? nothing was deleted`,
    );
    expect(refusal({ ...RULE_EVENT, graceSeconds: 1 })).toBe(
      `unknown field "graceSeconds" in a scheduled event; graceSeconds is a setting: ${anywhere}; send it without the others; nothing was deleted`,
    );
  });

  it('is refused where it would be a prototype', () => {
    const event: unknown = JSON.parse('{"__proto__": {"dryRun": true}}');

    expect(refusal(event)).toBe(
      `unknown field "__proto__" in the event; ${known}; nothing was deleted`,
    );
  });

  it('is refused beside others that are known', () => {
    const event = { dryRun: true, maxrows: 3 };

    expect(refusal(event)).toBe(
      'unknown field "maxrows" in the event; did you mean "maxRows"? nothing was deleted',
    );
  });

  it('is refused with all others that are unknown', () => {
    expect(refusal({ maxrows: 3, dryrun: true, DRYRUN: true })).toBe(
      'unknown fields "maxrows", "dryrun", "DRYRUN" in the event; did you mean "maxRows" and "dryRun"? nothing was deleted',
    );
    expect(refusal({ q1: 1, q2: 1, q3: 1, q4: 1, q5: 1, q6: 1, q7: 1 })).toMatch(
      /^unknown fields "q1", "q2", "q3", "q4", "q5" and 2 more in the event; known are /,
    );
  });

  it('is cut in the message when it is long', () => {
    const message = refusal({ [`${'x'.repeat(500)}`]: 1 });

    expect(message).toBe(
      `unknown field "${'x'.repeat(199)}... in the event; ${known}; nothing was deleted`,
    );
  });
});

describe("an event meant for another function, or nobody's", () => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [undefined, 'undefined'],
    [[], '[]'],
    [[{}], '[{}]'],
    ['{}', '"{}"'],
    [1, '1'],
    [true, 'true'],
  ])('is refused: %j', (event, shown) => {
    expect(refusal(event)).toBe(
      `the event must be a JSON object, got ${shown}; nothing was deleted`,
    );
  });

  it.each([
    ['another source', { ...RULE_EVENT, source: 'aws.s3' }],
    ['no source', { ...RULE_EVENT, source: undefined }],
    ['a source that only looks right as text', { ...RULE_EVENT, source: ['aws.events'] }],
    ['a source that has no text', { ...RULE_EVENT, source: { toString: null, valueOf: null } }],
    ['another type of event', { ...RULE_EVENT, 'detail-type': 'AWS API Call via CloudTrail' }],
  ])('is refused with %s', (_name, event) => {
    expect(refusal(event)).toMatch(
      /^unknown fields "version", "id", .* more in the event; .*; nothing was deleted$|^unknown fields "version", .* in the event; /,
    );
  });

  it.each([
    ['dryRun', true],
    ['cutoff', '2026-11-22T02:17:00Z'],
    ['maxRows', 1],
    ['tables', ['django_session']],
    ['check', true],
  ])('is refused as a scheduled event to which %s was added', (field, value) => {
    expect(refusal({ ...RULE_EVENT, [field]: value })).toBe(
      `a scheduled event takes no "${field}"; send it without the others; nothing was deleted`,
    );
  });

  it.each<unknown>([
    { dryRun: true },
    { dryRun: false },
    { anything: null },
    JSON.parse('{"__proto__": {"dryRun": true}}'),
    [],
    [{}],
    null,
    '{"dryRun":true}',
    '{"dryRun": true}',
    '{ }',
    ' {}',
    '[]',
    'null',
    '',
    '"{}"',
    0,
    false,
  ])('is refused as a scheduled event whose detail is %j', (detail) => {
    for (const source of ['aws.events', 'aws.scheduler']) {
      expect(refusal({ ...RULE_EVENT, source, detail })).toBe(
        `a scheduled event's "detail" must be {} or "{}", got ${JSON.stringify(detail)}; send a request of your own as an event of its own, like {"dryRun": true}; nothing was deleted`,
      );
    }
  });

  it.each<[string, unknown, string]>([
    ['id', { dryRun: true }, 'must be a text'],
    ['replay-name', null, 'must be a text'],
    ['resources', [{ dryRun: true }], 'must be a list of texts'],
    ['resources', {}, 'must be a list of texts'],
  ])('is refused as a scheduled event whose %s is %j', (field, value, demand) => {
    expect(refusal({ ...RULE_EVENT, [field]: value })).toMatch(
      new RegExp(`^a scheduled event's "${field}" ${demand}, got .*; send a request of your own`),
    );
  });

  it('is refused as the parameters of a universal target, sent to the function itself', () => {
    const parameters = { FunctionName: 'purge', Payload: '{"dryRun": true}' };

    expect(refusal(parameters)).toMatch(
      /^unknown fields "FunctionName", "Payload" in the event; known are/,
    );
    expect(refusal({ ...RULE_EVENT, ...parameters })).toMatch(
      /^unknown fields "FunctionName", "Payload" in a scheduled event; known are/,
    );
  });

  it.each(['source', 'detail', 'detail-type', 'time', 'replay-name'])(
    'is refused as an event by hand with "%s" of a scheduled event',
    (field) => {
      const event = { dryRun: true, [field]: RULE_EVENT[field as keyof typeof RULE_EVENT] ?? 'x' };

      expect(refusal(event)).toMatch(new RegExp(`^unknown field "${field}" in the event; known`));
    },
  );

  it.each([
    ['dryrun', 'did you mean "dryRun"?'],
    ['DRY_RUN', 'did you mean "dryRun"?'],
    ['max_rows', 'did you mean "maxRows"?'],
    ['chek', 'did you mean "check"?'],
    ['limit', 'known are dryRun, cutoff, maxRows, tables, maxSeconds, report, check;'],
    ['Version', 'known are dryRun, cutoff, maxRows, tables, maxSeconds, report, check;'],
    ['', 'known are dryRun, cutoff, maxRows, tables, maxSeconds, report, check;'],
  ])('is refused as a scheduled event to which %j was added', (field, advice) => {
    expect(refusal({ ...RULE_EVENT, [field]: true })).toBe(
      `unknown field ${JSON.stringify(field)} in a scheduled event; ${advice} send it without the others; nothing was deleted`,
    );
  });

  it('is refused as a scheduled event that would have a prototype', () => {
    const added: unknown = JSON.parse('{"__proto__": {"dryRun": true}}');
    const event = Object.defineProperty({ ...RULE_EVENT }, '__proto__', {
      value: added,
      enumerable: true,
    });

    expect(refusal(event)).toMatch(/^unknown field "__proto__" in a scheduled event; known are/);
  });
});

describe('isRoutine', () => {
  it.each<[string, unknown]>([
    ['the event of a rule', RULE_EVENT],
    ['the event of a scheduler', { ...RULE_EVENT, source: 'aws.scheduler', detail: '{}' }],
    ['the event of a rule that will be refused', { ...RULE_EVENT, detail: { dryRun: true } }],
    ['an empty object', {}],
  ])('is true of %s', (_what, event) => {
    expect(isRoutine(event)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a dry run', { dryRun: true }],
    ['a purge by hand', { dryRun: false }],
    ['a purge with a limit', { maxRows: 10 }],
    ['a purge of all tables by their names', { tables: ['django_session', '*.web_session'] }],
    ['a check-up', { check: true }],
    ['a slip', { dryrun: true }],
    ['the event of another service', { ...RULE_EVENT, source: 'aws.s3' }],
    ['no object', null],
    ['a list', []],
    ['a text', '{}'],
  ])('is false of %s', (_what, event) => {
    expect(isRoutine(event)).toBe(false);
  });
});
