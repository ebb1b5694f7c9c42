import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Loopback, listenOnLoopback } from './loopback';

/** The answer to a request. */
export type JsonAnswer =
  | { readonly members: object }
  /** Without a `statusCode` it is 400. */
  | { readonly error: string; readonly message?: string; readonly statusCode?: number }
  /** The connection is closed without an answer. */
  | 'lost'
  /** No answer comes until the client gives up or the service is closed. */
  | 'none';

/** One operation of an AWS service that speaks JSON 1.0 or 1.1, and how it behaves. */
export interface JsonOperation {
  /** The header `x-amz-target`, like `AmazonSSM.GetParameter`. */
  readonly target: string;
  /** The name of the service in a signature. */
  readonly signingName: string;
  readonly contentType: string;
  readonly answer: (input: Readonly<Record<string, unknown>>) => JsonAnswer;
  /** Called for each request that is signed; returns what to answer instead, if anything. */
  readonly onCall?: () => JsonAnswer | undefined;
}

/** A running service. */
export interface JsonService extends Loopback {
  /** The members of each request so far. */
  readonly calls: readonly Readonly<Record<string, unknown>>[];
}

const error = (name: string, message: string): JsonAnswer => ({ error: name, message });

/** What AWS answers before the operation gets the request. Does not verify that the signature is right. */
function refusal({ headers, method }: IncomingMessage, of: JsonOperation): JsonAnswer | undefined {
  const { authorization = '', 'x-amz-target': target, 'content-type': contentType } = headers;
  if (method !== 'POST' || target !== of.target || contentType !== of.contentType) {
    return error('UnknownOperationException', '');
  }
  const isSigned = new RegExp(
    `Credential=[^,]+/${of.signingName}/aws4_request,.*Signature=[0-9a-f]{64}`,
  );
  return isSigned.test(authorization)
    ? undefined
    : error('InvalidSignatureException', 'the request must be signed for the service');
}

function deliver(answer: JsonAnswer, { contentType }: JsonOperation, response: ServerResponse) {
  if (answer === 'none') return;
  if (answer === 'lost') {
    response.destroy();
    return;
  }
  const [statusCode, body] =
    'members' in answer
      ? [200, answer.members]
      : [answer.statusCode ?? 400, { __type: answer.error, message: answer.message ?? '' }];
  response.writeHead(statusCode, { 'content-type': contentType }).end(JSON.stringify(body));
}

/** Serves one operation over HTTP on a free loopback port. */
export async function startJsonService(operation: JsonOperation): Promise<JsonService> {
  const calls: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const input = (await json(request)) as Record<string, unknown>;
    calls.push(input);
    const fault = refusal(request, operation) ?? operation.onCall?.();
    deliver(fault ?? operation.answer(input), operation, response);
  });
  return { ...(await listenOnLoopback(server)), calls };
}
