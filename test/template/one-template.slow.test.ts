import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { numberPattern } from '../../contract/number-pattern';
import { mistakesInValue, type Setting } from '../../contract/setting-kinds';
import { readWish } from '../../lambda/deploy/request';
import { readSettings } from '../../lambda/input/settings';
import { SessionPurgeStack } from '../../lib';
import { CONTEXT_SETTINGS } from '../../lib/deployment-settings';
import { readPurges } from '../../lib/purge-context';
import { parameterOf } from '../../lib/template/parameter-names';
import { type purgeTemplate, templateText } from '../../lib/template/purge-template';
import { codeBlocks, readPage, tableIn } from '../docs/pages';
import { settingCases, textOf } from '../support/setting-cases';
import { type Deployment, deployTemplate, type Template } from './one-template-deployment';
import {
  ADMIN_SECRET_ARN,
  CLUSTER_ARN,
  KEY_ARN,
  newApp,
  OWNER_SECRET_ARN,
  SECRET_ARN,
  TOPIC_ARN,
} from './synthesized';

/** CloudFormation takes 1,048,576 bytes. */
const MOST_BYTES = 1_000_000;

const text = templateText(context);
const made: ReturnType<typeof purgeTemplate> = JSON.parse(text);
const template = made as unknown as Template;

/** The template without its code, to look for words. */
const words = JSON.stringify(made, (key, value) => (key === 'ZipFile' ? '' : value));

const BY_ADMIN = { ClusterArn: CLUSTER_ARN, AdminSecretArn: ADMIN_SECRET_ARN, Database: 'shop' };
const BY_HAND = { ClusterArn: CLUSTER_ARN, SecretArn: SECRET_ARN, Database: 'shop' };

const settings = Object.entries<Setting>(CONTEXT_SETTINGS);

/** The parameters' values for a purge of the context. */
function parametersOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [parameterOf(key), textOf(value)]),
  );
}

/** The resources and outputs under ids without the CDK's hashes. */
function plainIds(deployment: Deployment): Deployment {
  const text = JSON.stringify(deployment)
    .replaceAll(/(?<=[A-Za-z0-9])[0-9A-F]{8}(?=[.>"])/g, '')
    .replaceAll('DashboardDashboard', 'Dashboard');
  return JSON.parse(text);
}

/** What the CDK would deploy of the same purge. The template's alarm on missing runs has a length in whole hours. */
function byCdk(values: Readonly<Record<string, unknown>>): Deployment {
  const [purge] = readPurges(values);
  if (purge === undefined) throw new Error('no purge');
  const { alarms } = purge.props;
  const stack = new SessionPurgeStack(newApp(), 'SessionPurge', {
    ...purge.props,
    ...(alarms !== false && { alarms: { ...alarms, noSuccessWindow: Duration.hours(49) } }),
  });
  const { Resources, Outputs } = Assertions.fromStack(stack).toJSON() as Template;
  return plainIds(deployTemplate({ Resources, ...(Outputs && { Outputs }) }));
}

/** CloudFormation takes a number's text for the number. */
function plainValue(key: string, value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  // A secret whose name only looks complete: the template takes complete ARNs alone.
  if (key === 'Resource') return [value].flat().filter((arn) => !String(arn).endsWith('-??????'));
  if (key === 'ActionsEnabled') return value === true ? undefined : value;
  // No check-up of the deployment was before 1970.
  if (key === 'Expression')
    return String(value).replace(/^IF\(EPOCH\(successes\) < 0, 1, (.*)\)$/, '$1');
  return value;
}

/** Less what the two ways are to differ in; each of it has a test or a reason of its own. */
function comparable({ resources, outputs }: Deployment) {
  const {
    SessionPurgeUserSecret: secret,
    SessionPurgeUser: user,
    SessionPurgeDeadLetterQueuePolicy: _sid,
    AlarmsBacklog: backlog,
    ...others
  } = resources;
  const entries = Object.entries(others)
    // Ids with a hash or an address in them.
    .filter(([id]) => !/AllowEventRule|Subscription/.test(id))
    .map(([id, { Type, Properties }]) => {
      const { Code: _code, DashboardBody: _body, ...properties } = Properties ?? {};
      return [id, { Type, Properties: properties }];
    });
  const {
    EvaluationPeriods: _runs,
    AlarmDescription: _text,
    ...ofBacklog
  } = backlog?.Properties ?? {};
  const { Tables: tables, ...ofUser } = user?.Properties ?? {};
  const compared = {
    ...Object.fromEntries(entries),
    backlog: ofBacklog,
    secret: secret?.Properties.GenerateSecretString.PasswordLength,
    user: { ...ofUser, Tables: [tables ?? 'django_session'].flat().join() },
    // The template tells the secret even where somebody else made it.
    outputs: Object.keys(outputs).filter((id) => id !== 'SecretArn'),
  };
  return JSON.parse(JSON.stringify(compared, plainValue));
}

describe('the file', () => {
  it(`is well below the million bytes that are left to it`, () => {
    const bytes = Buffer.byteLength(text);

    process.stdout.write(`the template has ${bytes} bytes, ${MOST_BYTES - bytes} are left\n`);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('is the same each time', () => {
    expect(templateText(context)).toBe(text);
  });

  it('needs nothing that is not in it', () => {
    expect(words).not.toMatch(/bootstrap|asset|CDKMetadata|S3Bucket|cdk-hnb/i);
  });

  it.each([
    ['SessionPurgeFunction', 'lambda'],
    ['SessionPurgeUserFunction', 'deploy'],
  ])('has the code of %s to the byte', (id, bundle) => {
    const { resources } = deployTemplate(template, BY_ADMIN);
    const code = readFileSync(join(__dirname, '../../dist', bundle, 'index.js'));

    expect(Buffer.from(resources[id]?.Properties.Code.ZipFile).equals(code)).toBe(true);
  });
});

describe('what the file says twice', () => {
  const { Parameters, Conditions, Metadata } = made;
  const { ParameterGroups, ParameterLabels } = Metadata['AWS::CloudFormation::Interface'];
  const names = Object.keys(Parameters);
  const body = JSON.stringify([made.Rules, Conditions, made.Resources, made.Outputs]);

  it('names each parameter in one group, with a label and a description', () => {
    expect(ParameterGroups.flatMap(({ Parameters: group }) => group)).toEqual(names);
    expect(Object.keys(ParameterLabels).sort()).toEqual([...names].sort());
    for (const { Description, ConstraintDescription } of Object.values(Parameters)) {
      expect(Description).toMatch(/^[A-Z][^`]+\.$/);
      expect(Description).not.toMatch(/null|undefined/);
      expect(ConstraintDescription).toMatch(/^must /);
    }
  });

  it('names in its description the default of each parameter that is filled in and may not be empty', () => {
    const filledIn = Object.entries(Parameters).filter(
      ([, { Default = '', AllowedPattern }]) => Default !== '' && AllowedPattern !== undefined,
    );

    expect(filledIn.map(([name]) => name)).toEqual(['Schedule', 'TimeoutSeconds', 'MemorySize']);
    for (const [, { Default, AllowedPattern = '', Description }] of filledIn) {
      expect(new RegExp(AllowedPattern, 'u').test('')).toBe(false);
      expect(Description).toContain(`Its default is ${Default}, and it cannot be empty.`);
    }
  });

  it('uses each parameter, each condition and each length', () => {
    const unused = names.filter((name) => !body.includes(`{"Ref":"${name}"}`));
    const idle = Object.keys(Conditions).filter(
      (name) => !new RegExp(`"(Condition|Fn::If)":\\[?"${name}"`).test(body),
    );

    expect({ unused, idle }).toEqual({ unused: [], idle: [] });
    expect(made.Mappings.Seconds).toEqual({
      Hours: Object.fromEntries(
        Parameters.NoSuccessHours?.AllowedValues?.map((value) => [value, Number(value) * 3600]) ??
          [],
      ),
      Days: Object.fromEntries(
        Parameters.MaxBacklogDays?.AllowedValues?.map((value) => [value, Number(value) * 86400]) ??
          [],
      ),
    });
  });

  it('has a parameter for each setting, but for those that are left out on purpose', () => {
    const leftOut = settings.map(([key]) => key).filter((key) => !names.includes(parameterOf(key)));

    expect(leftOut).toEqual(['name', 'controlParameter', 'alarms', 'testEvents']);
  });
});

/** What a pattern cannot say, and the function refuses in the first run. */
const LEFT_TO_THE_FUNCTION = ['Lisbon', 'Europe/Atlantis', 'Mars/Base', 'ä'.repeat(32)];

/** A secret's ARN without its end, which the CDK takes and a policy of the template could not. */
const isPartial = (name: string, value: string) =>
  name.endsWith('SecretArn') && !/-[A-Za-z0-9]{6}$/.test(value);

describe.each(
  settingCases(CONTEXT_SETTINGS).filter(({ name }) => parameterOf(name) in made.Parameters),
)('the parameter of $name', ({ name, setting, taken, refused }) => {
  const parameter = parameterOf(name);
  const refusal = made.Parameters[parameter]?.ConstraintDescription;
  const say = (value: string) => () =>
    deployTemplate(template, {
      ...(['SecretArn'].includes(parameter) ? BY_HAND : BY_ADMIN),
      [parameter]: value,
    });

  it('takes what the setting takes', () => {
    const texts = taken.map(textOf).filter((text) => !isPartial(parameter, text));
    // These two have a choice of lengths.
    const offered = parameter === 'MaxBacklogDays' ? ['1', '30'] : texts;

    for (const text of offered) expect(say(text)).not.toThrow();
  });

  it('refuses what the setting refuses, and says why', () => {
    const texts = refused.map(textOf).filter((text) => text !== '');

    for (const text of texts.filter((each) => !LEFT_TO_THE_FUNCTION.includes(each)))
      expect(say(text)).toThrow(`${parameter} ${refusal}`);
    for (const value of refused.filter((each) => LEFT_TO_THE_FUNCTION.includes(textOf(each))))
      expect(mistakesInValue(value, setting)).toHaveLength(1);
  });
});

it('has no pattern that Java, whose expressions CloudFormation takes, reads in another way', () => {
  // Java's \s is ASCII alone, and its dot ends a line at U+0085 as well.
  const READ_ALIKE = String.raw`\s\p{Z}\uFEFF`;
  const patterns = Object.values(made.Parameters).flatMap(({ AllowedPattern = [] }) =>
    [AllowedPattern].flat().map((pattern) => pattern.replaceAll(READ_ALIKE, '')),
  );

  expect(patterns).not.toHaveLength(0);
  for (const pattern of patterns) {
    expect(pattern).not.toMatch(/\\[sSwWbB]/);
    expect(pattern.replaceAll(/\\.|\[[^\]]*\]/g, '')).not.toContain('.');
  }
});

describe('numberPattern', () => {
  it.each([
    [0, 9],
    [7, 1234],
    [60, 900],
    [128, 10_240],
    [999, 1000],
  ])('matches the numbers from %d to %d and no others', (min, max) => {
    const pattern = new RegExp(numberPattern({ min, max, whole: true }));
    const matched = Array.from({ length: 2 * max }, (_, n) => n).filter((n) =>
      pattern.test(`${n}`),
    );

    expect(matched).toEqual(Array.from({ length: max - min + 1 }, (_, n) => min + n));
  });
});

describe('a deployment by the template', () => {
  const everything = {
    clusterArn: CLUSTER_ARN,
    adminSecretArn: ADMIN_SECRET_ARN,
    ownerSecretArn: OWNER_SECRET_ARN,
    kmsKeyArn: KEY_ARN,
    database: 'shop',
    tables: 'shop.django_session,django_session',
    graceSeconds: 0,
    timeZone: 'Europe/Lisbon',
    targetBatchMs: 500,
    pauseRatio: 0.25,
    maxBatchSize: 1000,
    wakeBudgetSeconds: 60,
    whenPaused: 'skip',
    maxSleepHours: 24,
    maxCpuPercent: 80.5,
    maxAcuPercent: 90,
    schedule: 'cron(0 4 * * ? *)',
    timeoutSeconds: 300,
    memorySize: 512,
    logRetentionDays: 9999,
    maxBacklogDays: 7,
    alarmTopicArn: TOPIC_ARN,
    dashboard: false,
    drain: true,
    enabled: true,
    grantAgain: '2026-11-26',
  };

  it.each<[string, Record<string, unknown>]>([
    [
      'with the least, by the admin',
      { clusterArn: CLUSTER_ARN, adminSecretArn: ADMIN_SECRET_ARN, database: 'shop' },
    ],
    [
      'with the least, by hand',
      { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' },
    ],
    [
      'by hand and unchecked',
      { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop', checkOnDeploy: false },
    ],
    ['with everything', everything],
  ])('%s is that of the CDK', (_name, values) => {
    const deployment = plainIds(deployTemplate(template, parametersOf(values)));

    expect(comparable(deployment)).toEqual(comparable(byCdk(values)));
  });
});

const TOGGLES: readonly (readonly Record<string, string>[])[] = [
  [BY_ADMIN, { ...BY_ADMIN, OwnerSecretArn: OWNER_SECRET_ARN }, BY_HAND],
  [{}, { CheckOnDeploy: 'false' }],
  [{}, { KmsKeyArn: KEY_ARN }],
  [{}, { AlarmTopicArn: TOPIC_ARN }],
  [{}, { AlarmEmail: 'ops@example.com' }],
  [{}, { Dashboard: 'false' }],
  [{}, { Enabled: 'false' }],
  [{}, { Drain: 'true' }],
  [{}, { WhenPaused: 'skip' }, { MaxCpuPercent: '80' }],
];

/** All combinations of what is optional. */
const combinations = TOGGLES.reduce<readonly Record<string, string>[]>(
  (all, toggles) => all.flatMap((one) => toggles.map((toggle) => ({ ...one, ...toggle }))),
  [{}],
);

describe('what is optional', () => {
  const deployWith = (given: Record<string, string>) => deployTemplate(template, given);
  const propertiesOf = (id: string, given: Record<string, string>) =>
    deployWith(given).resources[id]?.Properties;

  it('refers to nothing that is not there, in any combination', () => {
    const counts = combinations.map((given) => Object.keys(deployWith(given).resources).length);

    expect(counts).toHaveLength(1152);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([13, 26]);
  });

  it('is one of the two logins, and an owner beside the admin alone', () => {
    const { Database, ClusterArn } = BY_ADMIN;

    expect(() => deployWith({ Database, ClusterArn })).toThrow(
      'give exactly one of AdminSecretArn',
    );
    expect(() => deployWith({ ...BY_ADMIN, ...BY_HAND })).toThrow('give exactly one of');
    expect(() => deployWith({ ...BY_HAND, OwnerSecretArn: OWNER_SECRET_ARN })).toThrow(
      'OwnerSecretArn goes with AdminSecretArn',
    );
  });

  it('is a user of each stack, so that two stacks of one cluster do not share one', () => {
    const { SecretStringTemplate } = propertiesOf('SessionPurgeUserSecret', BY_ADMIN)
      .GenerateSecretString as { SecretStringTemplate: string };

    expect(JSON.parse(SecretStringTemplate)).toEqual({ username: 'session_purge_0a1b2c3d' });
  });

  it('is a schedule that is not in force, and an alarm that keeps quiet then', () => {
    const off = { ...BY_HAND, Enabled: 'false' };

    expect(propertiesOf('SessionPurgeRule', BY_HAND).State).toBe('ENABLED');
    expect(propertiesOf('SessionPurgeRule', off).State).toBe('DISABLED');
    expect(propertiesOf('AlarmsNoSuccess', off).ActionsEnabled).toBe(false);
  });

  it('is a length of the alarms', () => {
    const given = { ...BY_HAND, NoSuccessHours: '25', MaxBacklogDays: '7' };
    const noSuccess = propertiesOf('AlarmsNoSuccess', given);
    const backlog = propertiesOf('AlarmsBacklog', given);

    expect(noSuccess.Metrics[1].MetricStat.Period).toBe(25 * 3600);
    expect(noSuccess.AlarmDescription).toContain('succeeded for 25 hours');
    expect(backlog.Threshold).toBe(7 * 86_400);
    expect(backlog.AlarmDescription).toContain('for more than 7 days');
    // The schedule is not known here, so one bad day is enough.
    expect([backlog.Period, backlog.EvaluationPeriods]).toEqual([86_400, 1]);
  });

  it('is somebody who hears the alarms, with a topic of the stack or another', () => {
    const alarmEmail = { AlarmEmail: 'ops@example.com' };
    const own = deployWith({ ...BY_HAND, ...alarmEmail }).resources;
    const other = deployWith({ ...BY_HAND, ...alarmEmail, AlarmTopicArn: TOPIC_ARN }).resources;
    const topicsOf = (resources: typeof own) =>
      Object.values(resources)
        .filter(({ Type }) => Type === 'AWS::SNS::Subscription')
        .map(({ Properties }) => [Properties.Endpoint, Properties.TopicArn]);

    expect(topicsOf(own)).toEqual([['ops@example.com', '<AlarmTopic>']]);
    expect(topicsOf(other)).toEqual([['ops@example.com', TOPIC_ARN]]);
    expect(other.AlarmsFailedRun?.Properties.AlarmActions).toEqual([TOPIC_ARN]);
  });

  it('is a drain, with its alarm in the dashboard', () => {
    const alarmsShown = (given: Record<string, string>) => {
      const { widgets } = JSON.parse(propertiesOf('DashboardDashboard', given).DashboardBody);
      return widgets.flatMap(
        ({ properties }: { properties: { alarms?: string[] } }) => properties.alarms ?? [],
      );
    };
    const without = ['FailedRun', 'NoSuccess', 'Backlog', 'DeadLetters'];
    const arns = (ids: readonly string[]) => ids.map((id) => `<Alarms${id}.Arn>`);

    expect(alarmsShown(BY_HAND)).toEqual(arns(without));
    expect(alarmsShown({ ...BY_HAND, Drain: 'true' })).toEqual(arns([...without, 'DrainFailed']));
  });

  it('tells the deployment of the tables in one text, or of none', () => {
    const wishFor = (given: Record<string, string>) => {
      const properties = propertiesOf('SessionPurgeUser', given);
      return readWish({ ...properties, SecretArn: SECRET_ARN }).tables.map(({ text }) => text);
    };

    expect(wishFor(BY_ADMIN)).toEqual(['django_session']);
    expect(wishFor({ ...BY_ADMIN, Tables: 'a, "b,c".d' })).toEqual(['a', '"b,c".d']);
  });

  it('makes the rule wait for the user', () => {
    const { Metadata } = made.Resources.SessionPurgeRule as { Metadata?: unknown };

    expect(Metadata).toEqual({
      DependsOn: [
        { 'Fn::If': ['RunsInDeployment', { Ref: 'SessionPurgeUser' }, { Ref: 'AWS::NoValue' }] },
      ],
    });
  });

  it('gives the function nothing that is empty, so that its own defaults hold', () => {
    const { Variables } = propertiesOf('SessionPurgeFunction', BY_HAND).Environment;

    expect(Object.keys(Variables)).toEqual(
      ['CLUSTER_ARN', 'SECRET_ARN', 'DATABASE', 'CONTROL_PARAMETER'].map(
        (name) => `SESSION_PURGE_${name}`,
      ),
    );
    expect(readSettings({ ...Variables, SESSION_PURGE_CONTROL_PARAMETER: 'control' })).toEqual({
      ...readSettings({
        SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
        SESSION_PURGE_SECRET_ARN: SECRET_ARN,
        SESSION_PURGE_DATABASE: 'shop',
      }),
      controlParameter: 'control',
    });
  });
});

describe('docs/without-cdk.md', () => {
  const page = readPage('docs/without-cdk.md');
  const commands = codeBlocks(page, 'sh');

  it('has a command of the AWS CLI whose values are taken', () => {
    const [, deploy = ''] = commands;
    const overrides = deploy.slice(deploy.indexOf('--parameter-overrides'));
    const given = [...overrides.matchAll(/^ +'?(\w+)=(.*?)'?(?: \\)?$/gm)].map(
      ([, name, value]) => [name, value],
    );
    const { resources } = deployTemplate(template, Object.fromEntries(given));

    expect(given).toHaveLength(5);
    expect(resources.SessionPurgeRule?.Properties.ScheduleExpression).toBe('cron(0 4 * * ? *)');
  });

  it('has a stack set whose values are taken, together and with those of an account', () => {
    const [set = '', , overridden = ''] = commands
      .flatMap((block) => block.split(/(?=aws cloudformation create-stack-)/))
      .filter((command) => command.startsWith('aws cloudformation create-stack-'));
    const valuesOf = (command: string) =>
      Object.fromEntries(
        [...command.matchAll(/ParameterKey=(\w+),ParameterValue=(\S+)/g)].map(([, key, value]) => [
          key,
          value,
        ]),
      );
    const common = valuesOf(set);
    const blog = deployTemplate(template, { ...common, ...valuesOf(overridden) });

    expect(() => deployTemplate(template, common)).not.toThrow();
    expect(blog.resources.SessionPurgeUser?.Properties).toMatchObject({ Database: 'blog' });
  });

  it('names resources, outputs and parameters that there are', () => {
    const [terraform = ''] = codeBlocks(page, 'hcl');
    const named = [...terraform.matchAll(/^ {4}(\w+) +=/gm)].map(([, name]) => name);
    const inTable = tableIn(page).map(({ parameter = '' }) => parameter.replaceAll('`', ''));
    const resources = [...page.matchAll(/\b(SessionPurge[A-Z]\w+)/g)].map(([, id]) => id);

    expect(named).toHaveLength(4);
    expect(Object.keys(made.Parameters)).toEqual(expect.arrayContaining([...named, ...inTable]));
    expect(Object.keys(made.Resources)).toEqual(expect.arrayContaining(resources));
    expect(Object.keys(made.Outputs)).toContain('FunctionName');
  });
});
