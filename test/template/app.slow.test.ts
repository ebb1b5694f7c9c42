import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLUSTER_ARN, SECRET_ARN } from './synthesized';

const root = join(__dirname, '../..');
const output = mkdtempSync(join(tmpdir(), 'cdk.out-'));
afterAll(() => rmSync(output, { recursive: true }));

/** Runs the app as the CDK CLI does, without any AWS credentials. */
function runApp(context: Record<string, unknown>) {
  const environment = {
    PATH: process.env.PATH,
    CDK_OUTDIR: output,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  return spawnSync(process.execPath, [join(root, 'node_modules/tsx/dist/cli.mjs'), 'bin/app.ts'], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
}

it('synthesizes a template for each purge', () => {
  const purge = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };

  const { status } = runApp({
    purges: [
      { ...purge, name: 'shop' },
      { ...purge, name: 'blog' },
    ],
  });

  expect(status).toBe(0);
  expect(readdirSync(output)).toEqual(
    expect.arrayContaining(['SessionPurge-shop.template.json', 'SessionPurge-blog.template.json']),
  );
});

it('has each deployment grant for the tenants that came since the last one', () => {
  const purge = { clusterArn: CLUSTER_ARN, adminSecretArn: SECRET_ARN, database: 'shop' };
  const asked = (name: string) =>
    /"GrantAgain": ?"([^"]+)"/.exec(
      readFileSync(join(output, `SessionPurge-${name}.template.json`), 'utf8'),
    )?.[1];

  runApp({
    purges: [
      { ...purge, name: 'tenants', tables: ['*.django_session'] },
      { ...purge, name: 'one', tables: ['django_session'] },
    ],
  });

  expect(asked('tenants')).toMatch(/^\d{4}-\d\d-\d\dT/);
  expect(asked('one')).toBeUndefined();
});

it('takes away the report of an earlier synth, which the CLI would print again', () => {
  const report = join(output, 'validation-report.json');
  writeFileSync(report, '{}');

  runApp({ clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' });

  expect(existsSync(report)).toBe(false);
});

it('synthesizes on a fresh clone, with three values and an address, and without credentials', () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const arns = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN };
  const values = { ...arns, database: 'shop', alarmEmail: 'ops@example.com' };
  const context = Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const cli = join(root, 'node_modules/aws-cdk/bin/cdk');
  // The bundle is there already, and other tests run it: not built again.
  const flags = ['--quiet', '--output', join(home, 'cdk.out'), '--build', 'node --version'];

  const { status, stderr } = spawnSync(process.execPath, [cli, 'synth', ...flags, ...context], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: home, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    encoding: 'utf8',
  });

  expect(stderr).not.toMatch(/error|warning/i);
  expect(status).toBe(0);
  expect(readdirSync(join(home, 'cdk.out'))).toContain('SessionPurge-shop--shop.template.json');
  rmSync(home, { recursive: true });
});

it('synthesizes a fleet from its file', () => {
  const file = join(output, 'fleet.json');
  const purge = { clusterArn: CLUSTER_ARN, secretArn: SECRET_ARN, database: 'shop' };
  writeFileSync(file, JSON.stringify({ purges: [{ ...purge, name: 'one' }] }));

  const { status } = runApp({ fleet: file });

  expect(status).toBe(0);
  expect(readdirSync(output)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^SessionPurgeFleet-\w.*-fleet-[0-9a-f]{8}--one\.template\.json$/),
      expect.stringMatching(
        /^SessionPurgeFleet-\w.*-fleet-[0-9a-f]{8}-123456789012-eu-west-1\.template\.json$/,
      ),
    ]),
  );
});

it.each([
  ["a key that is every object's", JSON.parse('{"__proto__":{"database":"shop"}}')],
  ['a fleet that is no file', { fleet: '/nowhere' }],
  ['a fleet that is a directory', { fleet: tmpdir() }],
])('tells of %s without a stack trace', (_case, context) => {
  const { status, stderr } = runApp(context);

  expect(status).toBe(1);
  expect(stderr).toMatch(/is not set|fleet must be a file with JSON in it/);
  expect(stderr).not.toMatch(/^\s+at /m);
});

it('tells what is missing, without a stack trace, and fails', () => {
  const { status, stdout, stderr } = runApp({});

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(
    "clusterArn is not set\n  database is not set\n  adminSecretArn is not set; or set secretArn, where you made the purge's user by hand\n",
  );
  expect(stderr).not.toMatch(/^\s+at /m);
});
