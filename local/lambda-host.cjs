/**
 * Runs a bundle's `handler` as Lambda's Node.js runtime does, in a process of its own. This is plain JavaScript, so
 * that any Node.js can run it.
 *
 * Its first message says which bundle it runs, with which environment. Another one like it loads that bundle anew. Events
 * arrive and results leave as JSON, over the IPC channel.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname } = require('node:path');
const { constants, Script } = require('node:vm');

process.on('disconnect', () => process.exit());
// stderr goes to stdout, so that one line marks the end of a request's log.
process.stderr.write = process.stdout.write.bind(process.stdout);

let bundle;
const scripts = new Map();

process.on('message', async ({ load, invoke }) => {
  if (load) {
    bundle = loadBundle(load);
    process.send({ loaded: true });
  } else await answer(invoke);
});

async function answer({ event, context, timeoutMs }) {
  const deadlineMs = Date.now() + timeoutMs;
  const getRemainingTimeInMillis = () => Math.max(0, deadlineMs - Date.now());
  const outcome = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
  process.stdout.write(`END ${context.awsRequestId}\n`);
  process.send(outcome);
}

async function run(event, context) {
  try {
    if (bundle.error) throw bundle.error;
    // Lambda answers null for a handler that returns undefined.
    return { result: JSON.stringify(await bundle.handler(event, context)) ?? 'null' };
  } catch (error) {
    return { error: describe(error) };
  }
}

function loadBundle({ bundlePath, env }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    const { handler } = evaluate(bundlePath);
    if (typeof handler !== 'function')
      throw new TypeError(`${bundlePath} exports no function "handler"`);
    return { handler };
  } catch (error) {
    return { error };
  }
}

/** As require() does, but what is compiled stays so: loading the same bundle anew takes a tenth of the time. */
function evaluate(path) {
  if (!scripts.has(path)) {
    const source = Module.wrap(readFileSync(path, 'utf8'));
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    scripts.set(path, new Script(source, { filename: path, importModuleDynamically }));
  }
  const module = { exports: {} };
  const wrapped = scripts.get(path).runInThisContext();
  wrapped(module.exports, Module.createRequire(path), module, path, dirname(path));
  return module.exports;
}

function describe(thrown) {
  const error = thrown instanceof Error ? thrown : { name: typeof thrown, message: String(thrown) };
  const stackTrace = (error.stack ?? '').split('\n').filter(Boolean);
  return { errorType: error.name, errorMessage: error.message, stackTrace };
}
