import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnParameter, Duration, Fn, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { readSettings } from '../../lambda/input/settings';
import { SessionPurge, type SessionPurgeProps } from '../../lib';
import { bundleDirectory } from '../../lib/bundle';
import { CLUSTER_ARN, emptyStack, only, purge, purgeTemplate, SECRET_ARN } from './synthesized';

describe('props that cannot work', () => {
  const tableRule =
    'must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", at most 63 bytes';

  type Refused = [Partial<SessionPurgeProps>, string];

  const refused: Refused[] = [
    [{ maxBatchSize: 0 }, 'maxBatchSize must be a whole number from 1 to 100000, got 0'],
    [{ maxBatchSize: 0.5 }, 'maxBatchSize must be a whole number from 1 to 100000, got 0.5'],
    [{ pauseRatio: -1 }, 'pauseRatio must be a number from 0 to 100, got -1'],
    [{ memorySize: 64 }, 'memorySize must be a whole number of MiB from 128 to 10240, got 64'],
    [{ database: '' }, 'database must be 1 to 64 characters, got ""'],
    [
      { maxCookieAge: Duration.hours(36) },
      'maxCookieAge must be a whole number of days from 1 to 36525, got 1.5',
    ],
    [
      { wakeBudget: Duration.minutes(16) },
      'wakeBudget must be a whole number of seconds from 0 to 900, got 960',
    ],
    [
      { maxSleep: Duration.minutes(90) },
      'maxSleep must be a whole number of hours from 1 to 8784, got 1.5',
    ],
    [{ whenPaused: 'sleep' as 'skip' }, 'whenPaused must be "wake" or "skip", got "sleep"'],
    [{ maxCpuPercent: 0 }, 'maxCpuPercent must be a number of percent from 1 to 100, got 0'],
    [{ maxAcuPercent: 101 }, 'maxAcuPercent must be a number of percent from 1 to 100, got 101'],
    [{ purgeName: 'my shop' }, 'purgeName must be 1 to 64 letters, digits or "-", got "my shop"'],
    [
      { timeZone: 'Mars/Base' },
      'timeZone must be a time zone\'s IANA name like Europe/Lisbon, got "Mars/Base"',
    ],
    [
      { timeZone: '+02:00' },
      'timeZone must be a time zone\'s IANA name like Europe/Lisbon, got "+02:00"',
    ],
    [{ tables: [] }, 'tables must name at least one table, got []'],
    [
      { gracePeriod: Duration.days(5000) },
      'gracePeriod must be a whole number of seconds from 0 to 315360000, got 432000000',
    ],
    [
      { gracePeriod: Duration.millis(1500) },
      'gracePeriod must be a whole number of seconds from 0 to 315360000, got 1.5',
    ],
    [
      { targetBatchDuration: Duration.seconds(30) },
      'targetBatchDuration must be a whole number of milliseconds from 10 to 20000, got 30000',
    ],
    [
      { timeout: Duration.hours(1) },
      'timeout must be a whole number of seconds from 60 to 900, got 3600',
    ],
    [
      { clusterArn: 'shop' },
      'clusterArn must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop", got "shop"',
    ],
    [
      { clusterArn: CLUSTER_ARN.replace('eu-west-1', 'us-east-1') },
      'secret must be in the cluster\'s region us-east-1, got "eu-west-1"',
    ],
    ...['a;b', '1a', '-a', '$a', '', 'a.', '.a', 'a.b.c', 'a.*', '*', '"a"', 'ä'.repeat(32)].map(
      (table): Refused => [
        { tables: ['django_session', table] },
        `tables ${tableRule}, got ${JSON.stringify(table)}`,
      ],
    ),
  ];

  it.each(refused)('%j: %s', (given, message) => {
    expect(() => purge(emptyStack(), given)).toThrow(new Error(`Shop/Purge: ${message}`));
  });

  it('are told all at once', () => {
    expect(() => purge(emptyStack(), { database: '', maxBatchSize: 0 })).toThrow(
      new Error(
        'Shop/Purge: database must be 1 to 64 characters, got ""; maxBatchSize must be a whole number from 1 to 100000, got 0',
      ),
    );
  });
});

describe('the cluster', () => {
  const imported = (stack: Stack, dataApi: { dataApiEnabled?: boolean }) =>
    rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'shop',
      ...dataApi,
    });

  const created = (stack: Stack, dataApi: { enableDataApi?: boolean }) =>
    new rds.DatabaseCluster(stack, 'Cluster', {
      engine: rds.DatabaseClusterEngine.auroraPostgres({
        version: rds.AuroraPostgresEngineVersion.VER_16_4,
      }),
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetIds: ['subnet-1', 'subnet-2'],
      }),
      writer: rds.ClusterInstance.serverlessV2('Writer'),
      ...dataApi,
    });

  it('is given once', () => {
    const stack = emptyStack();
    const both = { cluster: imported(stack, { dataApiEnabled: true }), clusterArn: CLUSTER_ARN };
    const secret = Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN);

    expect(() => purge(stack, { ...both, secret })).toThrow(
      new Error('Shop/Purge: exactly one of cluster and clusterArn must be given, got both'),
    );
    expect(() => new SessionPurge(stack, 'None', { secret, database: 'shop' })).toThrow(
      new Error('Shop/None: exactly one of cluster and clusterArn must be given, got neither'),
    );
  });

  it.each([
    ['imported without a word on it', (stack: Stack) => imported(stack, {})],
    ['imported with it off', (stack: Stack) => imported(stack, { dataApiEnabled: false })],
    ['created without it', (stack: Stack) => created(stack, {})],
  ])('needs its Data API: %s', (_case, cluster) => {
    const stack = emptyStack();

    expect(() => purge(stack, { cluster: cluster(stack) })).toThrow(
      new Error(
        'Shop/Purge: cluster must have its Data API on, got "Shop/Cluster" with it off; set enableDataApi, or dataApiEnabled where it is imported',
      ),
    );
  });

  it.each([
    ['imported', (stack: Stack) => imported(stack, { dataApiEnabled: true })],
    ['created', (stack: Stack) => created(stack, { enableDataApi: true })],
  ])('will do with its Data API on: %s', (_case, cluster) => {
    const stack = emptyStack();

    expect(() => purge(stack, { cluster: cluster(stack) })).not.toThrow();
  });
});

describe('what the function is told', () => {
  const unusual: [string, Partial<SessionPurgeProps>][] = [
    ['nothing beside what is required', {}],
    ['tables', { tables: ['a', 'shop.django_session', '*.séance_2', '_$-'] }],
    ['the least', { gracePeriod: Duration.seconds(0), pauseRatio: 0, maxBatchSize: 1 }],
    ['the most', { gracePeriod: Duration.days(3650), pauseRatio: 100, maxBatchSize: 100_000 }],
    ['durations', { targetBatchDuration: Duration.seconds(20), timeZone: 'Asia/Kathmandu' }],
    ['a fraction', { pauseRatio: 1 / 3 }],
    ['a name', { purgeName: 'shop-1' }],
    ['no control parameter', { controlParameter: false }],
    ['a cookie', { maxCookieAge: Duration.days(36_525) }],
    [
      'sleep',
      { whenPaused: 'skip', maxSleep: Duration.days(366), wakeBudget: Duration.seconds(0) },
    ],
    ['load', { maxCpuPercent: 66.6, maxAcuPercent: 1 }],
  ];

  it.each(unusual)('is what it accepts: %s', (_case, given) => {
    const { Variables } = only(purgeTemplate(given), 'AWS::Lambda::Function').Environment;
    // Of the control parameter the template has the reference only; CloudFormation makes names like this.
    const deployed = Object.entries(Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'CFN-PurgeControlParameter640F8F37-nTfTmBzKqDWm',
    ]);

    expect(() => readSettings(Object.fromEntries(deployed))).not.toThrow();
  });

  it('may be known to the deployment only', () => {
    const stack = emptyStack();
    const text = new CfnParameter(stack, 'Text').valueAsString;
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;

    purge(stack, {
      clusterArn: text,
      database: text,
      tables: Fn.split(',', text),
      timeZone: text,
      purgeName: text,
      gracePeriod: Duration.seconds(number),
      targetBatchDuration: Duration.millis(number),
      pauseRatio: number,
      maxBatchSize: number,
      maxCookieAge: Duration.days(number),
      wakeBudget: Duration.seconds(number),
      maxSleep: Duration.hours(number),
      maxCpuPercent: number,
      maxAcuPercent: number,
    });

    const { SESSION_PURGE_SECRET_ARN, SESSION_PURGE_TABLES, ...rest } = only(
      Template.fromStack(stack),
      'AWS::Lambda::Function',
    ).Environment.Variables;
    expect(SESSION_PURGE_TABLES).toEqual({
      'Fn::Join': [',', { 'Fn::Split': [',', { Ref: 'Text' }] }],
    });
    expect(rest).toEqual({
      SESSION_PURGE_CLUSTER_ARN: { Ref: 'Text' },
      SESSION_PURGE_DATABASE: { Ref: 'Text' },
      SESSION_PURGE_TIME_ZONE: { Ref: 'Text' },
      SESSION_PURGE_NAME: { Ref: 'Text' },
      SESSION_PURGE_GRACE_SECONDS: { Ref: 'Number' },
      SESSION_PURGE_TARGET_BATCH_MS: { Ref: 'Number' },
      SESSION_PURGE_PAUSE_RATIO: { Ref: 'Number' },
      SESSION_PURGE_MAX_BATCH_SIZE: { Ref: 'Number' },
      SESSION_PURGE_MAX_COOKIE_AGE_DAYS: { Ref: 'Number' },
      SESSION_PURGE_WAKE_BUDGET_SECONDS: { Ref: 'Number' },
      SESSION_PURGE_MAX_SLEEP_HOURS: { Ref: 'Number' },
      SESSION_PURGE_MAX_CPU_PERCENT: { Ref: 'Number' },
      SESSION_PURGE_MAX_ACU_PERCENT: { Ref: 'Number' },
      SESSION_PURGE_CONTROL_PARAMETER: { Ref: expect.stringMatching(/^PurgeControlParameter/) },
    });
  });
});

describe("the function's code", () => {
  const root = mkdtempSync(join(tmpdir(), 'bundle-'));
  afterAll(() => rmSync(root, { recursive: true }));

  const build = (directory: string) => {
    mkdirSync(join(root, directory), { recursive: true });
    writeFileSync(join(root, directory, 'index.js'), '');
  };

  it('has to be built', () => {
    mkdirSync(join(root, 'lambda'));

    expect(() => bundleDirectory(join(root, 'lib'))).toThrow(
      new Error('the function\'s bundle dist/lambda/index.js is missing; run "npm run bundle"'),
    );
  });

  it('is found from the sources and from the package', () => {
    build('dist/lambda');

    expect(bundleDirectory(join(root, 'lib'))).toBe(join(root, 'dist/lambda'));
    expect(bundleDirectory(join(root, 'dist/lib'))).toBe(join(root, 'dist/lambda'));
  });
});
