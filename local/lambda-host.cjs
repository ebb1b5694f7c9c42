/**
 * Runs a bundle's `handler` as Lambda's Node.js runtime does, in a process of its own. This is plain JavaScript, so
 * that any Node.js can run it. Its argument is the path of the bundle.
 *
 * Events arrive and results leave as JSON, over the IPC channel.
 */
process.on('disconnect', () => process.exit());
// stderr goes to stdout, so that one line marks the end of a request's log.
process.stderr.write = process.stdout.write.bind(process.stdout);

const bundle = load(process.argv[2]);
process.send({ ready: true });

process.on('message', async ({ event, context, timeoutMs }) => {
  const deadlineMs = Date.now() + timeoutMs;
  const getRemainingTimeInMillis = () => Math.max(0, deadlineMs - Date.now());
  const outcome = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
  process.stdout.write(`END ${context.awsRequestId}\n`);
  process.send(outcome);
});

async function run(event, context) {
  try {
    if (bundle.error) throw bundle.error;
    // Lambda answers null for a handler that returns undefined.
    return { result: JSON.stringify(await bundle.handler(event, context)) ?? 'null' };
  } catch (error) {
    return { error: describe(error) };
  }
}

function load(path) {
  try {
    const { handler } = require(path);
    if (typeof handler !== 'function') throw new TypeError(`${path} exports no function "handler"`);
    return { handler };
  } catch (error) {
    return { error };
  }
}

function describe(thrown) {
  const error = thrown instanceof Error ? thrown : { name: typeof thrown, message: String(thrown) };
  const stackTrace = (error.stack ?? '').split('\n').filter(Boolean);
  return { errorType: error.name, errorMessage: error.message, stackTrace };
}
