import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerDependencies } from '../../package.json';

const ROOT = join(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'strangers-'));
afterAll(() => rmSync(directory, { recursive: true }));

const OLDEST = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.slice(1)}`);
const COMPILERS = { 'typescript-5.4': '5.4.5', 'typescript-5.9': '5.9.3' };

const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const NOT_CHECKED_OUT = new Set(['.git', 'node_modules', 'dist', 'cdk.out', 'test']);

/** Packs a checkout without anything built, as npm does that installs from git. Returns the packed file. */
function pack(): string {
  const checkout = join(directory, 'checkout');
  const others = readdirSync(ROOT).filter((name) => !NOT_CHECKED_OUT.has(name));
  for (const name of others) {
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const [{ filename }] = JSON.parse(run(checkout, 'npm', 'pack', '--json', '--silent'));
  return join(checkout, filename);
}

/** A directory with an app of a stranger. */
function appIn(name: string): string {
  const app = join(directory, name);
  mkdirSync(join(app, 'node_modules'), { recursive: true });
  writeFileSync(join(app, 'package.json'), '{"private": true}');
  for (const file of ['site.cjs', 'typed.ts', 'compile.cjs'])
    cpSync(join(__dirname, file), join(app, file));
  cpSync(join(__dirname, 'typed.ts'), join(app, 'typed.mts'));
  return app;
}

const modulesOf = (app: string, ...path: string[]) => join(app, 'node_modules', ...path);

let oldest: string;
let newest: string;

beforeAll(() => {
  const packed = pack();
  oldest = appIn('oldest');
  const compilers = Object.entries(COMPILERS).map(
    ([name, version]) => `${name}@npm:typescript@${version}`,
  );
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  run(oldest, 'npm', 'install', ...quiet, packed, ...OLDEST, 'cdk-nag@2.35.0', ...compilers);
  newest = appIn('newest');
  for (const name of ['aws-cdk-lib', 'constructs', '@types']) {
    symlinkSync(join(ROOT, 'node_modules', name), modulesOf(newest, name));
  }
  cpSync(
    modulesOf(oldest, 'cdk-django-session-purge'),
    modulesOf(newest, 'cdk-django-session-purge'),
    {
      recursive: true,
    },
  );
}, 180_000);

interface Site {
  readonly found: readonly string[];
  readonly templates: Readonly<Record<string, { Resources: Record<string, { Type: string }> }>>;
}

/** Synthesizes the stranger's app with the cdk-nag of that directory. */
function synthesized(app: string, nag: string): Site {
  if (nag !== modulesOf(app, 'cdk-nag')) {
    rmSync(modulesOf(app, 'cdk-nag'), { recursive: true, force: true });
    cpSync(nag, modulesOf(app, 'cdk-nag'), { recursive: true });
  }
  const answer = join(app, 'answer.json');
  run(app, process.execPath, 'site.cjs', join(app, 'cdk.out'), answer);
  return JSON.parse(readFileSync(answer, 'utf8'));
}

/** The types of the resources by their logical ids; those of a made cluster are the CDK's own matter. */
function resourcesOf({ templates }: Site) {
  return Object.fromEntries(
    Object.entries(templates).map(([name, { Resources }]) => [
      name,
      Object.fromEntries(
        Object.entries(Resources)
          .filter(([id]) => !id.startsWith('Cluster'))
          .map(([id, { Type }]) => [id, Type]),
      ),
    ]),
  );
}

/** Findings at the stranger's own cluster and role show that the rules were at work. */
const OWN = /^Prod\/made\/(Cluster|Operator)\//;

const NAG = {
  two: () => modulesOf(oldest, 'cdk-nag'),
  three: () => join(ROOT, 'node_modules/cdk-nag'),
};

describe('an app of a stranger', () => {
  it('has the same resources with the oldest CDK of the range and with the newest, and is well with cdk-nag 2', () => {
    const [before, now] = [synthesized(oldest, NAG.two()), synthesized(newest, NAG.two())];

    expect(resourcesOf(before)).toEqual(resourcesOf(now));
    expect(Object.keys(now.templates)).toHaveLength(4);
    for (const { found } of [before, now]) {
      expect(found.filter((each) => OWN.test(each)).length).toBeGreaterThan(0);
      expect(found.filter((each) => !OWN.test(each))).toEqual([]);
    }
  }, 120_000);

  it('is well with cdk-nag 3', () => {
    const { found } = synthesized(newest, NAG.three());

    expect(found.filter((each) => OWN.test(each)).length).toBeGreaterThan(0);
    expect(found.filter((each) => !OWN.test(each))).toEqual([]);
  }, 60_000);

  it('has a function of Node.js 24 and a permissions boundary on every role', () => {
    const { templates } = JSON.parse(readFileSync(join(oldest, 'answer.json'), 'utf8'));
    const all = Object.values<Site['templates'][string]>(templates).flatMap(({ Resources }) =>
      Object.values(Resources),
    );
    const propertiesOf = (type: string) =>
      all.filter(({ Type }) => Type === type).map((of) => Reflect.get(of, 'Properties'));
    const inStage = Object.values<{ Type: string }>(templates['Prod-made'].Resources).filter(
      ({ Type }) => Type === 'AWS::IAM::Role',
    );

    expect(new Set(propertiesOf('AWS::Lambda::Function').map(({ Runtime }) => Runtime))).toEqual(
      new Set(['nodejs24.x']),
    );
    expect(inStage.length).toBeGreaterThan(2);
    for (const role of inStage) expect(role).toHaveProperty('Properties.PermissionsBoundary');
  });

  it('is told its mistakes under the path, without types and with the oldest CDK', () => {
    const script = `
      const { App, Stack } = require('aws-cdk-lib');
      const { Schedule } = require('aws-cdk-lib/aws-events');
      const { SessionPurge } = require('cdk-django-session-purge');
      const props = { secret: 'shop', tables: 'x', gracePeriod: 3600, logRetention: 33, checkOnDeploy: 'no',
        schedule: Schedule.expression('every day'), maxBatchsize: 5 };
      try { new SessionPurge(new Stack(new App(), 'Shop'), 'Purge', props); }
      catch ({ message }) { console.log(message); }`;
    const message = run(oldest, process.execPath, '-e', script);
    const [path, ...sentences] = message.split(/: |; /);

    expect(path).toBe('Shop/Purge');
    for (const prop of [
      'secret must be an ISecret',
      'tables must be a list',
      'gracePeriod must be a Duration',
      'logRetention must be one of',
      'checkOnDeploy must be true or false',
      'schedule must be',
      'database must be given',
      'maxBatchsize is unknown',
    ]) {
      expect(sentences.filter((each) => each.startsWith(prop))).toHaveLength(1);
    }
  });

  it('may be an ES module', () => {
    const names = "Object.keys(await import('cdk-django-session-purge'))";
    const byName =
      "import { SessionPurge } from 'cdk-django-session-purge'; if (!SessionPurge) throw 1;";
    const text = run(
      newest,
      process.execPath,
      '--input-type=module',
      '-e',
      `${byName} console.log(JSON.stringify(${names}))`,
    );

    expect(JSON.parse(text)).toEqual(expect.arrayContaining(['SessionPurge', 'SessionPurgeStack']));
  });

  it.each(Object.keys(COMPILERS))(
    'compiles with %s, however it finds modules',
    (compiler) => {
      const ways = JSON.parse(
        run(oldest, process.execPath, 'compile.cjs', modulesOf(oldest, compiler)),
      );

      expect(Object.keys(ways)).toHaveLength(4);
      for (const { files, mistakes } of Object.values<{ files: number; mistakes: string[] }>(
        ways,
      )) {
        expect(mistakes).toEqual([]);
        expect(files).toBeGreaterThan(10);
      }
    },
    90_000,
  );
});

describe('the package', () => {
  const filesIn = (path: string) =>
    readdirSync(modulesOf(oldest, 'cdk-django-session-purge', path), {
      recursive: true,
      encoding: 'utf8',
    });
  const read = (path: string) =>
    readFileSync(modulesOf(oldest, 'cdk-django-session-purge', path), 'utf8');

  it('has what is needed and nothing else', () => {
    const names = (path: string) =>
      readdirSync(modulesOf(oldest, 'cdk-django-session-purge', path)).sort();

    expect(names('')).toEqual([
      'API.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'bench',
      'dist',
      'docs',
      'fleet.schema.json',
      'package.json',
    ]);
    expect(names('bench')).toEqual(['RESULTS.md']);
    expect(names('dist')).toEqual(['deploy', 'lambda', 'lib', 'types']);
    expect(names('dist/lib')).toEqual(['index.js', 'index.js.map']);
    expect([...names('dist/lambda'), ...names('dist/deploy')]).toEqual(['index.js', 'index.js']);
  });

  it('has declarations that need only the peers, and no others', () => {
    const declarations = filesIn('dist/types').filter((name) => name.endsWith('.d.ts'));
    const imported = declarations.flatMap((name) =>
      [...read(join('dist/types', name)).matchAll(/from '([^'.][^'/]*)/g)].map(([, of]) => of),
    );

    expect(new Set(imported)).toEqual(new Set(['aws-cdk-lib', 'constructs']));
    expect(declarations.filter((name) => /fleet|context/.test(name))).toEqual([]);
  });

  it('opens its own package.json, and a path within it to nobody', () => {
    const resolve = (path: string) =>
      run(newest, process.execPath, '-p', `require.resolve('cdk-django-session-purge${path}')`);

    expect(resolve('/package.json')).toMatch(/package\.json\n$/);
    expect(() => resolve('/dist/lib/index.js')).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});
