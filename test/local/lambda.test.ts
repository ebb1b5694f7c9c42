import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lambda, type LambdaOptions, startLambda } from '../../local/lambda';

let directory: string;
const started: Lambda[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lambda-test-'));
});
afterEach(() => Promise.all(started.splice(0).map((lambda) => lambda.stop())));
afterAll(() => rmSync(directory, { recursive: true }));

/** A function whose handler has this body, which may use `event` and `context`. */
function functionOf(body: string, options: Partial<LambdaOptions> = {}): Lambda {
  return bundleOf(`exports.handler = async (event, context) => { ${body} };`, options);
}

function optionsOf(source: string, options: Partial<LambdaOptions>): LambdaOptions {
  const bundlePath = join(mkdtempSync(join(directory, 'bundle-')), 'index.js');
  writeFileSync(bundlePath, source);
  return { bundlePath, functionName: 'purge', env: {}, timeoutMs: 10_000, ...options };
}

function bundleOf(source: string, options: Partial<LambdaOptions> = {}): Lambda {
  const lambda = startLambda(optionsOf(source, options));
  started.push(lambda);
  return lambda;
}

test('passes the event in and the result out as JSON', async () => {
  const lambda = functionOf('return { event, at: new Date(0), nothing: undefined };');
  const { result, error } = await lambda.invoke({ dryRun: true, nothing: undefined });
  expect(error).toBeUndefined();
  expect(result).toEqual({ event: { dryRun: true }, at: '1970-01-01T00:00:00.000Z' });
});

test('answers null for a handler that returns nothing', async () => {
  expect(await functionOf('').invoke({})).toMatchObject({ result: null });
});

test("gives the handler Lambda's context, and a clock that counts down", async () => {
  const lambda = functionOf('return { ...context, left: context.getRemainingTimeInMillis() };', {
    memoryMB: 256,
    timeoutMs: 5000,
    env: { AWS_REGION: 'eu-central-1' },
  });
  const { result } = await lambda.invoke({});
  expect(result).toMatchObject({
    functionName: 'purge',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:purge',
    memoryLimitInMB: '256',
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const { left } = result as { left: number };
  expect(left).toBeGreaterThan(4000);
  expect(left).toBeLessThanOrEqual(5000);
});

test("gives the process Lambda's environment and its own, and no other", async () => {
  process.env.NOT_FOR_THE_FUNCTION = 'secret';
  const lambda = functionOf('return process.env;', { env: { SESSION_PURGE_NAME: 'nightly' } });
  const { result } = await lambda.invoke({});
  delete process.env.NOT_FOR_THE_FUNCTION;
  expect(result).toMatchObject({
    SESSION_PURGE_NAME: 'nightly',
    AWS_LAMBDA_FUNCTION_NAME: 'purge',
    AWS_REGION: 'us-east-1',
  });
  expect(result).not.toHaveProperty('NOT_FOR_THE_FUNCTION');
});

test('stays warm from one invocation to the next', async () => {
  const lambda = bundleOf('let n = 0; exports.handler = async () => ++n;');
  expect(await lambda.invoke({})).toMatchObject({ result: 1 });
  expect(await lambda.invoke({})).toMatchObject({ result: 2 });
});

test('loads another deployment anew, in the same process', async () => {
  const source = `
    let n = 0;
    exports.handler = async () => ({ n: ++n, pid: process.pid, name: process.env.NAME, old: process.env.OLD });`;
  const lambda = bundleOf(source, { env: { NAME: 'first', OLD: 'yes' } });
  expect(lambda.isWarm()).toBe(false);
  const { result } = await lambda.invoke({});
  expect(result).toMatchObject({ n: 1, name: 'first', old: 'yes' });
  expect(lambda.isWarm()).toBe(true);
  const { pid } = result as { pid: number };

  lambda.redeploy(optionsOf(source, { env: { NAME: 'second' } }));
  expect((await lambda.invoke({})).result).toEqual({ n: 1, pid, name: 'second' });
  expect((await lambda.invoke({})).result).toEqual({ n: 2, pid, name: 'second' });

  const busy = lambda.invoke({});
  expect(lambda.isWarm()).toBe(false);
  await busy;
  await lambda.stop();
  expect(lambda.isWarm()).toBe(false);
});

test('lets a bundle import modules while it runs', async () => {
  const lambda = functionOf("return (await import('node:os')).EOL;");
  expect((await lambda.invoke({})).result).toBe('\n');
});

test('collects the lines of each invocation, and passes them on as they are written', async () => {
  const passedOn: string[] = [];
  const lambda = functionOf(
    'console.log("out", event); console.error("err"); process.stdout.write("no end of line");',
    { onLog: (line) => passedOn.push(line) },
  );
  expect((await lambda.invoke(1)).logLines).toEqual(['out 1', 'err', 'no end of line']);
  expect((await lambda.invoke(2)).logLines).toEqual(['out 2', 'err', 'no end of line']);
  expect(passedOn).toHaveLength(6);
});

test('reports what the handler throws', async () => {
  const lambda = functionOf('throw new RangeError("too much");');
  const { error, result } = await lambda.invoke({});
  expect(result).toBeUndefined();
  expect(error).toMatchObject({ errorType: 'RangeError', errorMessage: 'too much' });
  expect(error?.stackTrace[0]).toBe('RangeError: too much');
  expect(error?.stackTrace[1]).toContain('index.js');
});

test('kills a function when its time is up, and starts anew for the next invocation', async () => {
  const body =
    'console.log("at work"); if (event.hang) await new Promise(() => setInterval(() => {}, 1000)); return "done";';
  const lambda = functionOf(body, { timeoutMs: 300 });
  const { error, logLines, durationMs } = await lambda.invoke({ hang: true });
  expect(error).toMatchObject({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringContaining('Task timed out after 0.30 seconds'),
  });
  expect(logLines).toEqual(['at work']);
  expect(durationMs).toBeGreaterThan(290);
  expect(await lambda.invoke({})).toMatchObject({ result: 'done' });
});

test.each([
  ['ends itself', 'process.exit(3);', 'exit status 3'],
  ['is killed', 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});', 'SIGKILL'],
])('reports a process that %s', async (_how, body, message) => {
  expect((await functionOf(body).invoke({})).error).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringContaining(message),
  });
});

test('kills a running invocation on demand', async () => {
  const lambda = functionOf('console.log("ready"); await new Promise(() => {});', {
    onLog: () => lambda.kill('SIGKILL'),
  });
  expect((await lambda.invoke({})).error).toMatchObject({ errorType: 'Runtime.ExitError' });
});

test.each([
  ['throws while it loads', 'throw new Error("no settings");', 'no settings'],
  ['exports no handler', 'exports.main = 1;', 'exports no function "handler"'],
])('reports a bundle that %s', async (_what, source, message) => {
  const { error } = await bundleOf(source).invoke({});
  expect(error?.errorMessage).toContain(message);
});

test('refuses a second invocation at the same time', async () => {
  const lambda = functionOf('return 1;');
  const first = lambda.invoke({});
  await expect(lambda.invoke({})).rejects.toThrow('lambda: "purge" is busy');
  expect(await first).toMatchObject({ result: 1 });
});
