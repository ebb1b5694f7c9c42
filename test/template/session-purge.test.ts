import { type App, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SessionPurge, type SessionPurgeProps } from '../../lib';
import {
  CLUSTER_ARN,
  emptyStack,
  KEY_ARN,
  only,
  purge,
  purgeTemplate,
  SECRET_ARN,
} from './synthesized';

const FUNCTION = 'AWS::Lambda::Function';
const RULE = 'AWS::Events::Rule';
const ROLE = 'AWS::IAM::Role';
const LOG_GROUP = 'AWS::Logs::LogGroup';

const allow = (Action: string | string[], Resource: unknown, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});

const sendStatements = allow('rds-data:ExecuteStatement', CLUSTER_ARN);
const readSecret = allow('secretsmanager:GetSecretValue', [SECRET_ARN, `${SECRET_ARN}-??????`]);
const writeLog = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
  'Fn::GetAtt': [expect.stringMatching(/^PurgeLogGroup/), 'Arn'],
});
const queueArn = { 'Fn::GetAtt': [expect.stringMatching(/^PurgeDeadLetterQueue/), 'Arn'] };
const giveUp = allow('sqs:SendMessage', queueArn);
const readControl = allow('ssm:GetParameter', {
  'Fn::Join': [
    '',
    [
      'arn:aws:ssm:eu-west-1:123456789012:parameter/',
      { Ref: expect.stringMatching(/^PurgeControlParameter/) },
    ],
  ],
});
const always = [giveUp, readControl];

describe('with the least that has to be given', () => {
  const template = purgeTemplate();

  it('creates a function, its role, log, schedule, queue and switch, and nothing else', () => {
    const types = Object.values(template.toJSON().Resources).map(
      (resource) => (resource as { Type: string }).Type,
    );

    expect(types.sort()).toEqual([
      RULE,
      ROLE,
      'AWS::Lambda::EventInvokeConfig',
      FUNCTION,
      'AWS::Lambda::Permission',
      LOG_GROUP,
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
      'AWS::SSM::Parameter',
    ]);
  });

  it('runs the bundle on arm64 and Node.js 24, for as long as Lambda allows', () => {
    template.hasResourceProperties(FUNCTION, {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 900,
      MemorySize: 256,
      Description:
        'Deletes expired Django sessions from the database shop. Events by hand: {"check":true}, {"dryRun":true}, {}',
      VpcConfig: Match.absent(),
    });
  });

  it('tells the function what to purge and leaves the pace to the defaults of the function', () => {
    expect(only(template, FUNCTION).Environment.Variables).toEqual({
      SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
      SESSION_PURGE_SECRET_ARN: SECRET_ARN,
      SESSION_PURGE_DATABASE: 'shop',
      SESSION_PURGE_CONTROL_PARAMETER: { Ref: expect.stringMatching(/^PurgeControlParameter/) },
    });
  });

  it('starts the function, and only it, every day at 02:17 UTC', () => {
    expect(only(template, RULE)).toEqual({
      Description: 'Starts the purge of expired Django sessions in the database shop',
      ScheduleExpression: 'cron(17 2 * * ? *)',
      State: 'ENABLED',
      Targets: [
        {
          Id: 'Target0',
          Arn: { 'Fn::GetAtt': [expect.stringMatching(/^PurgeFunction/), 'Arn'] },
          DeadLetterConfig: { Arn: queueArn },
          RetryPolicy: { MaximumEventAgeInSeconds: 3600 },
        },
      ],
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PurgeRule'), 'Arn'] },
    });
  });

  it('logs to a group of its own, which goes with the stack', () => {
    template.hasResource(LOG_GROUP, {
      Properties: { RetentionInDays: 90 },
      DeletionPolicy: 'Delete',
    });
    expect(only(template, FUNCTION).LoggingConfig).toEqual({
      LogGroup: { Ref: expect.stringMatching(/^PurgeLogGroup/) },
    });
  });

  it('may send statements to the one cluster, read the one secret and the one parameter, write its log, give up an event, and nothing else', () => {
    const { Policies, ManagedPolicyArns } = only(template, ROLE);

    expect(Policies).toHaveLength(1);
    expect(Policies[0].PolicyDocument.Statement).toEqual([
      sendStatements,
      readSecret,
      writeLog,
      ...always,
    ]);
    expect(ManagedPolicyArns).toBeUndefined();
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(JSON.stringify(Policies)).not.toContain('*');
  });

  it('lets Lambda alone assume the role', () => {
    expect(only(template, ROLE).AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  });

  it('keeps its tree flat', () => {
    const { node, ...parts } = purge(emptyStack());

    expect(node.children).toEqual([
      parts.logGroup,
      parts.deadLetterQueue,
      parts.controlParameter,
      parts.role,
      parts.function,
      parts.rule,
    ]);
  });
});

describe('what is given', () => {
  const settings: [keyof SessionPurgeProps, Partial<SessionPurgeProps>, string, string][] = [
    ['tables', { tables: ['django_session', '*.sessions'] }, 'TABLES', 'django_session,*.sessions'],
    ['gracePeriod', { gracePeriod: Duration.days(7) }, 'GRACE_SECONDS', '604800'],
    [
      'targetBatchDuration',
      { targetBatchDuration: Duration.seconds(1) },
      'TARGET_BATCH_MS',
      '1000',
    ],
    ['pauseRatio', { pauseRatio: 0.25 }, 'PAUSE_RATIO', '0.25'],
    ['purgeName', { purgeName: 'shop' }, 'NAME', 'shop'],
    ['wakeBudget', { wakeBudget: Duration.seconds(0) }, 'WAKE_BUDGET_SECONDS', '0'],
    ['whenPaused', { whenPaused: 'skip' }, 'WHEN_PAUSED', 'skip'],
    ['maxSleep', { maxSleep: Duration.days(2) }, 'MAX_SLEEP_HOURS', '48'],
    ['maxCpuPercent', { maxCpuPercent: 70.5 }, 'MAX_CPU_PERCENT', '70.5'],
  ];

  it.each(settings)(
    '%s is told to the function, and nothing beside it',
    (_prop, given, name, value) => {
      const required = only(purgeTemplate(), FUNCTION).Environment.Variables;

      expect(only(purgeTemplate(given), FUNCTION).Environment.Variables).toEqual({
        ...required,
        [`SESSION_PURGE_${name}`]: value,
      });
    },
  );

  const resources: [string, Partial<SessionPurgeProps>, string, object][] = [
    [
      'schedule',
      { schedule: Schedule.rate(Duration.hours(6)) },
      RULE,
      { ScheduleExpression: 'rate(6 hours)' },
    ],
    ['enabled', { enabled: false }, RULE, { State: 'DISABLED' }],
    ['timeout', { timeout: Duration.minutes(5) }, FUNCTION, { Timeout: 300 }],
    ['memorySize', { memorySize: 512 }, FUNCTION, { MemorySize: 512 }],
    ['logRetention', { logRetention: RetentionDays.ONE_WEEK }, LOG_GROUP, { RetentionInDays: 7 }],
    [
      'logRetention',
      { logRetention: RetentionDays.INFINITE },
      LOG_GROUP,
      { RetentionInDays: Match.absent() },
    ],
  ];

  it.each(resources)(
    '%s changes the resource that it is about',
    (_prop, given, type, properties) => {
      purgeTemplate(given).hasResourceProperties(type, properties);
    },
  );
});

describe('permissions', () => {
  const statementsWith = (given: Partial<SessionPurgeProps>, stack = emptyStack()) => {
    purge(stack, given);
    return only(Template.fromStack(stack), ROLE).Policies[0].PolicyDocument.Statement;
  };

  it('leave open the six characters that a partial ARN of a secret lacks', () => {
    const stack = emptyStack();
    const secret = Secret.fromSecretPartialArn(stack, 'Secret', SECRET_ARN.slice(0, -7));

    expect(statementsWith({ secret }, stack)).toEqual([
      sendStatements,
      allow('secretsmanager:GetSecretValue', `${SECRET_ARN.slice(0, -7)}-??????`),
      writeLog,
      ...always,
    ]);
  });

  it('leave open whether the end of a name like shop-secret is six random characters', () => {
    const stack = emptyStack();
    const arn = SECRET_ARN.replace(/:[^:]*$/, ':shop-secret');
    const secret = Secret.fromSecretCompleteArn(stack, 'Secret', arn);

    expect(statementsWith({ secret }, stack)).toContainEqual(
      allow('secretsmanager:GetSecretValue', [arn, `${arn}-??????`]),
    );
  });

  it('let Secrets Manager, and nobody else, decrypt the secret for the function', () => {
    const stack = emptyStack();
    const secret = Secret.fromSecretAttributes(stack, 'Secret', {
      secretCompleteArn: SECRET_ARN,
      encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN),
    });

    expect(statementsWith({ secret }, stack)).toEqual([
      sendStatements,
      readSecret,
      allow('kms:Decrypt', KEY_ARN, {
        StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
      }),
      writeLog,
      ...always,
    ]);
  });

  it("let it be decrypted in the cluster's region, wherever the stack is", () => {
    const app = emptyStack().node.root as App;
    const stack = new Stack(app, 'Elsewhere', { env: { region: 'eu-central-1' } });
    const secret = Secret.fromSecretAttributes(stack, 'Secret', {
      secretCompleteArn: SECRET_ARN,
      encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN),
    });

    expect(statementsWith({ secret }, stack)).toContainEqual(
      allow('kms:Decrypt', KEY_ARN, {
        StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' },
      }),
    );
  });

  it('let it be decrypted in the region of a cluster from another stack', () => {
    const app = emptyStack().node.root as App;
    const [there, here] = ['eu-west-1', 'eu-central-1'].map(
      (region) => new Stack(app, region, { env: { region, account: '123456789012' } }),
    ) as [Stack, Stack];
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(there, 'Cluster', {
      clusterIdentifier: 'shop',
      dataApiEnabled: true,
    });
    const secret = Secret.fromSecretAttributes(here, 'Secret', {
      secretCompleteArn: SECRET_ARN,
      encryptionKey: Key.fromKeyArn(here, 'Key', KEY_ARN),
    });

    expect(JSON.stringify(statementsWith({ cluster, secret }, here))).toContain(
      '"kms:ViaService":"secretsmanager.eu-west-1.amazonaws.com"',
    );
  });

  it('follow a cluster and a secret of the same app', () => {
    const stack = emptyStack();
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'shop',
      dataApiEnabled: true,
    });
    const secret = new Secret(stack, 'Secret') as ISecret;

    expect(statementsWith({ cluster, secret }, stack)).toEqual([
      sendStatements,
      allow('secretsmanager:GetSecretValue', { Ref: 'SecretA720EF05' }),
      writeLog,
      ...always,
    ]);
  });

  const readMetrics = allow('cloudwatch:GetMetricData', '*');

  it.each<Partial<SessionPurgeProps>>([
    { whenPaused: 'skip' },
    { maxCpuPercent: 80 },
    { maxAcuPercent: 80 },
  ])('let the function read metrics where it looks at the load: %j', (given) => {
    expect(statementsWith(given)).toEqual([
      sendStatements,
      readSecret,
      writeLog,
      ...always,
      readMetrics,
    ]);
  });

  it('need no metrics to wake a cluster', () => {
    expect(statementsWith({ whenPaused: 'wake' })).not.toContainEqual(readMetrics);
  });

  it('name neither a partition nor a region of their own', () => {
    const stack = new Stack();
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      clusterIdentifier: 'shop',
      dataApiEnabled: true,
    });
    const encryptionKey = new Key(stack, 'Key');
    const secret = new Secret(stack, 'Secret', { encryptionKey }) as ISecret;

    const statements = JSON.stringify(statementsWith({ cluster, secret }, stack));
    expect(statements).toContain('{"Ref":"AWS::Partition"}');
    expect(statements).toContain('["secretsmanager.",{"Ref":"AWS::Region"},".amazonaws.com"]');
    expect(statements).not.toMatch(/arn:aws|eu-west|us-east/);
  });
});

describe('runs of a short schedule', () => {
  it.each<[string, Schedule, number]>([
    ['rate(1 minute)', Schedule.rate(Duration.minutes(1)), 60],
    ['twice within ten minutes', Schedule.expression('cron(0,10 3 * * ? *)'), 600],
    ['rate(20 minutes)', Schedule.rate(Duration.minutes(20)), 900],
    ['times that are not told', Schedule.expression('cron(0 2 L * ? *)'), 900],
  ])('end before the next one: %s', (_words, schedule, seconds) => {
    expect(only(purgeTemplate({ schedule }), FUNCTION).Timeout).toBe(seconds);
  });

  it('are warned of where they may overlap', () => {
    const stack = emptyStack();
    const schedule = Schedule.rate(Duration.minutes(4));
    purge(stack, { schedule, timeout: Duration.minutes(15) });

    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp(
        '^up to 4 runs may work at once and add up their load: one may take 15 minutes, and the next one starts after 4;',
      ),
    );
  });

  it.each([4, 5])('are not warned of where they do not: %d minutes', (minutes) => {
    const stack = emptyStack();
    purge(stack, {
      schedule: Schedule.rate(Duration.minutes(5)),
      timeout: Duration.minutes(minutes),
    });

    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a schedule that names years', () => {
  const withYears = (years: string) => {
    const stack = emptyStack();
    purge(stack, { schedule: Schedule.expression(`cron(0 3 * * ? ${years})`) });
    return Annotations.fromStack(stack);
  };

  it('is refused where they are over', () => {
    expect(() => withYears('2020-2025')).toThrow('its year "2020-2025" is over, so it never runs');
  });

  it('is warned of where it ends, whatever the clock says', () => {
    withYears('2026-2028').hasWarning(
      '*',
      Match.stringLikeRegexp('^no run comes after the year 2028, and no alarm tells you so;'),
    );
  });

  it('is not warned of where it goes on', () => {
    withYears('2026/2').hasNoWarning('*', Match.anyValue());
  });
});

describe("the cluster's own secret", () => {
  const attributes = { clusterIdentifier: 'shop', dataApiEnabled: true };

  it('is warned of as the login of the purge, since the master can read every session', () => {
    const stack = emptyStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Master', SECRET_ARN);
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...attributes,
      secret,
    });
    purge(stack, { cluster, secret });

    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp(
        "^the purge logs in as the cluster's master, who can read every session;",
      ),
    );
  });

  it('is known by the name that RDS gives it, also beside a bare ARN of the cluster', () => {
    const stack = emptyStack();
    const arn = SECRET_ARN.replace(/[^:]+$/, 'rds!cluster-0a1b2c3d-Ab12Cd');
    purge(stack, { secret: Secret.fromSecretCompleteArn(stack, 'Master', arn) });

    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp("^the purge logs in as the cluster's master,"),
    );
  });

  it('is not warned of where the purge has another', () => {
    const stack = emptyStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Own', SECRET_ARN);
    const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
      ...attributes,
      secret: Secret.fromSecretCompleteArn(stack, 'Master', SECRET_ARN),
    });
    purge(stack, { cluster, secret });

    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe("the database's name", () => {
  it.each<[string, readonly RegExp[]]>([
    ['shop', []],
    ['shop,blog', [/^the database's name has a comma .*, got "shop,blog"; if you mean several/]],
  ])('is warned of where it may be meant for a list: %s', (database, expected) => {
    const stack = emptyStack();
    purge(stack, { database });

    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual(
      expected.map((text) => expect.stringMatching(text)),
    );
  });
});

describe('the name of a purge', () => {
  it.each<[string, boolean]>([
    ['shop', false],
    ['blog-shop', false],
    ['blog--shop', true],
  ])('is warned of where a fleet may make the same: %s', (purgeName, isWarnedOf) => {
    const stack = emptyStack();
    purge(stack, { purgeName });

    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual(
      isWarnedOf ? [expect.stringMatching(/^purgeName has two hyphens in a row/)] : [],
    );
  });
});

describe('two purges of one name', () => {
  it('are refused, since each would silence the alarms of the other', () => {
    const stack = emptyStack();
    purge(stack, { purgeName: 'shop' });
    const secret = Secret.fromSecretCompleteArn(stack, 'Other', SECRET_ARN);
    const other = { clusterArn: CLUSTER_ARN, secret, database: 'blog', purgeName: 'shop' };

    expect(() => new SessionPurge(stack, 'Second', other)).toThrow(
      new Error(
        'Shop/Second: purgeName must be unique in an account and region, got "shop", which Shop/Purge has; leave it out, or choose another',
      ),
    );
  });

  it('are fine in two stages whose place is not known yet', () => {
    const app = emptyStack().node.root as App;
    const stackIn = (id: string) => new Stack(new Stage(app, id), 'Shop');
    purge(stackIn('Test'), { purgeName: 'shop' });

    expect(() => purge(stackIn('Production'), { purgeName: 'shop' })).not.toThrow();
  });

  it.each([
    ['neither place is', undefined],
    ['one place is not', { account: '123456789012', region: 'eu-west-1' }],
  ])('are warned of where %s known before the deployment', (_which, env) => {
    const app = emptyStack().node.root as App;
    purge(new Stack(app, 'One'), { purgeName: 'shop' });
    const other = new Stack(app, 'Two', env && { env });

    expect(() => purge(other, { purgeName: 'shop' })).not.toThrow();
    Annotations.fromStack(other).hasWarning(
      '/Two/Purge',
      Match.stringLikeRegexp(
        '^purgeName must be unique in an account and region, got "shop", which One/Purge has, whose stack may',
      ),
    );
  });

  it('are fine in two regions', () => {
    const app = emptyStack().node.root as App;
    const stackIn = (region: string) => new Stack(app, region, { env: { region } });
    purge(stackIn('eu-west-1'), { purgeName: 'shop' });

    expect(() => purge(stackIn('eu-central-1'), { purgeName: 'shop' })).not.toThrow();
  });
});
