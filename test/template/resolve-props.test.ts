import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SETTINGS } from '../../contract/settings';
import { parseTableName } from '../../contract/table-name';
import { readSettings } from '../../lambda/input/settings';
import { SessionPurge, type SessionPurgeProps } from '../../lib';
import { bundleDirectory } from '../../lib/bundle';
import { CONTEXT_SETTINGS, type DeploymentSetting } from '../../lib/deployment-settings';
import { conversionOf } from '../../lib/durations';
import { functionEnvironment } from '../../lib/function-environment';
import { resolveProps } from '../../lib/resolve-props';
import { type SettingCase, settingCases } from '../support/setting-cases';
import { CLUSTER_ARN, emptyStack, only, purge, SECRET_ARN } from './synthesized';

const OF_CONSTRUCT = Object.fromEntries(
  Object.entries<DeploymentSetting>(CONTEXT_SETTINGS).filter(([, { isOfStack }]) => !isOfStack),
);

/** What the construct is given for a value of the context. */
function propFor({ name, setting }: SettingCase, value: unknown): Partial<SessionPurgeProps> {
  const conversion = conversionOf(setting);
  const prop = conversion ? conversion.durationOf(value as number) : value;
  const given = name === 'schedule' ? Schedule.expression(value as string) : prop;
  return { [setting.prop ?? name]: given };
}

const stack = emptyStack();
const scope = new Construct(stack, 'Purge');
const secret = Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN);

/** The props of the purge of the database `shop`, with what a test gives instead; without a construct. */
const resolved = (given: Partial<SessionPurgeProps>) =>
  resolveProps({ clusterArn: CLUSTER_ARN, secret, database: 'shop', ...given }, scope, () => {
    throw new Error('a secret is there');
  });

const CASES = settingCases(OF_CONSTRUCT).filter(({ name }) => name !== 'secretArn');

/** A `Duration` of less than nothing there is none. */
const canBeGiven = (value: unknown) => typeof value !== 'number' || value >= 0;

describe.each(CASES)('the prop of $name', (each) => {
  const { name, setting, taken, refused } = each;

  it.each(taken.map((value) => [value]))('takes %j, as the function does', (value) => {
    const props = resolved(propFor(each, value));

    if (!Object.hasOwn(SETTINGS, name) || name === 'controlParameter') {
      expect(props).toMatchObject(propFor(each, value));
    } else {
      const expected = name === 'tables' ? (value as string[]).map(parseTableName) : value;
      const settings = readSettings(
        emptyStack().resolve(functionEnvironment(props, undefined, 'Test')),
      );
      expect(settings).toHaveProperty(name, expected);
    }
  });

  it.each(refused.filter(canBeGiven).map((value) => [value]))('refuses %j', (value) => {
    expect(() => resolved(propFor(each, value))).toThrow(
      `Shop/Purge: ${setting.prop ?? name} must `,
    );
  });
});

describe('props that cannot work', () => {
  it.each<[Partial<SessionPurgeProps>, string]>([
    [{ maxBatchSize: 0.5 }, 'maxBatchSize must be a whole number from 1 to 100000, got 0.5'],
    [{ memorySize: 64 }, 'memorySize must be a whole number of MiB from 128 to 10240, got 64'],
    [
      { wakeBudget: Duration.minutes(16) },
      'wakeBudget must be a whole number of seconds from 0 to 900, got 960',
    ],
    [
      { maxSleep: Duration.minutes(90) },
      'maxSleep must be a whole number of hours from 1 to 8784, got 1.5',
    ],
    [{ tables: [] }, 'tables must name at least one table, got []'],
    [
      { tables: ['django_session', 'a;b'] },
      'tables must name tables as table, schema.table or *.table, each name of letters, digits, "_", "$" or "-", or in double quotes, at most 63 bytes, and not "*", got "a;b"',
    ],
    [
      { gracePeriod: Duration.millis(1500) },
      'gracePeriod must be a whole number of seconds from 0 to 315360000, got 1.5',
    ],
    [
      { clusterArn: 'shop' },
      'clusterArn must be an Aurora cluster\'s ARN like "arn:aws:rds:eu-west-1:123456789012:cluster:shop", got "shop"',
    ],
    [
      { clusterArn: CLUSTER_ARN.replace('eu-west-1', 'us-east-1') },
      'secret must be in the cluster\'s region us-east-1, got "eu-west-1"',
    ],
    [
      { clusterArn: CLUSTER_ARN.replace('123456789012', '210987654321') },
      'the stack must be in the cluster\'s account 210987654321, got "123456789012"; secret must be in the cluster\'s account 210987654321, got "123456789012"',
    ],
    [{ database: undefined as unknown as string }, 'database must be given'],
  ])('%j: %s', (given, message) => {
    expect(() => purge(emptyStack(), given)).toThrow(new Error(`Shop/Purge: ${message}`));
  });

  it('may have as many tables as the environment of a function can name, and no more', () => {
    const bytesOf = (length: number) => {
      const stack = emptyStack();
      purge(stack, {
        controlParameter: false,
        tables: ['x'.repeat(48), ...Array.from({ length }, () => 'y.s')],
      });
      const [made] = Object.values(
        Template.fromStack(stack).findResources('AWS::Lambda::Function'),
      );
      return JSON.stringify(made?.Properties.Environment.Variables).length;
    };
    const sizes = [100, 101].map(bytesOf);

    // A table more takes its name and a comma.
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBe(4);
    const most = 100 + Math.floor((4096 - (sizes[0] ?? 0)) / 4);
    expect(bytesOf(most)).toBeLessThanOrEqual(4096);
    expect(() => bytesOf(most + 1)).toThrow(
      /must take 4096 bytes at most, got 4(097|098|099|100);/,
    );
  });

  it('are more tables than the environment of a function can name', () => {
    const tables = Array.from({ length: 200 }, (_, tenant) => `tenant_${tenant}.django_session`);

    expect(() => purge(emptyStack(), { tables })).toThrow(
      /^Shop\/Purge: the function's environment must take 4096 bytes at most, got \d{4}; name many tables by a pattern/,
    );
    expect(() => purge(emptyStack(), { tables: tables.slice(0, 100) })).not.toThrow();
  });

  it('are a secret in another region than an imported cluster', () => {
    const app = emptyStack().node.root as App;
    const stack = new Stack(app, 'Here', { env: { region: 'eu-west-1', account: '123456789012' } });
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'shop',
      dataApiEnabled: true,
    });
    const elsewhere = SECRET_ARN.replace('eu-west-1', 'us-east-1');
    const secret = Secret.fromSecretCompleteArn(stack, 'Secret', elsewhere);

    expect(() => new SessionPurge(stack, 'Purge', { cluster, secret, database: 'shop' })).toThrow(
      new Error('Here/Purge: secret must be in the cluster\'s region eu-west-1, got "us-east-1"'),
    );
  });

  it('are a secret by an ARN that is none, too', () => {
    const named = Secret.fromSecretAttributes(emptyStack(), 'Secret', {
      secretCompleteArn: SECRET_ARN.replace(':secret:', ':secrets:'),
    });

    expect(() => resolved({ secret: named })).toThrow(/secretArn must be a secret's ARN like/);
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
  const importedMysql = (stack: Stack) =>
    rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'shop',
      dataApiEnabled: true,
      engine: rds.DatabaseClusterEngine.AURORA_MYSQL,
    });

  it('needs a time zone where it is known to be one of MySQL', () => {
    const stack = emptyStack();
    const cluster = importedMysql(stack);

    expect(() => purge(stack, { cluster })).toThrow(
      /^Shop\/Purge: timeZone must be set, since the cluster is one of Aurora MySQL; look at Django's settings .*with USE_TZ = True set timeZone to UTC, unless the database's entry in DATABASES has a TIME_ZONE of its own: then to that; with USE_TZ = False to TIME_ZONE$/,
    );
  });

  it('may be one of MySQL with a time zone', () => {
    const stack = emptyStack();
    const cluster = importedMysql(stack);

    expect(() => purge(stack, { cluster, timeZone: 'UTC' })).not.toThrow();
  });

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
      SESSION_PURGE_WAKE_BUDGET_SECONDS: { Ref: 'Number' },
      SESSION_PURGE_MAX_SLEEP_HOURS: { Ref: 'Number' },
      SESSION_PURGE_MAX_CPU_PERCENT: { Ref: 'Number' },
      SESSION_PURGE_MAX_ACU_PERCENT: { Ref: 'Number' },
      SESSION_PURGE_CONTROL_PARAMETER: { Ref: expect.stringMatching(/^PurgeControlParameter/) },
    });
  });
});

describe.each(['lambda', 'deploy'] as const)('the code of the function %s', (name) => {
  const root = mkdtempSync(join(tmpdir(), 'bundle-'));
  afterAll(() => rmSync(root, { recursive: true }));

  const build = (directory: string) => {
    mkdirSync(join(root, directory), { recursive: true });
    writeFileSync(join(root, directory, 'index.js'), '');
  };

  it('has to be built', () => {
    mkdirSync(join(root, name));

    expect(() => bundleDirectory(name, join(root, 'lib'))).toThrow(
      new Error(`the function's bundle dist/${name}/index.js is missing; run "npm run bundle"`),
    );
  });

  it('is found from the sources and from the package', () => {
    build(`dist/${name}`);

    expect(bundleDirectory(name, join(root, 'lib'))).toBe(join(root, 'dist', name));
    expect(bundleDirectory(name, join(root, 'dist/lib'))).toBe(join(root, 'dist', name));
  });
});
