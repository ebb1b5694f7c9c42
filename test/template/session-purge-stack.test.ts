import { App, Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../../cdk.json';
import { SessionPurgeStack, type SessionPurgeStackProps } from '../../lib';
import { CLUSTER_ARN, KEY_ARN, only, SECRET_ARN } from './synthesized';

function stackWith(given: Partial<SessionPurgeStackProps> = {}): SessionPurgeStack {
  const required = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };
  return new SessionPurgeStack(new App({ context }), 'SessionPurge', { ...required, ...given });
}

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
    ['complete', SECRET_ARN, SECRET_ARN],
    ['partial', SECRET_ARN.slice(0, -7), `${SECRET_ARN.slice(0, -7)}-??????`],
  ])('reads the secret of a %s ARN', (_case, secretArn, resource) => {
    expect(statementsOf(stackWith({ secretArn }))).toContainEqual({
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: resource,
    });
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

  it('finds nothing, with nothing suppressed', () => {
    expect(findings(stackWith({ kmsKeyArn: KEY_ARN }))).toEqual([]);
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
