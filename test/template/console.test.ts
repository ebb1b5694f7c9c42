import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readRequest } from '../../lambda/input/request';
import { SessionPurgeStack, type SessionPurgeStackProps } from '../../lib';
import { CLUSTER_ARN, only, SECRET_ARN, stackWith } from './synthesized';

const SCHEMA = 'AWS::EventSchemas::Schema';
const REGISTRY = 'AWS::EventSchemas::Registry';

const templateWith = (given: Partial<SessionPurgeStackProps>) =>
  Template.fromStack(stackWith(given));

/** An output's value, with references written as `<logical id>`. */
function outputOf(template: Template, name: string): string {
  const { Value } = template.toJSON().Outputs[name];
  const parts: unknown[] = Value['Fn::Join']?.[1] ?? [Value];
  return parts.map((part) => (typeof part === 'string' ? part : `<${refOf(part)}>`)).join('');
}

const refOf = (part: unknown) => (part as { Ref: string }).Ref.replace(/[0-9A-F]{8}$/, '');

describe('the outputs', () => {
  const template = templateWith({});

  it.each([
    [
      'FunctionLink',
      'https://console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/<SessionPurgeFunction>?tab=testing',
    ],
    [
      'LogLink',
      'https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/<SessionPurgeLogGroup>',
    ],
    [
      'DashboardLink',
      'https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/<Dashboard>',
    ],
    ['FunctionName', '<SessionPurgeFunction>'],
    ['LogGroupName', '<SessionPurgeLogGroup>'],
    [
      'PauseCommand',
      `aws ssm put-parameter --region eu-west-1 --name <SessionPurgeControlParameter> --overwrite --value '{"paused":true,"note":"why"}'`,
    ],
  ])('have %s', (name, value) => {
    expect(outputOf(template, name)).toBe(value);
  });

  it.each([
    ['cn-north-1', 'https://console.amazonaws.cn/'],
    ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
  ])('lead to the console of the partition: %s', (region, start) => {
    const inRegion = (arn: string) => arn.replace('eu-west-1', region);
    const stack = new SessionPurgeStack(new App(), 'SessionPurge', {
      clusterArn: inRegion(CLUSTER_ARN),
      secretArn: inRegion(SECRET_ARN),
      database: 'shop',
    });

    expect(outputOf(Template.fromStack(stack), 'LogLink')).toContain(start);
  });

  it.each(['eusc-de-east-1', 'us-iso-east-1', 'us-isob-east-1', 'eu-isoe-west-1'])(
    'have no link to a console whose address is not public: %s',
    (region) => {
      const stack = new SessionPurgeStack(new App(), 'SessionPurge', {
        clusterArn: CLUSTER_ARN.replace('eu-west-1', region),
        secretArn: SECRET_ARN.replace('eu-west-1', region),
        database: 'shop',
      });
      const template = JSON.stringify(Template.fromStack(stack).toJSON());

      expect(template).not.toMatch(/https?:\/\/console/);
      expect(template).not.toContain('undefined');
    },
  );

  it('tell of nothing that is not there', () => {
    const { Outputs } = templateWith({ dashboard: false, controlParameter: false }).toJSON();

    expect(Object.keys(Outputs)).toEqual([
      'FunctionName',
      'FunctionLink',
      'LogGroupName',
      'LogLink',
      'DryRunCommand',
    ]);
  });
});

describe('the test events', () => {
  const content = (given: Partial<SessionPurgeStackProps>) =>
    JSON.parse(only(templateWith(given), SCHEMA).Content);

  it("are not there unless asked for: the registry is the account's", () => {
    templateWith({}).resourceCountIs(SCHEMA, 0);
    templateWith({}).resourceCountIs(REGISTRY, 0);
  });

  it('are where the console looks for those of the function', () => {
    const { RegistryName, SchemaName, Type } = only(templateWith({ testEvents: true }), SCHEMA);

    expect({ RegistryName, Type }).toEqual({
      RegistryName: 'lambda-testevent-schemas',
      Type: 'OpenApi3',
    });
    expect(SchemaName).toEqual({
      'Fn::Join': ['', ['_', { Ref: expect.stringMatching(/^SessionPurgeFunction/) }, '-schema']],
    });
  });

  it('are what a person wants to do', () => {
    const { openapi, components } = content({ testEvents: true });

    expect(openapi).toBe('3.0.0');
    expect(components.examples).toEqual({
      'dry run': { value: { dryRun: true } },
      'purge now': { value: {} },
      'at most 1000 rows': { value: { maxRows: 1000 } },
      check: { value: { check: true } },
    });
  });

  it('are events that the function takes', () => {
    const examples: { value: object }[] = Object.values(
      content({ testEvents: true }).components.examples,
    );

    expect(examples).toHaveLength(4);
    for (const { value } of examples) expect(() => readRequest(value, [])).not.toThrow();
  });

  it('use the registry of the account, which is created on request, before them, and stays', () => {
    templateWith({ testEvents: true }).resourceCountIs(REGISTRY, 0);

    const template = templateWith({ testEvents: 'create-registry' });
    const [registryId] = Object.keys(template.findResources(REGISTRY));
    const [schema] = Object.values(template.findResources(SCHEMA));
    template.hasResource(REGISTRY, {
      Properties: { RegistryName: 'lambda-testevent-schemas' },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    expect(schema?.DependsOn).toEqual([registryId]);
  });
});
