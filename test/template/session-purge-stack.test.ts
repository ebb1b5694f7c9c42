import { App, Duration, Validations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../../cdk.json';
import { SessionPurgeStack } from '../../lib';
import { CLUSTER_ARN, KEY_ARN, only, SECRET_ARN, stackByAdmin, stackWith } from './synthesized';

const statementsOf = (stack: SessionPurgeStack) =>
  only(Template.fromStack(stack), 'AWS::IAM::Role').Policies[0].PolicyDocument.Statement;

describe('the stack', () => {
  it('belongs in the account and region of the cluster', () => {
    const { account, region } = stackWith();

    expect({ account, region }).toEqual({ account: '123456789012', region: 'eu-west-1' });
  });

  it('hands the options on to the purge', () => {
    const { Timeout, Environment } = only(
      Template.fromStack(stackWith({ timeout: Duration.minutes(5), purgeName: 'shop' })),
      'AWS::Lambda::Function',
    );

    expect(Timeout).toBe(300);
    expect(Environment.Variables.SESSION_PURGE_NAME).toBe('shop');
  });

  it('links to the console alone: no other page is published', () => {
    const template = JSON.stringify(Template.fromStack(stackWith()).toJSON());
    const hosts = [...template.matchAll(/https:\/\/([\w.-]+)/g)].map(([, host]) => host);

    expect(new Set(hosts)).toEqual(new Set(['console.aws.amazon.com']));
  });

  it('takes an ARN that is none to the construct, which says so', () => {
    expect(() => stackWith({ clusterArn: 'shop' })).toThrow(
      /^SessionPurge\/SessionPurge: clusterArn must be an Aurora cluster's ARN like .*, got "shop"$/,
    );
  });

  it('names the function and its log, and tells the command for a dry run', () => {
    const { FunctionName, LogGroupName, DryRunCommand } = Template.fromStack(stackWith()).toJSON()
      .Outputs;

    expect(FunctionName.Value).toEqual({ Ref: expect.stringMatching(/^SessionPurgeFunction/) });
    expect(LogGroupName.Value).toEqual({ Ref: expect.stringMatching(/^SessionPurgeLogGroup/) });
    expect(DryRunCommand.Value['Fn::Join']).toEqual([
      '',
      [
        'aws lambda invoke --region eu-west-1 --function-name ',
        FunctionName.Value,
        ` --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{"dryRun":true}' /dev/stdout`,
      ],
    ]);
  });

  it.each([
    ['complete', SECRET_ARN, [SECRET_ARN, `${SECRET_ARN}-??????`]],
    ['partial', SECRET_ARN.slice(0, -7), `${SECRET_ARN.slice(0, -7)}-??????`],
  ])('reads the secret of a %s ARN', (_case, secretArn, resource) => {
    expect(statementsOf(stackWith({ secretArn }))).toContainEqual({
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: resource,
    });
  });

  it('warns of a part of an ARN, and of no whole one', () => {
    const warnings = (stack: SessionPurgeStack) =>
      Annotations.fromStack(stack)
        .findWarning('*', Match.stringLikeRegexp("^the secret's ARN lacks its end, "))
        .map(({ id }) => id);

    expect(warnings(stackWith())).toEqual([]);
    expect(warnings(stackWith({ secretArn: SECRET_ARN.slice(0, -7) }))).toHaveLength(1);
    expect(warnings(stackByAdmin())).toEqual([]);
    expect(
      warnings(
        stackByAdmin({
          adminSecretArn: SECRET_ARN.replace(/[^:]+$/, 'rds!cluster-5f0c-1b7a4c9d2e80'),
        }),
      ),
    ).toHaveLength(1);
  });

  it('decrypts the secret with its own key', () => {
    expect(statementsOf(stackWith({ kmsKeyArn: KEY_ARN }))).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: KEY_ARN,
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    });
  });
});

describe('cdk-nag AwsSolutions', () => {
  const findings = (stack: SessionPurgeStack) =>
    new AwsSolutionsChecks(stack).validateScope(stack).violations.map(({ ruleName }) => ruleName);

  const acknowledged = (stack: SessionPurgeStack) =>
    stack.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .map(({ data }) => [node.path, JSON.stringify(data)]),
      );

  it('finds nothing, with nothing suppressed', () => {
    const stack = stackWith({
      kmsKeyArn: KEY_ARN,
      alarmEmail: 'ops@example.com',
      testEvents: 'create-registry',
    });

    expect(findings(stack)).toEqual([]);
    expect(acknowledged(stack)).toEqual([]);
  });

  it('finds nothing where the load is looked at, with that one statement acknowledged', () => {
    const stack = stackWith({ maxCpuPercent: 80 });

    expect(findings(stack)).toEqual([]);
    expect(acknowledged(stack)).toEqual([
      ['SessionPurge/SessionPurge/Role', expect.stringContaining('IAM5[Resource::*]')],
    ]);
    expect(acknowledged(stack)[0]?.[1]).toContain('cloudwatch:GetMetricData');
  });

  it('would find a permission on everything', () => {
    const stack = stackWith();
    stack.purge.role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));

    expect(findings(stack)).toEqual([
      'AwsSolutions-IAM5[Action::s3:*]',
      'AwsSolutions-IAM5[Resource::*]',
    ]);
  });
});

describe("CloudFormation's own rules", () => {
  const validated = () =>
    new App({ context: { ...context, '@aws-cdk/core:validateAgainstDefaultRules': true } });
  // A synth prints its warnings, and without a recipient of the alarms there is one.
  const alarmEmail = 'ops@example.com';
  const required = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop', alarmEmail };

  it('hold for the template with all that can be asked for', () => {
    const app = validated();
    new SessionPurgeStack(app, 'SessionPurge', {
      ...required,
      kmsKeyArn: KEY_ARN,
      maxCpuPercent: 80,
      testEvents: 'create-registry',
      drain: true,
    });

    expect(() => app.synth()).not.toThrow();
  });

  it('hold for the template with a user that the deployment makes', () => {
    const app = validated();
    const { secretArn: adminSecretArn, ...others } = required;
    new SessionPurgeStack(app, 'SessionPurge', { ...others, adminSecretArn });

    expect(() => app.synth()).not.toThrow();
  });

  it('would find a value that is none', () => {
    const app = validated();
    const stack = new SessionPurgeStack(app, 'SessionPurge', required);
    new CfnQueue(stack, 'Queue', { visibilityTimeout: 999_999 });

    expect(() => app.synth()).toThrow(/VisibilityTimeout: 999999 is greater than the maximum/);
  });
});
