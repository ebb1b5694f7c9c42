import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDocument } from '../../bin/api-document';
import { builderOfWheels, buildWheel, compile, generate, stage } from '../../bin/python-package';
import { codeBlocks, readPage } from '../docs/pages';

const directory = mkdtempSync(join(tmpdir(), 'python-'));
afterAll(() => rmSync(directory, { recursive: true }));

const CODE = join(directory, 'out/python/src/cdk_django_session_purge/__init__.py');

const builder = builderOfWheels();
// Where CI runs, the tools are installed.
const testWithTools = builder === undefined && !process.env.CI ? it.skip : it;

beforeAll(() => {
  stage(directory);
  compile(directory);
  generate(directory);
}, 120_000);

const python = (...args: string[]) => execFileSync('python3', args, { encoding: 'utf8' });

/** What the app passes to the constructs, and what of it the generated code does not know. */
function comparedWithSignatures(app: string): { passed: string[]; unknown: string[] } {
  const path = join(directory, 'app.py');
  writeFileSync(path, app);
  return JSON.parse(python(join(__dirname, 'keyword-arguments.py'), CODE, path));
}

it('API.md is what the code offers; after a change that you mean, run "npm run api"', () => {
  const assembly = JSON.parse(readFileSync(join(directory, '.jsii'), 'utf8'));

  expect(readPage('API.md')).toBe(apiDocument(assembly));
});

it('the generated Python code compiles', () => {
  expect(() => python('-m', 'compileall', '-q', join(directory, 'out/python/src'))).not.toThrow();
});

describe('the app of the page on Python', () => {
  const [app = ''] = codeBlocks(readPage('docs/python-cdk.md'), 'python');

  it('passes what the generated code takes', () => {
    const { passed, unknown } = comparedWithSignatures(app);

    expect(passed).toContain('SessionPurge(admin_secret=)');
    expect(passed).toContain('SessionPurge.metric_rows_deleted(period=)');
    expect(unknown).toEqual([]);
  });

  it('is found out where it passes something else', () => {
    const { unknown } = comparedWithSignatures(app.replace('grace_period=', 'gracePeriod='));

    expect(unknown).toEqual(['SessionPurge(gracePeriod=)']);
  });
});

testWithTools('the wheel has the code, its types, and the constructs with the function', () => {
  const wheel = buildWheel(directory, builder ?? 'python3');
  const listing = (path: string, open: string) =>
    JSON.parse(
      python('-c', `import json, sys, zipfile, tarfile, io; print(json.dumps(${open}))`, path),
    );

  const files: string[] = listing(wheel, 'zipfile.ZipFile(sys.argv[1]).namelist()');
  const packed = files.find((name) => name.endsWith('.jsii.tgz'));
  const constructs: string[] = listing(
    wheel,
    `tarfile.open(fileobj=io.BytesIO(zipfile.ZipFile(sys.argv[1]).read(${JSON.stringify(packed)}))).getnames()`,
  );

  expect(files.filter((name) => !name.includes('.dist-info/')).sort()).toEqual([
    'cdk_django_session_purge/__init__.py',
    'cdk_django_session_purge/_jsii/__init__.py',
    packed,
    'cdk_django_session_purge/py.typed',
  ]);
  expect(constructs).toEqual(
    expect.arrayContaining(
      [
        '.jsii',
        'lib/index.js',
        'lib/drain/definition.js',
        'dist/lambda/index.js',
        'dist/deploy/index.js',
      ].map((name) => `package/${name}`),
    ),
  );
  expect(constructs).toContain('package/node_modules/fastest-levenshtein/mod.js');
  expect(constructs.filter((name) => /\/lib\/.*(?<!\.d)\.ts$/.test(name))).toEqual([]);
});
