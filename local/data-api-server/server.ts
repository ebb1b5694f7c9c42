import { createServer, type IncomingMessage } from 'node:http';
import { type Loopback, listenOnLoopback } from '../loopback';
import { ServiceError } from './errors';
import { type Answer, carryOut, errorAnswer, type Fault } from './faults';
import { toJson } from './fields';
import { deliver, readRequest } from './http';
import type { Operation, Service } from './operations';
import { createService, type ServiceOptions } from './service';
import { parseInput } from './validation';

/** A request that is signed and is for an operation that exists. */
export interface Call {
  /** From 0, in the order of arrival. */
  readonly index: number;
  /** The service's name of the operation, like `ExecuteStatement`. */
  readonly operation: string;
  /** The members of the request, before they are checked. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** The HTTP status of the answer; absent before the answer, and if the answer was lost. */
  readonly statusCode?: number;
  /** The name of the error, if the answer was one. */
  readonly error?: string;
  /** Milliseconds that the execution took, without the waits of a fault; absent if the call was not executed. */
  readonly executionMs?: number;
}

/** The databases of the service, and how it behaves. */
export interface DataApiServerOptions extends ServiceOptions {
  /** Called before each call is served; returns the fault of the call, if it has one. */
  readonly onCall?: (call: Call) => Fault | undefined | Promise<Fault | undefined>;
}

/** A running service. When it is closed, it stops statements and rolls back transactions. */
export interface DataApiServer extends Loopback {
  /** All calls so far, in the order of arrival. */
  readonly calls: readonly Call[];
}

/**
 * Starts a server with the HTTP protocol of the RDS Data API (that of Aurora Serverless v2 and provisioned clusters) in
 * front of real databases, on a free loopback port.
 *
 * It connects as the user of the secret, so that the rights of that user apply. It requires signatures and does not
 * verify them. Where the service's behaviour is not documented, a comment says where it was seen, or that it was not.
 */
export async function startDataApiServer(options: DataApiServerOptions): Promise<DataApiServer> {
  const service = createService(options);
  const closing = new AbortController();
  const calls: Call[] = [];

  const serve = serving(options, service, calls, closing.signal);
  const server = createServer(async (request, response) => {
    // The client of a request that did not arrive completely has gone.
    const answerTo = (error: unknown) => (request.complete ? answerForError(error) : 'lost');
    deliver(await serve(request).catch(answerTo), response);
  });
  // Longer than any client keeps an idle connection, so that the server never closes it first.
  server.keepAliveTimeout = 60_000;
  const endWork = () => {
    closing.abort();
    return service.close();
  };
  return { ...(await listenOnLoopback(server, endWork)), calls };
}

/** Returns a function that records a request as a call and serves it, with its fault. */
function serving(
  { onCall }: DataApiServerOptions,
  service: Service,
  calls: Call[],
  signal: AbortSignal,
) {
  return async (request: IncomingMessage): Promise<Answer | 'lost' | 'none'> => {
    const { operation, input } = await readRequest(request);
    const { length: index } = calls;
    const call = { index, operation: operation.name, input, receivedAtMs: Date.now() };
    calls.push(call);
    const fault = (await onCall?.(call)) ?? {};
    const execute = async () => {
      const startedAtMs = performance.now();
      const answer = await execution(operation, input, service).catch(answerForError);
      Object.assign(call, { executionMs: performance.now() - startedAtMs });
      return answer;
    };
    const answer = await carryOut(fault, execute, signal);
    if (typeof answer !== 'string') Object.assign(call, reportOf(answer));
    return answer;
  };
}

async function execution(operation: Operation, input: unknown, service: Service): Promise<Answer> {
  const members = await operation.serve(parseInput(input, operation.request), service);
  return { statusCode: 200, contentType: 'application/json', body: toJson(members) };
}

function answerForError(error: unknown): Answer {
  if (error instanceof ServiceError) return errorAnswer(error);
  // A defect of this double or of the caller's onCall, which must not look like an error of the service.
  process.stderr.write(`data api server: ${(error as Error).stack}\n`);
  return errorAnswer(new ServiceError('InternalServerErrorException'));
}

const reportOf = ({ statusCode, error }: Answer) =>
  error === undefined ? { statusCode } : { statusCode, error };
