// Compiles the stranger's typed.ts with the TypeScript of the first argument, once for each way of finding modules. Looks at
// the app and at the package's own declarations, not at those of the CDK. Prints the mistakes.
const { join } = require('node:path');

const ts = require(process.argv[2]);
const { ModuleKind, ModuleResolutionKind: Resolution } = ts;
const WAYS = {
  node10: [ModuleKind.CommonJS, Resolution.Node10 ?? Resolution.NodeJs],
  node16: [ModuleKind.Node16, Resolution.Node16],
  nodenext: [ModuleKind.NodeNext, Resolution.NodeNext],
  bundler: [ModuleKind.ESNext, Resolution.Bundler],
};

// The CDK's declarations are large: each is parsed once for CommonJS and once for ES modules.
const parsed = new Map();

function hostFor(options) {
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, target, ...others) => {
    const key = `${file} ${target.impliedNodeFormat}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile.call(host, file, target, ...others));
    return parsed.get(key);
  };
  return host;
}

/** The mistakes of each way. An .mts file is an ES module to Node.js, a .ts file beside this package.json is not. */
function mistakesOf([module, moduleResolution], file) {
  const options = {
    module,
    moduleResolution,
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const program = ts.createProgram([join(process.cwd(), file)], options, hostFor(options));
  const own = program
    .getSourceFiles()
    .filter(({ fileName }) => /typed\.m?ts$|cdk-django-session-purge/.test(fileName));
  const mistakes = own.flatMap((source) => [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ]);
  return {
    files: own.length,
    mistakes: mistakes.map(
      ({ file, messageText }) =>
        `${file.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    ),
  };
}

const answers = Object.entries(WAYS).map(([way, settings]) => [
  `${ts.version} ${way}`,
  mistakesOf(settings, way === 'nodenext' ? 'typed.mts' : 'typed.ts'),
]);
console.log(JSON.stringify(Object.fromEntries(answers)));
