import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { SessionPurgeDrain, type SessionPurgeDrainProps } from '../../lib';
import { codeBlocks, readPage } from '../docs/pages';
import { emptyStack, only, purge, stackWith } from '../template/synthesized';

const MACHINE = 'AWS::StepFunctions::StateMachine';

function drainTemplate(given: Omit<SessionPurgeDrainProps, 'purge'> = {}): Template {
  const stack = emptyStack();
  new SessionPurgeDrain(stack, 'Drain', { purge: purge(stack), ...given });
  return Template.fromStack(stack);
}

/** The definition, with references written as `<logical id>`. */
function definitionIn(template: Template) {
  const { DefinitionString } = only(template, MACHINE);
  const parts: (string | { 'Fn::GetAtt'?: string[]; Ref?: string })[] =
    DefinitionString['Fn::Join'][1];
  const text = parts.map((part) =>
    typeof part === 'string' ? part : `<${part['Fn::GetAtt']?.[0] ?? part.Ref}>`,
  );
  return JSON.parse(text.join(''));
}

describe('a drain', () => {
  it('is a standard state machine and a role, and nothing else', () => {
    const [withIt, without] = [true, false].map((drain) =>
      Template.fromStack(stackWith({ drain, alarms: false })).toJSON(),
    );
    const types = (template: typeof withIt) =>
      Object.values<{ Type: string }>(template?.Resources).map(({ Type }) => Type);

    expect(types(withIt).sort()).toEqual([...types(without), MACHINE, 'AWS::IAM::Role'].sort());
    for (const [id, resource] of Object.entries(without?.Resources))
      expect(withIt?.Resources[id]).toEqual(resource);
    expect(only(Template.fromStack(stackWith({ drain: true })), MACHINE)).not.toHaveProperty(
      'StateMachineType',
      'EXPRESS',
    );
  });

  it('may invoke the one function, and do nothing else', () => {
    const template = drainTemplate();
    const [functionId] = Object.keys(template.findResources('AWS::Lambda::Function'));
    const [role] = Object.values(template.findResources('AWS::IAM::Role')).filter(
      ({ Properties }) =>
        Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service ===
        'states.amazonaws.com',
    );

    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    expect(role?.Properties.Policies).toHaveLength(1);
    expect(role?.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [functionId, 'Arn'] },
      },
    ]);
  });

  it('invokes that function', () => {
    const { States } = definitionIn(drainTemplate());

    expect(States['Purge one round']).toMatchObject({
      Resource: expect.stringMatching(/^arn:.*:states:::lambda:invoke$/),
      Arguments: { FunctionName: expect.stringMatching(/^<PurgeFunction/) },
    });
  });

  it('waits for ten minutes and takes fourteen days at most, unless it is told otherwise', () => {
    const waitsOf = (definition: { TimeoutSeconds: number; States: Record<string, object> }) => [
      definition.TimeoutSeconds,
      ...['the purge is paused', 'the database is busy', 'the cluster is asleep'].map(
        (why) => (definition.States[`Wait while ${why}`] as { Seconds: number }).Seconds,
      ),
    ];
    const given = { patience: Duration.minutes(1), timeout: Duration.days(365) };

    expect(waitsOf(definitionIn(drainTemplate()))).toEqual([1_209_600, 600, 600, 600]);
    expect(waitsOf(definitionIn(drainTemplate(given)))).toEqual([31_536_000, 60, 60, 60]);
  });

  it('refuses times that cannot work, all at once', () => {
    const given = { patience: Duration.seconds(59), timeout: Duration.days(366) };

    expect(() => drainTemplate(given)).toThrow(
      'Shop/Drain: patience must be a whole number of seconds from 60 to 86400, got 59; ' +
        'timeout must be a whole number of seconds from 3600 to 31536000, got 31622400',
    );
  });

  it('is not there unless it is asked for', () => {
    expect(stackWith().drain).toBeUndefined();
    Template.fromStack(stackWith()).resourceCountIs(MACHINE, 0);
  });
});

describe('the outputs of a stack with a drain', () => {
  const template = Template.fromStack(stackWith({ drain: true }));
  const outputOf = (name: string): string => {
    const { Value } = template.toJSON().Outputs[name];
    const parts: unknown[] = Value['Fn::Join'][1];
    return parts.map((part) => (typeof part === 'string' ? part : '<machine>')).join('');
  };
  const NEWEST =
    'aws stepfunctions list-executions --region eu-west-1 --state-machine-arn <machine>';
  const FIRST = "--no-paginate --query 'executions[0].executionArn' --output text";

  it.each([
    [
      'DrainCommand',
      'aws stepfunctions start-execution --region eu-west-1 --state-machine-arn <machine> --name drain-$(date -u +%F)',
    ],
    [
      'WatchDrainCommand',
      `aws stepfunctions get-execution-history --region eu-west-1 --execution-arn "$(${NEWEST} ${FIRST})" --reverse-order --no-paginate --query 'events[?stateExitedEventDetails.name==\`Progress\`] | [0].stateExitedEventDetails.output' --output text`,
    ],
    [
      'StopDrainCommand',
      `aws stepfunctions stop-execution --region eu-west-1 --execution-arn "$(${NEWEST} --status-filter RUNNING ${FIRST})"`,
    ],
    [
      'DrainLink',
      'https://console.aws.amazon.com/states/home?region=eu-west-1#/statemachines/view/<machine>',
    ],
  ])('have %s', (name, value) => {
    expect(outputOf(name)).toBe(value);
  });
});

describe('the loop of docs/backlog.md over the drains of a fleet', () => {
  const [loop = ''] = codeBlocks(readPage('docs/backlog.md'), 'sh');
  const directory = mkdtempSync(join(tmpdir(), 'session-purge-drains-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('starts the drain of each stack, once a day', () => {
    const calls = join(directory, 'calls');
    const aws = `#!/bin/sh
echo "$*" >> ${calls}
case "$2" in describe-stack-resources) echo "arn:of:$4" ;; esac
`;
    writeFileSync(join(directory, 'aws'), aws, { mode: 0o755 });
    const env = { PATH: `${directory}:${process.env.PATH}` };
    execFileSync('bash', ['-euc', loop], { env });

    const started = readFileSync(calls, 'utf8')
      .split('\n')
      .filter((call) => call.startsWith('stepfunctions'));
    const start = 'stepfunctions start-execution --state-machine-arn arn:of:SessionPurge-';
    expect(started.map((call) => call.replace(/\d{4}-\d\d-\d\d$/, 'today'))).toEqual([
      `${start}shop --name drain-today`,
      `${start}blog --name drain-today`,
    ]);
  });
});

describe('what others say of a drain', () => {
  it('is nothing for cdk-nag, but for two rules that are acknowledged with a reason', () => {
    const stack = stackWith({ drain: true, alarmEmail: 'ops@example.com' });
    const violations = new AwsSolutionsChecks(stack).validateScope(stack).violations;
    const acknowledged = stack.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .map(({ data }) => [node.path, JSON.stringify(data)]),
      );

    expect(violations).toEqual([]);
    expect(new Set(acknowledged.map(([path]) => path))).toEqual(
      new Set(['SessionPurge/Drain/StateMachine']),
    );
    expect(JSON.stringify(acknowledged)).toMatch(/SF1.*its history for 90 days.*SF2/);
  });
});
