import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { context } from '../../cdk.json';
import { templateText } from '../../lib/template/purge-template';
import { seedSessions } from '../../local/django-table';
import { startParameterStore } from '../../local/parameter-store';
import { codeBlocks, readPage } from '../docs/pages';
import { deploy } from '../support/deployed-function';
import { createDatabase } from '../support/postgres';
import { deployTemplate, type Template } from './one-template-deployment';
import { CLUSTER_ARN, newApp } from './synthesized';

/** The rules and the resources' schemas of CloudFormation that the CDK ships; it validates its own templates with them. */
const { CelEngine, TemplateContent } = require(
  join(__dirname, '../../node_modules/aws-cdk-lib/node_modules/@aws/cloudformation-validate'),
);

const text = templateText(context);
const template: Template = JSON.parse(text);

const directory = mkdtempSync(join(tmpdir(), 'session-purge-one-template-'));
const path = join(directory, 'django-session-purge.template.json');
writeFileSync(path, text);
afterAll(() => rmSync(directory, { recursive: true }));

it('purges by the code and the environment that it has in it', async () => {
  const db = await createDatabase();
  await seedSessions(db.admin, { expired: 300, live: 30, expiredOverDays: 90 });
  const { resources } = deployTemplate(template, {
    ClusterArn: db.dataApi.resourceArn,
    SecretArn: db.dataApi.secretArn,
    Database: db.database,
  });
  const fn = resources.SessionPurgeFunction?.Properties;
  const bundlePath = join(directory, 'index.js');
  writeFileSync(bundlePath, fn.Code.ZipFile);
  const name = 'control';
  const parameters = await startParameterStore({
    parameters: { [name]: resources.SessionPurgeControlParameter?.Properties.Value },
  });
  const purge = deploy({
    bundlePath,
    env: {
      ...db.environment,
      ...fn.Environment.Variables,
      SESSION_PURGE_CONTROL_PARAMETER: name,
      AWS_ENDPOINT_URL_SSM: parameters.endpoint,
    },
  });

  const { report } = await purge.invoke();
  const { rows } = await db.admin.query('SELECT COUNT(*)::int AS left FROM django_session');
  await purge.stop();
  await parameters.close();
  await db.close();

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: 300 });
  expect(rows).toEqual([{ left: 30 }]);
});

describe('by the rules of CloudFormation', () => {
  const engine = new CelEngine();
  afterAll(() => engine.free());

  interface Finding {
    readonly severity: string;
    readonly ruleId: string;
    readonly message: string;
  }

  const findingsIn = (checked: string): Finding[] =>
    engine.validateTemplate(new TemplateContent(checked)).diagnostics;

  const saying = (findings: readonly Finding[], severities: readonly string[]) =>
    findings
      .filter(({ severity }) => severities.includes(severity))
      .map(({ ruleId, message }) => `${ruleId} ${message}`);

  it('has no error, and no warning without a reason', () => {
    const findings = findingsIn(text);
    const warnings = saying(findings, ['WARN']).filter(
      (each) =>
        // It does not know that each of these stands under the condition that goes with it.
        !/^W1001 .*'SessionPurgeUserSecret'/.test(each) &&
        !/^W1030 {'Ref': '(SecretArn|AlarmTopicArn)'} default ''/.test(each) &&
        !/^W1030 {'Ref': 'LogRetentionDays'} AllowedValues entry '9999'/.test(each) &&
        // An ARN is no secret.
        !/^W2509 Parameter '\w*SecretArn'/.test(each) &&
        // The CDK says twice that a function needs its role.
        !/^W3005 .*Role'/.test(each),
    );

    expect(saying(findings, ['ERROR', 'FATAL'])).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('would have an error for a property that a resource does not have', () => {
    const broken = text.replace('"MessageRetentionPeriod"', '"RetentionPeriod"');

    expect(saying(findingsIn(broken), ['ERROR', 'FATAL'])).toEqual([
      expect.stringContaining("'RetentionPeriod' was unexpected"),
    ]);
  });
});

it("goes into another CDK app as it is, with the values of the documentation's app", () => {
  const [app = ''] = codeBlocks(readPage('docs/without-cdk.md'), 'python');
  const given = [...app.matchAll(/^ {8}"(\w+)": "(.*)",$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  const stack = new Stack(newApp(), 'Shop');
  const sessions = new CfnInclude(stack, 'Sessions', {
    templateFile: path,
    parameters: Object.fromEntries(given),
  });
  const fn = sessions.getResource('SessionPurgeFunction') as CfnFunction;
  new CfnOutput(stack, 'PurgeFunction', { value: fn.attrArn });

  const included = Assertions.fromStack(stack).toJSON() as Template;
  // Of the app's own bootstrap.
  const { CheckBootstrapVersion: _, ...Rules } = included.Rules ?? {};
  const { resources, outputs } = deployTemplate({ ...included, Rules });

  expect(given).toHaveLength(4);
  expect(Object.keys(included.Parameters ?? {})).toEqual(
    expect.arrayContaining(['SecretArn', 'Schedule']),
  );
  expect(included.Parameters).not.toHaveProperty('ClusterArn');
  expect(resources.SessionPurgeFunction?.Properties.Environment.Variables).toEqual({
    SESSION_PURGE_CLUSTER_ARN: CLUSTER_ARN,
    SESSION_PURGE_SECRET_ARN: '<SessionPurgeUserSecret>',
    SESSION_PURGE_DATABASE: 'shop',
    SESSION_PURGE_CONTROL_PARAMETER: '<SessionPurgeControlParameter>',
  });
  expect(outputs.PurgeFunction).toBe('<SessionPurgeFunction.Arn>');
});
