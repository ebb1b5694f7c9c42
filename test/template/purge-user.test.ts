import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readWish } from '../../lambda/deploy/request';
import { SessionPurge, type SessionPurgeStack } from '../../lib';
import {
  ADMIN_SECRET_ARN,
  CLUSTER_ARN,
  emptyStack,
  KEY_ARN,
  OWNER_SECRET_ARN,
  only,
  purge,
  SECRET_ARN,
  stackByAdmin,
  stackWith,
} from './synthesized';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

interface Allowed {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Allowed[] };
}

/** What the role of a function may do, by the beginning of the role's logical id. */
function allowed(template: Template, role: string): Allowed[] {
  const resources: Resources = template.toJSON().Resources;
  const found = Object.entries(resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Role' && new RegExp(`^${role}[0-9A-F]{8}$`).test(id),
  );
  expect(found).toHaveLength(1);
  return found
    .flatMap(([, { Properties }]) => Properties.Policies as Policy[])
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const secretsOf = (statements: readonly Allowed[]) =>
  statements
    .filter(({ Action }) => Action === 'secretsmanager:GetSecretValue')
    .flatMap(({ Resource }) => Resource)
    // The same secret, should its name only look as if it ended in six random characters.
    .filter((arn) => !String(arn).endsWith('-??????'));

function user(template: Template) {
  const [found] = Object.values(template.findResources('Custom::DjangoSessionPurgeUser'));
  return found as
    | { Properties: Record<string, unknown>; DependsOn?: readonly string[] }
    | undefined;
}

const [PURGE, DEPLOYMENT] = ['SessionPurgeRole', 'SessionPurgeUserRole'];

describe('the user that the deployment makes', () => {
  const template = Template.fromStack(stackByAdmin({ ownerSecretArn: OWNER_SECRET_ARN }));
  const made = { Ref: expect.stringMatching(/^SessionPurgeUserSecret/) };

  it('has a secret of its own, whose password stands nowhere', () => {
    const [secret] = Object.values(template.findResources('AWS::SecretsManager::Secret'));
    const { SecretString, GenerateSecretString } = secret?.Properties ?? {};

    expect(SecretString).toBeUndefined();
    expect(GenerateSecretString).toEqual({
      ExcludePunctuation: true,
      GenerateStringKey: 'password',
      PasswordLength: 40,
      SecretStringTemplate: expect.stringMatching(/^\{"username":"session_purge_[0-9a-f]{8}"\}$/),
    });
  });

  it('is asked for in words that the function reads', () => {
    const { Properties = {} } = user(template) ?? {};
    const { ServiceToken, ServiceTimeout: _, SecretArn, ...others } = Properties;

    expect(ServiceToken).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^SessionPurgeUserFunction/), 'Arn'],
    });
    expect(SecretArn).toEqual(made);
    expect(readWish({ ...others, SecretArn: SECRET_ARN })).toMatchObject({
      clusterArn: CLUSTER_ARN,
      adminSecretArn: ADMIN_SECRET_ARN,
      ownerSecretArn: OWNER_SECRET_ARN,
      database: 'shop',
      tables: [{ text: 'django_session' }],
      checks: true,
    });
  });

  it('is the only one whose secret the purge reads, and the admin is not', () => {
    expect(secretsOf(allowed(template, PURGE))).toEqual([made]);
    expect(JSON.stringify(allowed(template, PURGE))).not.toContain('admin');
  });

  it('is made by a role that reads the three secrets, looks at stack and cluster, writes its log, and nothing else', () => {
    const statements = allowed(template, DEPLOYMENT);

    expect(secretsOf(statements)).toEqual(
      expect.arrayContaining([made, ADMIN_SECRET_ARN, OWNER_SECRET_ARN]),
    );
    expect(secretsOf(statements)).toHaveLength(3);
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'cloudformation:DescribeStacks',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      ...['BeginTransaction', 'CommitTransaction', 'ExecuteStatement', 'RollbackTransaction'].map(
        (action) => `rds-data:${action}`,
      ),
      'rds:DescribeDBClusters',
      'secretsmanager:GetSecretValue',
    ]);
    expect(statements.slice(0, 2).map(({ Resource }) => Resource)).toEqual([
      CLUSTER_ARN,
      { Ref: 'AWS::StackId' },
    ]);
  });

  it('is there before the first run', () => {
    const [rule] = Object.values(template.findResources('AWS::Events::Rule'));

    expect(rule?.DependsOn).toContainEqual(expect.stringMatching(/^SessionPurgeUser[0-9A-F]{8}$/));
  });

  it('tells its warnings in the outputs, and its secret for the doctor', () => {
    const { DeploymentWarnings, SecretArn } = template.toJSON().Outputs;

    expect(DeploymentWarnings.Value['Fn::GetAtt'][1]).toBe('Warnings');
    expect(SecretArn.Value).toEqual(made);
  });

  it('sets off no alarm by being deployed', () => {
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties.AlarmName.endsWith('NoSuccess'),
    );
    const [expression] = alarm?.Properties.Metrics ?? [];
    const [, parts] = expression.Expression['Fn::Join'];

    expect(parts).toEqual([
      'IF(EPOCH(successes) < ',
      { 'Fn::GetAtt': [expect.stringMatching(/^SessionPurgeUserStart[0-9A-F]{8}$/), 'DeployedAt'] },
      ', 1, FILL(successes, 0))',
    ]);
    const stack = stackByAdmin({ alarmEmail: 'ops@example.com' });
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('has another name in another stack', () => {
    const nameIn = (id: string) => {
      const stack = new Stack(emptyStack().node.root as never, id);
      purge(stack, { adminSecret: Secret.fromSecretCompleteArn(stack, 'Admin', ADMIN_SECRET_ARN) });
      return JSON.stringify(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
    };

    expect(nameIn('One').match(/session_purge_\w+/)).not.toEqual(
      nameIn('Two').match(/session_purge_\w+/),
    );
  });

  it.each([
    ['all tables are named', {}],
    ['new tables may have come', { tables: ['*.django_session'] }],
    ['nothing is checked', { checkOnDeploy: false }],
  ])('has the same template whenever it is synthesized: %s', (_, given) => {
    const synthesizedAt = (time: string) => {
      jest.useFakeTimers({ now: new Date(time) });
      return Template.fromStack(stackByAdmin(given)).toJSON();
    };

    expect(synthesizedAt('2026-03-04T05:06:07Z')).toEqual(synthesizedAt('2027-01-02T03:04:05Z'));
    jest.useRealTimers();
  });

  it('is granted its rights anew where that is asked for', () => {
    const asked = Template.fromStack(stackByAdmin({ grantAgain: '2026-03-04' }));

    expect(user(asked)?.Properties.GrantAgain).toBe('2026-03-04');
  });

  it('starts the time in which runs are expected anew with another schedule alone', () => {
    const start = (given: Parameters<typeof stackByAdmin>[0]) =>
      only(Template.fromStack(stackByAdmin(given)), 'Custom::DjangoSessionPurgeStart');

    expect(start({ database: 'shop', grantAgain: '2', tables: ['other'] })).toEqual(start({}));
    for (const given of [{ schedule: Schedule.rate(Duration.hours(1)) }, { enabled: false }])
      expect(start(given)).not.toEqual(start({}));
  });

  it('is decrypted with the key of the secrets', () => {
    const encrypted = Template.fromStack(stackByAdmin({ kmsKeyArn: KEY_ARN }));
    const [secret] = Object.values(encrypted.findResources('AWS::SecretsManager::Secret'));

    expect(secret?.Properties.KmsKeyId).toBe(KEY_ARN);
    for (const role of [PURGE, DEPLOYMENT])
      expect(allowed(encrypted, role)).toContainEqual(
        expect.objectContaining({ Action: 'kms:Decrypt', Resource: KEY_ARN }),
      );
  });

  it('gives cdk-nag nothing to say', () => {
    const findings = (stack: SessionPurgeStack) =>
      new AwsSolutionsChecks(stack).validateScope(stack).violations.map(({ ruleName }) => ruleName);

    expect(findings(stackByAdmin({ ownerSecretArn: OWNER_SECRET_ARN }))).toEqual([]);
  });
});

describe('a user that was made by hand', () => {
  it('is checked by the app around an existing cluster, with its secret alone', () => {
    const template = Template.fromStack(stackWith({ checkOnDeploy: true }));

    expect(user(template)?.Properties).toMatchObject({ CheckOnDeploy: 'true' });
    expect(user(template)?.Properties).not.toHaveProperty('AdminSecretArn');
    expect(secretsOf(allowed(template, DEPLOYMENT))).toEqual([SECRET_ARN]);
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  it('is checked by default in the stack, and by the construct where that is asked for', () => {
    const construct = (checkOnDeploy?: boolean) => {
      const stack = emptyStack();
      purge(stack, checkOnDeploy === undefined ? {} : { checkOnDeploy });
      return user(Template.fromStack(stack));
    };

    const { checkOnDeploy: _, ...byDefault } = { checkOnDeploy: undefined };
    expect(user(Template.fromStack(stackByAdmin(byDefault)))?.Properties.CheckOnDeploy).toBe(
      'true',
    );
    expect(construct()).toBeUndefined();
    expect(construct(true)).toBeDefined();
  });
});

describe('in an app with its own cluster', () => {
  function cluster(stack: Stack): DatabaseCluster {
    return new DatabaseCluster(stack, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({
        version: AuroraPostgresEngineVersion.VER_17_4,
      }),
      writer: ClusterInstance.serverlessV2('Writer'),
      vpc: new Vpc(stack, 'Vpc') as IVpc,
      enableDataApi: true,
    });
  }

  it("the cluster and a database's name are enough: its own secret is the admin's", () => {
    const stack = emptyStack();
    const own = cluster(stack);
    new SessionPurge(stack, 'Purge', { cluster: own, database: 'shop' });
    const template = Template.fromStack(stack);

    const { Properties, DependsOn } = user(template) ?? {};
    expect(Properties).toMatchObject({
      AdminSecretArn: stack.resolve(own.secret?.secretArn),
      CheckOnDeploy: 'false',
    });
    expect(DependsOn).toContainEqual(expect.stringMatching(/^ClusterWriter/));
    expect(secretsOf(allowed(template, 'PurgeRole'))).toEqual([
      { Ref: expect.stringMatching(/^PurgeUserSecret/) },
    ]);
  });

  it('a secret by hand goes before that', () => {
    const stack = emptyStack();
    const secret = Secret.fromSecretCompleteArn(stack, 'Secret', SECRET_ARN);
    new SessionPurge(stack, 'Purge', { cluster: cluster(stack), secret, database: 'shop' });

    expect(user(Template.fromStack(stack))).toBeUndefined();
  });

  it.each([
    ['neither', {}, /adminSecret must be given, since the cluster has no secret of its own here/],
    [
      'both',
      { secret: SECRET_ARN, adminSecret: ADMIN_SECRET_ARN },
      /exactly one of secret and admin/,
    ],
    [
      'an owner beside a secret',
      { secret: SECRET_ARN, ownerSecret: OWNER_SECRET_ARN },
      /ownerSecret goes with adminSecret/,
    ],
    [
      "another region's",
      { adminSecret: ADMIN_SECRET_ARN.replace('eu-west-1', 'us-east-1') },
      /adminSecret must be in the cluster's region eu-west-1, got "us-east-1"/,
    ],
  ])('says who makes the user: %s is refused', (_, arns, message) => {
    const stack = emptyStack();
    const secrets = Object.entries(arns).map(([name, arn]) => [
      name,
      Secret.fromSecretCompleteArn(stack, name, arn),
    ]);
    const props = { clusterArn: CLUSTER_ARN, database: 'shop', ...Object.fromEntries(secrets) };

    expect(() => new SessionPurge(stack, 'Purge', props)).toThrow(message);
  });
});
