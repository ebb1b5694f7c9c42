import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Where `npm run python` makes the package. */
export const PYTHON = join(ROOT, 'dist/python');

/** jsii does not support the Node 20 that may run this. */
const NODE_24 = join(ROOT, 'node_modules/node/bin/node');

const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What the constructs need at run time beside their peers. */
const BUNDLED = 'fastest-levenshtein';

const leastOf = (range: string) => range.replace('^', '');

const MANIFEST = {
  name: root.name,
  version: root.version,
  description: root.description,
  license: root.license,
  // jsii demands both. There is no public repository yet, and the address says so.
  author: { name: 'the authors of cdk-django-session-purge', organization: true },
  repository: { type: 'git', url: 'https://unpublished.invalid/cdk-django-session-purge.git' },
  main: 'lib/index.js',
  types: 'lib/index.d.ts',
  files: ['.jsii', 'lib/**/*.js', 'lib/**/*.d.ts', 'contract/*.js', 'contract/*.d.ts', 'dist'],
  engines: root.engines,
  peerDependencies: root.peerDependencies,
  devDependencies: Object.fromEntries(
    Object.entries<string>(root.peerDependencies).map(([name, range]) => [name, leastOf(range)]),
  ),
  dependencies: { [BUNDLED]: root.devDependencies[BUNDLED] },
  bundledDependencies: [BUNDLED],
  jsii: {
    outdir: 'out',
    versionFormat: 'short',
    targets: {
      python: { distName: root.name, module: root.name.replaceAll('-', '_') },
    },
  },
};

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'commonjs',
    moduleResolution: 'bundler',
    types: ['node'],
    declaration: true,
    esModuleInterop: true,
    noEmitOnError: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    strict: true,
  },
  files: ['lib/index.ts'],
};

function run(directory: string, script: string, ...args: string[]): void {
  execFileSync(NODE_24, [join(ROOT, 'node_modules', script), ...args], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Copies the constructs and the functions' bundles into an empty directory, as a package that jsii can compile. */
export function stage(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  for (const name of ['lib', 'contract']) {
    cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  }
  for (const name of ['lambda', 'deploy']) {
    cpSync(join(ROOT, 'dist', name), join(directory, 'dist', name), { recursive: true });
  }
  for (const name of ['README.md', 'LICENSE']) cpSync(join(ROOT, name), join(directory, name));
  writeFileSync(join(directory, 'package.json'), JSON.stringify(MANIFEST, null, 2));
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(TSCONFIG, null, 2));
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  for (const name of ['aws-cdk-lib', 'constructs', '@types/node']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  cpSync(join(ROOT, 'node_modules', BUNDLED), join(modules, BUNDLED), { recursive: true });
}

/** Compiles what is staged. The public API is then in `.jsii`. Throws where jsii has an error or a warning. */
export function compile(directory: string): void {
  const strict = ['--fail-on-warnings', '--validate-tsconfig', 'strict', '-c', 'tsconfig.json'];
  run(directory, 'jsii/bin/jsii', ...strict);
}

/** Writes the Python code to `out/python`. */
export function generate(directory: string): void {
  const pacmak = 'jsii-pacmak/bin/jsii-pacmak';
  run(directory, pacmak, '--code-only', '--targets', 'python', '--no-npmignore');
}

/**
 * A Python that has what builds a wheel: on Debian the packages python3-build, python3-wheel and python3-setuptools.
 * `undefined` if there is none.
 */
export function builderOfWheels(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import build, wheel, setuptools']).status === 0,
  );
}

/** Builds the wheel without the network, and returns its path. */
export function buildWheel(directory: string, python: string): string {
  const source = join(directory, 'out/python');
  // The versions that the generated code asks for are newer than Debian's, which do.
  const offline = ['--wheel', '--no-isolation', '--skip-dependency-check'];
  execFileSync(python, ['-m', 'build', ...offline, source], { stdio: 'pipe' });
  const wheels = join(source, 'dist');
  return join(wheels, readdirSync(wheels).find((name) => name.endsWith('.whl')) as string);
}
