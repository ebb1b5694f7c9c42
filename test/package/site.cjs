// An app of a stranger, in CommonJS. It needs the packed package, a CDK and cdk-nag beside it, synthesizes into the directory
// of the first argument, and writes its templates and what cdk-nag found into the file of the second one.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const {
  App,
  Aspects,
  CfnParameter,
  Duration,
  Fn,
  PermissionsBoundary,
  Stack,
  Stage,
} = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const iam = require('aws-cdk-lib/aws-iam');
const rds = require('aws-cdk-lib/aws-rds');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
const purges = require('cdk-django-session-purge');
const { AwsSolutionsChecks } = require('cdk-nag');
const nagVersion = Number(require('cdk-nag/package.json').version.split('.')[0]);

const ARN = 'arn:aws:rds:eu-west-1:123456789012:cluster:shop';
const ADMIN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-admin-GhIjKl';
const env = { account: '123456789012', region: 'eu-west-1' };
// cdk-nag 3 finds something at the cluster, and would end the synthesis there.
const context = { '@aws-cdk/core:failSynthOnValidationErrors': false };
const app = new App({ context, outdir: process.argv[2], builtinCloudFormationValidation: false });
const stage = new Stage(app, 'Prod', {
  env,
  permissionsBoundary: PermissionsBoundary.fromName('limit'),
});

function made(stack) {
  const cluster = new rds.DatabaseCluster(stack, 'Cluster', {
    engine: rds.DatabaseClusterEngine.auroraPostgres({
      version: rds.AuroraPostgresEngineVersion.of('16.4', '16'),
    }),
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    }),
    writer: rds.ClusterInstance.serverlessV2('Writer'),
    enableDataApi: true,
  });
  const load = {
    whenPaused: 'skip',
    maxSleep: Duration.days(2),
    maxCpuPercent: 50,
    maxAcuPercent: 80,
  };
  const purge = new purges.SessionPurge(stack, 'Purge', { cluster, database: 'shop', ...load });
  purge.grantInvoke(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
  const drain = new purges.SessionPurgeDrain(stack, 'Drain', { purge });
  const alarms = new purges.SessionPurgeAlarms(stack, 'Alarms', { purge, drain });
  new purges.SessionPurgeDashboard(stack, 'Dashboard', { purge, alarms });
  new purges.SessionPurgeTestEvents(stack, 'TestEvents', { purge, createRegistry: true });
}

function imported(stack) {
  const cluster = rds.DatabaseCluster.fromDatabaseClusterAttributes(stack, 'Cluster', {
    clusterIdentifier: 'shop',
    dataApiEnabled: true,
  });
  const adminSecret = Secret.fromSecretCompleteArn(stack, 'Admin', ADMIN);
  new purges.SessionPurge(stack, 'Shop', { cluster, adminSecret, database: 'shop' });
  new purges.SessionPurge(stack, 'Blog', {
    cluster,
    adminSecret,
    database: 'blog',
    timeZone: 'UTC',
  });
}

function tokens(stack) {
  const text = (id) => new CfnParameter(stack, id).valueAsString;
  new purges.SessionPurge(stack, 'Purge', {
    clusterArn: text('Cluster'),
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', text('SecretArn')),
    database: text('Database'),
    tables: Fn.split(',', text('Tables')),
  });
}

for (const build of [made, imported, tokens]) build(new Stack(stage, build.name, {}));
new purges.SessionPurgeStack(app, 'stack', {
  clusterArn: ARN,
  adminSecretArn: ADMIN,
  database: 'shop',
});
if (nagVersion === 2) {
  for (const each of [app, stage]) Aspects.of(each).add(new AwsSolutionsChecks());
} else {
  require('aws-cdk-lib').Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/** What cdk-nag 2 leaves at the constructs. */
const noted = () =>
  app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === 'aws:cdk:error')
        .map(({ data }) => `${node.path}: ${String(data).split(':')[0]}`),
    );

/** What cdk-nag 3 reports. */
function reported() {
  const report = join(app.outdir, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(report, 'utf8'));
  return pluginReports
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${constructPath}: ${ruleName}`),
    );
}

const assembly = app.synth();
const stacks = [...assembly.stacks, ...assembly.getNestedAssembly(stage.artifactId).stacks];
const templates = Object.fromEntries(
  stacks.map(({ stackName, template }) => [stackName, template]),
);
const found = [...new Set(nagVersion === 2 ? noted() : reported())].sort();
writeFileSync(process.argv[3], JSON.stringify({ found, templates }));
