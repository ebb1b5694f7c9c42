import { SettingsError } from '../../../lambda/errors';
import { type Environment, purgeName, readSettings } from '../../../lambda/input/settings';
import { CLUSTER_ARN, environment, SECRET_ARN } from '../../support/environment';

function refusal(given: Environment): string {
  try {
    readSettings(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('readSettings', () => {
  it('fills in what is not set', () => {
    const settings = readSettings(environment());

    expect(settings).toEqual({
      name: 'django-session-purge',
      clusterArn: CLUSTER_ARN,
      secretArn: SECRET_ARN,
      database: 'shop',
      tables: [{ text: 'django_session', schema: null, table: 'django_session' }],
      graceSeconds: 3600,
      timeZone: 'UTC',
      targetBatchMs: 250,
      pauseRatio: 0.5,
      maxBatchSize: 5000,
      maxCookieAgeDays: 366,
      wakeBudgetSeconds: 120,
      whenPaused: 'wake',
      maxSleepHours: 168,
      maxCpuPercent: null,
      maxAcuPercent: null,
      controlParameter: null,
    });
  });

  it('reads every variable', () => {
    const settings = readSettings({
      SESSION_PURGE_CLUSTER_ARN: 'arn:aws-cn:rds:cn-north-1:210987654321:cluster:laden',
      SESSION_PURGE_SECRET_ARN: 'arn:aws-cn:secretsmanager:cn-north-1:210987654321:secret:s-1',
      SESSION_PURGE_DATABASE: 'laden',
      SESSION_PURGE_TABLES: 'sessions, web.django_session,*.tenant_session',
      SESSION_PURGE_GRACE_SECONDS: '0',
      SESSION_PURGE_TIME_ZONE: 'Europe/Lisbon',
      SESSION_PURGE_TARGET_BATCH_MS: '100',
      SESSION_PURGE_PAUSE_RATIO: '1.25',
      SESSION_PURGE_MAX_BATCH_SIZE: '2000',
      SESSION_PURGE_NAME: 'laden-purge',
      SESSION_PURGE_MAX_COOKIE_AGE_DAYS: '30',
      SESSION_PURGE_WAKE_BUDGET_SECONDS: '60',
      SESSION_PURGE_WHEN_PAUSED: 'skip',
      SESSION_PURGE_MAX_SLEEP_HOURS: '48',
      SESSION_PURGE_MAX_CPU_PERCENT: '80',
      SESSION_PURGE_MAX_ACU_PERCENT: '92.5',
      SESSION_PURGE_CONTROL_PARAMETER: '/laden/purge-control',
    });

    expect(settings).toEqual({
      name: 'laden-purge',
      clusterArn: 'arn:aws-cn:rds:cn-north-1:210987654321:cluster:laden',
      secretArn: 'arn:aws-cn:secretsmanager:cn-north-1:210987654321:secret:s-1',
      database: 'laden',
      tables: [
        { text: 'sessions', schema: null, table: 'sessions' },
        { text: 'web.django_session', schema: 'web', table: 'django_session' },
        { text: '*.tenant_session', schema: '*', table: 'tenant_session' },
      ],
      graceSeconds: 0,
      timeZone: 'Europe/Lisbon',
      targetBatchMs: 100,
      pauseRatio: 1.25,
      maxBatchSize: 2000,
      maxCookieAgeDays: 30,
      wakeBudgetSeconds: 60,
      whenPaused: 'skip',
      maxSleepHours: 48,
      maxCpuPercent: 80,
      maxAcuPercent: 92.5,
      controlParameter: '/laden/purge-control',
    });
  });

  it.each(['SESSION_PURGE_CLUSTER_ARN', 'SESSION_PURGE_SECRET_ARN', 'SESSION_PURGE_DATABASE'])(
    'refuses to go without %s',
    (variable) => {
      expect(refusal(environment({ [variable]: undefined }))).toBe(
        `settings: ${variable} is not set`,
      );
      expect(refusal(environment({ [variable]: '' }))).toBe(`settings: ${variable} is not set`);
    },
  );

  it('takes an empty value for one that is not set', () => {
    const settings = readSettings(
      environment({ SESSION_PURGE_TABLES: '', SESSION_PURGE_GRACE_SECONDS: '' }),
    );

    expect(settings).toMatchObject({ tables: [{ text: 'django_session' }], graceSeconds: 3600 });
  });

  it('names a table once that is listed twice', () => {
    const { tables } = readSettings(environment({ SESSION_PURGE_TABLES: 'one,two, one' }));

    expect(tables.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it.each([
    ['SESSION_PURGE_GRACE_SECONDS', 'graceSeconds', '0', '315360000'],
    ['SESSION_PURGE_TARGET_BATCH_MS', 'targetBatchMs', '10', '20000'],
    ['SESSION_PURGE_PAUSE_RATIO', 'pauseRatio', '0', '100'],
    ['SESSION_PURGE_MAX_BATCH_SIZE', 'maxBatchSize', '1', '100000'],
    ['SESSION_PURGE_MAX_COOKIE_AGE_DAYS', 'maxCookieAgeDays', '1', '36525'],
    ['SESSION_PURGE_WAKE_BUDGET_SECONDS', 'wakeBudgetSeconds', '0', '900'],
    ['SESSION_PURGE_MAX_SLEEP_HOURS', 'maxSleepHours', '1', '8784'],
    ['SESSION_PURGE_MAX_CPU_PERCENT', 'maxCpuPercent', '1', '100'],
    ['SESSION_PURGE_MAX_ACU_PERCENT', 'maxAcuPercent', '1', '100'],
  ])('takes the least and the greatest %s', (variable, setting, least, greatest) => {
    expect(readSettings(environment({ [variable]: least }))).toHaveProperty(setting, Number(least));
    expect(readSettings(environment({ [variable]: greatest }))).toHaveProperty(
      setting,
      Number(greatest),
    );
  });

  it.each([
    'control',
    '/session-purge/control',
    'arn:aws:ssm:eu-west-1:123456789012:parameter/session-purge/control',
    'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/control.v1',
  ])('takes %s as a control parameter', (controlParameter) => {
    const given = environment({ SESSION_PURGE_CONTROL_PARAMETER: controlParameter });

    expect(readSettings(given)).toMatchObject({ controlParameter });
  });

  const grace = 'SESSION_PURGE_GRACE_SECONDS must be a whole number from 0 to 315360000, got';
  const target = 'SESSION_PURGE_TARGET_BATCH_MS must be a whole number from 10 to 20000, got';
  const ratio = 'SESSION_PURGE_PAUSE_RATIO must be a number from 0 to 100, got';
  const size = 'SESSION_PURGE_MAX_BATCH_SIZE must be a whole number from 1 to 100000, got';
  const zone = "SESSION_PURGE_TIME_ZONE must be a time zone's IANA name like Europe/Lisbon, got";
  const cluster =
    'SESSION_PURGE_CLUSTER_ARN must look like arn:aws:rds:REGION:ACCOUNT:cluster:NAME, got';
  const secret =
    'SESSION_PURGE_SECRET_ARN must look like arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, got';
  const names =
    'SESSION_PURGE_TABLES must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", at most 63 bytes, got';

  const cookie = 'SESSION_PURGE_MAX_COOKIE_AGE_DAYS must be a whole number from 1 to 36525, got';
  const wake = 'SESSION_PURGE_WAKE_BUDGET_SECONDS must be a whole number from 0 to 900, got';
  const paused = 'SESSION_PURGE_WHEN_PAUSED must be wake or skip, got';
  const sleep = 'SESSION_PURGE_MAX_SLEEP_HOURS must be a whole number from 1 to 8784, got';
  const cpu = 'SESSION_PURGE_MAX_CPU_PERCENT must be a number from 1 to 100, got';
  const acu = 'SESSION_PURGE_MAX_ACU_PERCENT must be a number from 1 to 100, got';
  const control =
    "SESSION_PURGE_CONTROL_PARAMETER must be a parameter's name like /session-purge/control or its ARN, got";

  it.each([
    [cookie, '0'],
    [cookie, '36526'],
    [wake, '901'],
    [wake, '2m'],
    [paused, 'Skip'],
    [paused, 'toString'],
    [sleep, '0'],
    [sleep, '8785'],
    [sleep, '1.5'],
    [cpu, '0'],
    [cpu, '100.1'],
    [cpu, '80%'],
    [acu, '0.9'],
    [acu, 'off'],
    [control, 'two words'],
    [control, 'arn:aws:s3:::bucket'],
    [control, '/control?'],
    [grace, '315360001'],
    [grace, '-1'],
    [grace, '1.5'],
    [grace, '1h'],
    [grace, ' 60'],
    [grace, '1e3'],
    [grace, '0x10'],
    [target, '9'],
    [target, '20001'],
    [target, '250ms'],
    [ratio, '100.5'],
    [ratio, '-0.5'],
    [ratio, '.5'],
    [ratio, 'NaN'],
    [ratio, 'Infinity'],
    [size, '0'],
    [size, '100001'],
    [zone, 'Lisbon'],
    [zone, 'Europe/Atlantis'],
    [zone, '+01:00'],
    [cluster, 'shop'],
    [cluster, 'arn:aws:rds:eu-west-1:123456789012:db:shop'],
    [cluster, `${CLUSTER_ARN} `],
    [cluster, `${CLUSTER_ARN}:x`],
    [secret, CLUSTER_ARN],
    [secret, 'purge'],
    [names, 'django session'],
    [names, ','],
  ])('says: %s %j', (rule, value) => {
    const variable = rule.split(' ', 1)[0] ?? '';
    const seen = value === ',' ? '' : value;

    expect(refusal(environment({ [variable]: value }))).toBe(
      `settings: ${rule} ${JSON.stringify(seen)}`,
    );
  });

  it('tells all mistakes at once, each of several tables too', () => {
    const message = refusal({
      SESSION_PURGE_SECRET_ARN: 'purge',
      SESSION_PURGE_TABLES: 'good,b"ad,wor;se',
      SESSION_PURGE_MAX_BATCH_SIZE: '0',
      SESSION_PURGE_WHEN_PAUSED: 'sleep',
      SESSION_PURGE_MAX_ACU_PERCENT: '101',
      SESSION_PURGE_CONTROL_PARAMETER: ' ',
    });

    expect(message).toBe(
      [
        'settings: SESSION_PURGE_CLUSTER_ARN is not set',
        `${secret} "purge"`,
        'SESSION_PURGE_DATABASE is not set',
        `${names} "b\\"ad"`,
        `${names} "wor;se"`,
        `${size} "0"`,
        `${paused} "sleep"`,
        `${acu} "101"`,
        `${control} " "`,
      ].join('; '),
    );
  });

  it('cuts a long value in its message', () => {
    const message = refusal(environment({ SESSION_PURGE_CLUSTER_ARN: 'x'.repeat(1000) }));

    expect(message).toBe(`settings: ${cluster} "${'x'.repeat(79)}...`);
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
