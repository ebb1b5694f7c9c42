import { Duration } from 'aws-cdk-lib';
import { context as featureFlags } from '../../cdk.json';
import { ruleOf } from '../../contract/setting-kinds';
import { ContextError } from '../../lib/context-error';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { readPurges } from '../../lib/purge-context';
import { settingCases, textOf } from '../support/setting-cases';
import { ADMIN_SECRET_ARN, CLUSTER_ARN, KEY_ARN, SECRET_ARN, TOPIC_ARN } from './synthesized';

const required = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };
const byAdmin = { clusterArn: CLUSTER_ARN, adminSecretArn: ADMIN_SECRET_ARN, database: 'shop' };

/** What a setting needs beside it. */
const around = (name: string) =>
  ['adminSecretArn', 'ownerSecretArn'].includes(name) ? byAdmin : required;

/** The lines of the message that name a mistake. */
function mistakesIn(context: Record<string, unknown>): string[] {
  try {
    readPurges(context);
    return [];
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    const [, mistakes] = error.message.split('\n\n');
    return (mistakes ?? '').split('\n').map((line) => line.trim());
  }
}

describe('one purge, from the command line', () => {
  it('needs a cluster, a secret and a database', () => {
    expect(readPurges(required)).toEqual([{ stackId: 'SessionPurge-shop--shop', props: required }]);
  });

  it('needs no secret where somebody makes the user', () => {
    expect(readPurges(byAdmin)).toEqual([{ stackId: 'SessionPurge-shop--shop', props: byAdmin }]);
  });

  it('takes each option as text', () => {
    const [purge] = readPurges({
      ...required,
      name: 'shop',
      checkOnDeploy: 'false',
      kmsKeyArn: KEY_ARN,
      tables: 'django_session, *.user_sessions',
      graceSeconds: '0',
      timeZone: 'Europe/Lisbon',
      targetBatchMs: '500',
      pauseRatio: '0.25',
      maxBatchSize: '1000',
      wakeBudgetSeconds: '60',
      whenPaused: 'skip',
      maxSleepHours: '48',
      maxCpuPercent: '70.5',
      maxAcuPercent: '80',
      controlParameter: 'false',
      schedule: 'cron(0 4 ? * MON *)',
      enabled: 'false',
      timeoutSeconds: '300',
      memorySize: '512',
      logRetentionDays: '30',
      maxBacklogDays: '5',
      alarmEmail: 'ops@example.com',
      alarmTopicArn: TOPIC_ARN,
      dashboard: 'false',
      testEvents: 'create-registry',
    });

    const { schedule, ...props } = purge?.props ?? {};
    expect(purge?.stackId).toBe('SessionPurge-shop');
    expect(schedule?.expressionString).toBe('cron(0 4 ? * MON *)');
    expect(props).toEqual({
      ...required,
      purgeName: 'shop',
      checkOnDeploy: false,
      kmsKeyArn: KEY_ARN,
      tables: ['django_session', '*.user_sessions'],
      gracePeriod: Duration.seconds(0),
      timeZone: 'Europe/Lisbon',
      targetBatchDuration: Duration.millis(500),
      pauseRatio: 0.25,
      maxBatchSize: 1000,
      wakeBudget: Duration.seconds(60),
      whenPaused: 'skip',
      maxSleep: Duration.hours(48),
      maxCpuPercent: 70.5,
      maxAcuPercent: 80,
      controlParameter: false,
      enabled: false,
      timeout: Duration.seconds(300),
      memorySize: 512,
      logRetention: 30,
      alarms: { maxBacklogAge: Duration.days(5) },
      alarmEmail: 'ops@example.com',
      alarmTopicArn: TOPIC_ARN,
      dashboard: false,
      testEvents: 'create-registry',
    });
  });

  it('can do without alarms', () => {
    const [purge] = readPurges({ ...required, alarms: 'false' });

    expect(purge?.props).toEqual({ ...required, alarms: false });
  });

  it('passes over what the CDK keeps in the context', () => {
    const cdk = {
      ...featureFlags,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=123456789012:region=eu-west-1': ['eu-west-1a'],
      'acknowledged-issue-numbers': [1],
      'cli-telemetry': false,
    };

    expect(readPurges({ ...cdk, ...required })).toHaveLength(1);
  });
});

describe('several purges, from cdk.json', () => {
  it('are a stack each, called after the purge', () => {
    const purges = [
      { ...required, name: 'shop', maxBatchSize: 100, enabled: true },
      { ...required, name: 'blog', tables: ['blog.django_session'] },
    ];

    expect(readPurges({ purges })).toEqual([
      {
        stackId: 'SessionPurge-shop',
        props: { ...required, purgeName: 'shop', maxBatchSize: 100, enabled: true },
      },
      {
        stackId: 'SessionPurge-blog',
        props: { ...required, purgeName: 'blog', tables: ['blog.django_session'] },
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'no list',
      { purges: 'shop' },
      [
        'purges must be a list with at least one purge, got "shop"; "-c" passes text only, so put the list into "context" in cdk.json, or into a file for "-c fleet=fleet.json"',
      ],
    ],
    ['an empty list', { purges: [] }, ['purges must be a list with at least one purge, got []']],
    ['no object', { purges: [null] }, ['purges[0] must be an object, got null']],
    ['no name', { purges: [required] }, ['purges[0]: name is not set']],
    [
      'one name twice',
      {
        purges: [
          { ...required, name: 'shop', maxBatchSize: 0 },
          { ...required, name: 'shop' },
        ],
      },
      [
        'purge "shop" (purges[0]): maxBatchSize must be a whole number from 1 to 100000, got 0',
        'purge "shop" (purges[1]): name must be unique, got that of purges[0]',
      ],
    ],
    [
      'names that differ in case only',
      {
        purges: [
          { ...required, name: 'shop' },
          { ...required, name: 'Shop' },
        ],
      },
      ['purge "Shop": name must be unique, got that of purges[0]'],
    ],
    [
      'one registry created by two',
      {
        purges: [
          { ...required, name: 'shop', testEvents: 'create-registry' },
          { ...required, name: 'blog', testEvents: 'create-registry' },
        ],
      },
      [
        'testEvents may be "create-registry" in one purge a region and account, got two in eu-west-1 123456789012',
      ],
    ],
    [
      'mistakes in more than one',
      {
        purges: [
          { ...required, name: 'shop', tabels: 'a' },
          { ...required, name: 'blog', maxBatchSize: 0 },
        ],
      },
      [
        'purge "shop": tabels is unknown; did you mean "tables"?',
        'purge "blog": maxBatchSize must be a whole number from 1 to 100000, got 0',
      ],
    ],
    [
      'keys of a purge outside',
      { purges: [{ ...required, name: 'shop' }], graceSeconds: 0 },
      ['graceSeconds is set outside purges; move it into each purge that needs it'],
    ],
  ])('refuse %s', (_case, context, mistakes) => {
    expect(mistakesIn(context)).toEqual(mistakes);
  });
});

describe('mistakes', () => {
  it('are told all at once, with a command that would work', () => {
    expect(() => readPurges({ database: '', maxBatchSize: 'many' })).toThrow(
      new ContextError(`mistakes in the context ("-c" on the command line, "context" in cdk.json):

  clusterArn is not set
  adminSecretArn is not set; or set secretArn, where you made the purge's user by hand
  database must be 1 to 64 characters, got ""
  maxBatchSize must be a whole number from 1 to 100000, got "many"

for example:

npx cdk deploy \\
  -c clusterArn=arn:aws:rds:eu-west-1:123456789012:cluster:shop \\
  -c adminSecretArn='arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-5f0c2b1e-9a47-4d0c-8e63-1b7a4c9d2e80-AbCdEf' \\
  -c database=shop`),
    );
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { clusterArn: 'shop' },
      'clusterArn must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop", got "shop"',
    ],
    [
      { secretArn: SECRET_ARN.replace('eu-west-1', 'us-east-1') },
      'secretArn must be in the cluster\'s region eu-west-1, got "us-east-1"',
    ],
    ...['adminSecretArn', 'ownerSecretArn'].map((key): [Record<string, unknown>, string] => [
      { [key]: ADMIN_SECRET_ARN },
      `${key} is set beside secretArn; leave out one of the two`,
    ]),
    [
      { kmsKeyArn: KEY_ARN.replace('eu-west-1', 'us-east-1') },
      'kmsKeyArn must be in the cluster\'s region eu-west-1, got "us-east-1"',
    ],
    [
      { alarmTopicArn: TOPIC_ARN.replace('eu-west-1', 'us-east-1') },
      'alarmTopicArn must be in the cluster\'s region eu-west-1, got "us-east-1"',
    ],
    [{ name: 'my shop' }, 'name must be 1 to 64 letters, digits or "-", got "my shop"'],
    [{ database: 7 }, 'database must be text, got 7'],
    [
      { graceSeconds: '1h' },
      'graceSeconds must be a whole number of seconds from 0 to 315360000, got "1h"',
    ],
    [
      { targetBatchMs: '5' },
      'targetBatchMs must be a whole number of milliseconds from 10 to 20000, got 5',
    ],
    [{ memorySize: true }, 'memorySize must be a whole number of MiB from 128 to 10240, got true'],
    [{ enabled: 'no' }, 'enabled must be true or false, got "no"'],
    [{ whenPaused: 'sleep' }, 'whenPaused must be "wake" or "skip", got "sleep"'],
    [{ maxCpuPercent: 101 }, 'maxCpuPercent must be a percentage from 1 to 100, got 101'],
    [{ alarmEmail: 'ops' }, 'alarmEmail must be one e-mail address, got "ops"'],
    [
      { alarmEmail: 'ops@example.com', alarms: 'false' },
      'alarmEmail is set, but alarms is false; leave out one of the two',
    ],
    [{ testEvents: 'yes' }, 'testEvents must be true, false or "create-registry", got "yes"'],
    [{ tables: { a: 1 } }, 'tables must be names separated by commas, got {"a":1}'],
    [{ tables: [] }, 'tables must name at least one table, got []'],
    [
      { schedule: '17 2 * * *' },
      'schedule must be "rate(...)" or "cron(...)" of six fields, with "?" for the day of the month or of the week, got "17 2 * * *"; write "cron(17 2 * * ? *)"',
    ],
    [{ clusterARN: CLUSTER_ARN }, 'clusterARN is unknown; did you mean "clusterArn"?'],
    [{ purge: [] }, 'purge is unknown; did you mean "purges"?'],
  ])('%j', (given, mistake) => {
    expect(mistakesIn({ ...required, ...given })).toEqual([mistake]);
  });

  const cases = settingCases(CONTEXT_SETTINGS);

  it.each(cases)('are none in $name where its value fits, as text and as JSON', (each) => {
    for (const value of each.taken) {
      expect(mistakesIn({ ...around(each.name), [each.name]: value })).toEqual([]);
      expect(mistakesIn({ ...around(each.name), [each.name]: textOf(value) })).toEqual([]);
    }
  });

  it.each(cases)('are told of $name with its rule, as text and as JSON', (each) => {
    const rule = `${each.name} ${ruleOf(each.setting).demand}, got `;
    for (const value of each.refused) {
      for (const given of [value, textOf(value)]) {
        const mistakes = mistakesIn({ ...around(each.name), [each.name]: given });

        expect(mistakes.map((mistake) => mistake.slice(0, rule.length))).toEqual([rule]);
      }
    }
  });

  it.each(cases)('are told of $name where it is of another kind', ({ name }) => {
    for (const value of [{ a: 1 }, null, [7], '']) {
      const [mistake] = mistakesIn({ ...around(name), [name]: value });

      expect(mistake).toMatch(new RegExp(`^${name} must .*, got `));
      expect(mistake).toContain(`, got ${JSON.stringify(value)}`);
    }
  });

  it('in a key that resembles none are told with all that are known', () => {
    expect(mistakesIn({ ...required, stage: 'production' })).toEqual([
      `stage is unknown; known are ${[...Object.keys(CONTEXT_SETTINGS), 'purges', 'fleet'].join(', ')}`,
    ]);
  });

  it('in the retention are told with the days to choose from', () => {
    expect(mistakesIn({ ...required, logRetentionDays: '2' })).toEqual([
      expect.stringMatching(
        /^logRetentionDays must be one of the days .* \(1, 3, 5, 7, 14, .*\), got "2"$/,
      ),
    ]);
  });
});
