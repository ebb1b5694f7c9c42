import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, ServiceError } from './errors';
import type { Answer } from './faults';
import { MAX_REQUEST_BYTES } from './limits';
import { OPERATIONS, type Operation } from './operations';
import { parseJson } from './validation';

/**
 * Reads the operation and the members of a request.
 *
 * @throws {ServiceError} for an unknown path, a missing signature, a body that is too large or is not a JSON object
 */
export async function readRequest(request: IncomingMessage): Promise<{
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
}> {
  const body = await readBody(request);
  const operation = operationAt(request.method === 'POST' ? request.url : undefined);
  requireSignature(request.headers.authorization);
  return { operation, input: parseJson(body) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (body.length > MAX_REQUEST_BYTES)
    throw new ServiceError('RequestEntityTooLargeException', { statusCode: 413 });
  return body.toString('utf8');
}

function operationAt(path = ''): Operation {
  // The service answers this (aws-cli#4086).
  if (path === '/ExecuteSql')
    throw badRequest('This API is deprecated and not available. Use ExecuteStatement API instead');
  const operation = OPERATIONS.get(path);
  if (operation === undefined) throw new ServiceError('UnknownOperationException');
  return operation;
}

/** Refuses an unsigned request, as AWS does before a service gets it. Does not verify that the signature is right. */
function requireSignature(authorization = ''): void {
  if (!authorization.startsWith('AWS4-HMAC-SHA256 '))
    throw new ServiceError('MissingAuthenticationTokenException', {
      message: 'Missing Authentication Token',
    });
  if (!/Credential=[^,]+\/rds-data\/aws4_request,.*Signature=[0-9a-f]{64}/.test(authorization))
    throw new ServiceError('InvalidSignatureException', {
      message: "Credential should be scoped to correct service: 'rds-data'.",
    });
}

/** Writes the answer; for `'lost'` closes the connection, for `'none'` does nothing. */
export function deliver(answer: Answer | 'lost' | 'none', response: ServerResponse): void {
  if (answer === 'none') return;
  if (answer === 'lost') {
    response.destroy();
    return;
  }
  response.writeHead(answer.statusCode, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'x-amzn-requestid': randomUUID(),
    ...(answer.error === undefined ? {} : { 'x-amzn-errortype': answer.error }),
  });
  response.end(answer.body);
}
