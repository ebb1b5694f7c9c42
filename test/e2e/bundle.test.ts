import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { SessionPurgeStack } from '../../lib';
import { seedSessions } from '../../local/django-table';
import type { JsonService } from '../../local/json-service';
import { startParameterStore } from '../../local/parameter-store';
import { deploy } from '../support/deployed-function';
import { createDatabase, type TestDatabase } from '../support/postgres';
import { describeWhere } from '../support/skip';

let db: TestDatabase;
let assembly: string;
let parameters: JsonService;
let deployed: ReturnType<typeof synthesize>;

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Environment: { readonly Variables: Record<string, string | { readonly Ref: string }> };
    readonly Value: string;
  };
  readonly Metadata: { readonly 'aws:asset:path': string };
}

/** The code, the environment and the parameters that the deployment would upload, out of a cloud assembly. */
function synthesize() {
  const app = new App({
    outdir: assembly,
    context: { 'aws:cdk:enable-asset-metadata': true },
  });
  const { resourceArn: clusterArn, secretArn } = db.dataApi;
  new SessionPurgeStack(app, 'Shop', { clusterArn, secretArn, database: db.database });
  app.synth();
  const template = JSON.parse(readFileSync(join(assembly, 'Shop.template.json'), 'utf8'));
  const resources: Record<string, Resource> = template.Resources;
  const ofType = (type: string) =>
    Object.entries(resources).filter(([, { Type }]) => Type === type);
  const [[, fn]] = ofType('AWS::Lambda::Function') as [[string, Resource]];
  return {
    bundlePath: join(assembly, fn.Metadata['aws:asset:path'], 'index.js'),
    // CloudFormation puts a parameter's name in place of the reference to it.
    env: Object.fromEntries(
      Object.entries(fn.Properties.Environment.Variables).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : value.Ref,
      ]),
    ),
    parameters: Object.fromEntries(
      ofType('AWS::SSM::Parameter').map(([id, { Properties }]) => [id, Properties.Value]),
    ),
  };
}

beforeAll(async () => {
  db = await createDatabase();
  assembly = mkdtempSync(join(tmpdir(), 'session-purge-assembly-'));
  deployed = synthesize();
  parameters = await startParameterStore(deployed);
});

afterAll(async () => {
  rmSync(assembly, { recursive: true, force: true });
  await parameters.close();
  await db.close();
});

const NODE_24 = join(__dirname, '../../node_modules/node/bin/node');

it('is what the stack deploys, to the byte', () => {
  const bundle = readFileSync(join(__dirname, '../../dist/lambda/index.js'));

  expect(readFileSync(deployed.bundlePath).equals(bundle)).toBe(true);
});

describe.each([
  ['the Node.js of these tests', process.execPath, true],
  ['Node.js 24, the version of the function', NODE_24, existsSync(NODE_24)],
])('the deployed code under %s', (_name, nodePath, isThere) => {
  describeWhere(isThere, 'Node.js 24', 'run npm ci with install scripts allowed', () => {
    const start = () => {
      const env = {
        ...db.environment,
        ...deployed.env,
        AWS_ENDPOINT_URL_SSM: parameters.endpoint,
      };
      return deploy({ env, nodePath, bundlePath: deployed.bundlePath });
    };

    it('runs on the version that it says', () => {
      const version = execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).trim();

      expect(version).toMatch(nodePath === NODE_24 ? /^v24\./ : process.version);
    });

    it('looks, purges on schedule, and finds nothing the next time', async () => {
      await db.admin.query('TRUNCATE django_session');
      await seedSessions(db.admin, { expired: 9000, live: 300, expiredOverDays: 900 });
      const purge = start();

      const dry = await purge.invoke({ dryRun: true });
      const scheduled = await purge.invoke();
      const again = await purge.invoke({});
      await purge.stop();

      expect(dry.report?.tables[0]).toMatchObject({ rowsExpired: 9000, rowsDeleted: 0 });
      expect(scheduled.report).toEqual({
        dryRun: false,
        cutoff: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        engine: 'postgresql',
        stopReason: 'drained',
        rowsDeleted: 9000,
        unknownOutcomes: 0,
        batches: expect.any(Number),
        dataApiCalls: expect.any(Number),
        retries: 0,
        slowestBatchMs: expect.any(Number),
        wakeMs: 0,
        durationMs: expect.any(Number),
        tables: [
          {
            table: 'public.django_session',
            stopReason: 'drained',
            rowsDeleted: 9000,
            rowsExpired: null,
            oldestExpired: null,
            backlogAgeSeconds: 0,
            walk: 'storage',
            walkReason: expect.stringMatching(
              /^a sample of \d+ of \d+ blocks has \d+\.\d expired rows a block$/,
            ),
          },
        ],
      });
      expect(parameters.calls).not.toEqual([]);
      expect(again.report).toMatchObject({ rowsDeleted: 0, dataApiCalls: 1 });
      const { rowCount } = await db.admin.query('SELECT FROM django_session');
      expect(rowCount).toBe(300);
    });

    it('logs the report that it returns, and emits it under the one dimension', async () => {
      const purge = start();

      const { report, log, metrics } = await purge.invoke();
      await purge.stop();

      expect(log.filter((line) => line.report)).toEqual([
        expect.objectContaining({ service: 'session-purge', level: 'INFO', report }),
      ]);
      expect(metrics).toHaveLength(1);
      expect(metrics[0]).toMatchObject({
        namespace: 'DjangoSessionPurge',
        dimensionSets: [['service']],
        dimensions: { service: 'session-purge' },
      });
    });

    it('logs an error before the report, where the queries of CloudWatch find it', async () => {
      const purge = start();

      const { error, output } = await purge.invoke({ cutoff: '2999-01-01T00:00:00Z' });
      await purge.stop();

      expect(error?.errorType).toBe('RequestError');
      const line = output.find((text) => text.includes('"report"')) ?? '';
      const fields = Object.keys(JSON.parse(line));
      expect(fields.slice(-2)).toEqual(['error', 'report']);
    });

    it.each([{ dryRun: true }, { maxRows: 1 }, { tables: ['django_session'] }, { check: true }])(
      'leaves it to the schedule to say how the purge does: %j',
      async (event) => {
        const purge = start();

        const { error, metrics } = await purge.invoke(event);
        await purge.stop();

        expect(error).toBeUndefined();
        const names = metrics.flatMap((emf) => Object.keys(emf.metrics));
        for (const name of ['Successes', 'Failures', 'Skips', 'BacklogAge']) {
          expect(names).not.toContain(name);
        }
      },
    );

    it('refuses an event that it does not understand, before it asks the database', async () => {
      const calls = db.dataApi.calls.length;
      const purge = start();

      const { error, metrics } = await purge.invoke({ dryrun: true });
      await purge.stop();

      expect(error).toMatchObject({
        errorType: 'RequestError',
        errorMessage:
          'unknown field "dryrun" in the event; did you mean "dryRun"? nothing was deleted',
      });
      expect(metrics).toEqual([]);
      expect(db.dataApi.calls).toHaveLength(calls);
    });
  });
});
