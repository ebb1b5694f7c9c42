import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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

it('tells what is missing, without a stack trace, and fails', () => {
  const { status, stdout, stderr } = runApp({});

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(
    'clusterArn is not set\n  secretArn is not set\n  database is not set\n',
  );
  expect(stderr).not.toMatch(/^\s+at /m);
});
