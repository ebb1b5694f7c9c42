import { ruleOf } from '../../../contract/setting-kinds';
import { SETTINGS, type SettingName, variableOf } from '../../../contract/settings';
import { parseTableName } from '../../../contract/table-name';
import type { Environment } from '../../../contract/variables';
import { SettingsError } from '../../../lambda/errors';
import { purgeName, readSettings } from '../../../lambda/input/settings';
import { CLUSTER_ARN, environment, SECRET_ARN } from '../../support/environment';
import { settingCases, textOf } from '../../support/setting-cases';

function refusal(given: Environment): string {
  try {
    readSettings(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

const CASES = settingCases(SETTINGS).map((each) => ({
  ...each,
  variable: variableOf(each.name as SettingName),
}));

/** Each variable without its prefix, and what the function reads if the variable is not set. */
const CONTRACT = {
  CLUSTER_ARN: CLUSTER_ARN,
  SECRET_ARN: SECRET_ARN,
  DATABASE: 'shop',
  TABLES: [{ text: 'django_session', schema: null, table: 'django_session' }],
  GRACE_SECONDS: 3600,
  TIME_ZONE: null,
  TARGET_BATCH_MS: 250,
  PAUSE_RATIO: 0.5,
  MAX_BATCH_SIZE: 100_000,
  WAKE_BUDGET_SECONDS: 120,
  WHEN_PAUSED: 'wake',
  MAX_SLEEP_HOURS: 168,
  MAX_CPU_PERCENT: null,
  MAX_ACU_PERCENT: null,
  CONTROL_PARAMETER: null,
  NAME: 'django-session-purge',
};

describe('readSettings', () => {
  it('reads every variable under the name that the contract fixes, and fills in what is not set', () => {
    const settings = readSettings(environment());

    const read = CASES.map(({ name, variable }) => [
      variable.replace('SESSION_PURGE_', ''),
      settings[name as SettingName],
    ]);
    expect(Object.fromEntries(read)).toEqual(CONTRACT);
    expect(Object.keys(settings)).toHaveLength(read.length);
  });

  const taken = CASES.flatMap(({ taken: values, name, variable }) =>
    values.map((value) => [variable, textOf(value), name, value] as const),
  );

  it.each(taken)('takes %s=%s', (variable, text, name, value) => {
    const expected = name === 'tables' ? (value as string[]).map(parseTableName) : value;

    expect(readSettings(environment({ [variable]: text }))).toHaveProperty(name, expected);
  });

  // Not those that text has no form for: an empty variable counts as not set.
  const refused = CASES.flatMap(({ refused: values, setting, variable }) =>
    values
      .map((value) => [value].flat()[0])
      .filter((value) => value !== '')
      .map((value) => [variable, textOf(value), ruleOf(setting).demand] as const),
  );
  const wrongNumbers = CASES.filter(({ setting }) => setting.kind === 'number').flatMap(
    ({ setting, variable }) =>
      ['1h', ' 60', '1e3', '0x10', '.5', '-1', 'NaN', 'Infinity', '80%', '9'.repeat(400)].map(
        (text) => [variable, text, ruleOf(setting).demand] as const,
      ),
  );

  it.each([...refused, ...wrongNumbers])('refuses %s=%s: %s', (variable, text, demand) => {
    const message = refusal(environment({ [variable]: text }));

    expect(message.startsWith(`settings: ${variable} ${demand}, got `)).toBe(true);
    expect(message).toContain(text.slice(0, 50).replace('\n', '\\n').replaceAll('"', '\\"'));
  });

  const required = CASES.filter(({ setting }) => setting.fallback === undefined);

  it.each(required)('refuses to go without $variable', ({ variable }) => {
    expect(refusal(environment({ [variable]: undefined }))).toBe(
      `settings: ${variable} is not set`,
    );
    expect(refusal(environment({ [variable]: '' }))).toBe(`settings: ${variable} is not set`);
  });

  const optional = CASES.filter(({ setting }) => setting.fallback !== undefined);

  it.each(optional)('takes an empty $variable for one that is not set', ({ variable }) => {
    expect(readSettings(environment({ [variable]: '' }))).toEqual(readSettings(environment()));
  });

  it('reads tables with blanks between them, and one that is listed twice once', () => {
    const { tables } = readSettings(environment({ SESSION_PURGE_TABLES: 'one,two, one' }));

    expect(tables.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('refuses a list of nothing', () => {
    expect(refusal(environment({ SESSION_PURGE_TABLES: ',' }))).toBe(
      'settings: SESSION_PURGE_TABLES must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", or in double quotes, at most 63 bytes, and not "*", got ""',
    );
  });

  it('tells all mistakes at once, each of several tables too', () => {
    const message = refusal({
      SESSION_PURGE_SECRET_ARN: 'purge',
      SESSION_PURGE_TABLES: 'good,b"ad,wor;se',
      SESSION_PURGE_GRACE_SECONDS: '315360001',
      SESSION_PURGE_MAX_BATCH_SIZE: '0',
      SESSION_PURGE_WHEN_PAUSED: 'sleep',
      SESSION_PURGE_MAX_ACU_PERCENT: '101',
      SESSION_PURGE_CONTROL_PARAMETER: ' ',
    });

    const names =
      'SESSION_PURGE_TABLES must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", or in double quotes, at most 63 bytes, and not "*", got';
    expect(message).toBe(
      [
        'settings: SESSION_PURGE_CLUSTER_ARN is not set',
        'SESSION_PURGE_SECRET_ARN must be a secret\'s ARN like "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf", got "purge"',
        'SESSION_PURGE_DATABASE is not set',
        `${names} "b\\"ad"`,
        `${names} "wor;se"`,
        'SESSION_PURGE_GRACE_SECONDS must be a whole number of seconds from 0 to 315360000, got 315360001',
        'SESSION_PURGE_MAX_BATCH_SIZE must be a whole number from 1 to 100000, got 0',
        'SESSION_PURGE_WHEN_PAUSED must be "wake" or "skip", got "sleep"',
        'SESSION_PURGE_MAX_ACU_PERCENT must be a percentage from 1 to 100, got 101',
        'SESSION_PURGE_CONTROL_PARAMETER must be a parameter\'s name like /session-purge/control or its ARN, got " "',
      ].join('; '),
    );
  });

  it.each([
    ['SESSION_PURGE_GRACE_SECOND', 'SESSION_PURGE_GRACE_SECONDS'],
    ['SESSION_PURGE_TABLE', 'SESSION_PURGE_TABLES'],
    ['SESSION_PURGE_GRACESECONDS', 'SESSION_PURGE_GRACE_SECONDS'],
    ['session_purge_tables', 'SESSION_PURGE_TABLES'],
  ])('refuses %s, which is not the name of a setting', (variable, nearest) => {
    expect(refusal(environment({ [variable]: 'x' }))).toBe(
      `settings: ${variable} is no setting, as each variable SESSION_PURGE_... must be; did you mean "${nearest}"?`,
    );
  });

  it('names all settings where none has a similar name, beside all other mistakes', () => {
    const given = { SESSION_PURGE_DATABASE: '', SESSION_PURGE_X: '1', SESSION_PURGE_: '1' };
    const message = refusal(environment(given));

    const known = CASES.map(({ variable }) => variable).join(', ');
    const rule = 'is no setting, as each variable SESSION_PURGE_... must be; known are';
    expect(message).toBe(
      `settings: SESSION_PURGE_DATABASE is not set; SESSION_PURGE_X ${rule} ${known}; SESSION_PURGE_ ${rule} ${known}`,
    );
  });

  it('takes an empty variable of another name for one that is not set, and leaves those of others alone', () => {
    const others = { SESSION_PURGE_TABLE: '', SESSION_PURGER: 'x', AWS_REGION: 'x' };

    expect(readSettings(environment(others))).toEqual(readSettings(environment()));
  });

  it('cuts a long value in its message', () => {
    const message = refusal(environment({ SESSION_PURGE_TIME_ZONE: 'x'.repeat(1000) }));

    expect(message).toBe(
      `settings: SESSION_PURGE_TIME_ZONE must be a time zone's IANA name like Europe/Lisbon, got "${'x'.repeat(199)}...`,
    );
  });
});

describe('purgeName', () => {
  it.each<[string, Environment, string]>([
    [
      'is the name that was set',
      { SESSION_PURGE_NAME: 'nightly', AWS_LAMBDA_FUNCTION_NAME: 'fn' },
      'nightly',
    ],
    [
      "is the function's where none was set",
      { SESSION_PURGE_NAME: '', AWS_LAMBDA_FUNCTION_NAME: 'fn' },
      'fn',
    ],
    ['is known even outside Lambda', {}, 'django-session-purge'],
  ])('%s', (_promise, given, expected) => {
    expect(purgeName(given)).toBe(expected);
  });
});
