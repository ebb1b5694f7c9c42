import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { type DeployedFunction, deploy, type LogLine } from '../support/deployed-function';
import { environment } from '../support/environment';

let server: Server;
let run: DeployedFunction;
let answer: { readonly status: number; readonly body: string } = { status: 200, body: '' };
let asked: string[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push(text);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  run = deploy({
    env: {
      ...(environment() as Record<string, string>),
      AWS_ENDPOINT_URL_RDS_DATA: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    // No time to repeat a call.
    timeoutMs: 3450,
  });
});

afterAll(async () => {
  await run.stop();
  server.closeAllConnections();
  server.close();
});

async function invoke(status: number, body: string) {
  answer = { status, body };
  asked = [];
  const { error, log } = await run.invoke();
  return { error, last: log.at(-1) as LogLine };
}

async function expectTypedFailure(status: number, body: string): Promise<void> {
  const { error, last } = await invoke(status, body);

  expect({ body: body.slice(0, 200), type: error?.errorType }).toMatchObject({
    type: expect.stringMatching(/^(Database|Table)Error$/),
  });
  expect(last.report).toMatchObject({ stopReason: 'failed', rowsDeleted: 0 });
  expect(asked.some((text) => text.includes('DELETE FROM'))).toBe(false);
}

describe('an answer of any shape ends in a typed error, with nothing deleted', () => {
  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '5'],
    ['text', '"text"'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['half an object', '{"records":[[{"stringV'],
    ['a page for people', '<html><body>Sign in to the WLAN</body></html>'],
    ['records that are a number', '{"records":5}'],
    ['records that are text', '{"records":"x"}'],
    ['records of numbers', '{"records":[1,2]}'],
    ['records of null', '{"records":[null]}'],
    ['fields that are null', '{"records":[[null]]}'],
    ['fields of the wrong type', '{"records":[[{"longValue":"x"}]]}'],
    ['fields with two values', '{"records":[[{"longValue":1,"stringValue":"x"}]]}'],
    ['columns that are null', '{"columnMetadata":[null],"records":[[{"longValue":1}]]}'],
    [
      'a deep array',
      `{"records":[[{"arrayValue":${'{"arrayValues":['.repeat(5000)}${']}'.repeat(5000)}}]]}`,
    ],
    ['lists within lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a prototype', '{"__proto__":{"records":[[{"longValue":1}]]}}'],
    ['many records', `{"records":[${'[{"longValue":1}],'.repeat(20_000)}[]]}`],
  ])('%s', (_what, body) => expectTypedFailure(200, body));

  it(
    'of any status',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.constantFrom(200, 201, 301, 400, 403, 404, 418, 429, 500, 503),
          fc.oneof(fc.json(), fc.string()),
          (status, body) => expectTypedFailure(status, body),
        ),
        { numRuns: 60 },
      ),
    120_000,
  );
});
