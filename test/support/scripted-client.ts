import {
  type ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  type RDSDataClient,
  RDSDataServiceException,
} from '@aws-sdk/client-rds-data';
import type { FakeClock } from './fake-clock';

/** What the service does with one call. */
export interface Reply {
  readonly error?: Error;
  readonly output?: Partial<ExecuteStatementCommandOutput>;
  readonly durationMs?: number;
}

/** One call as it was sent. */
export interface Sent {
  readonly input: ExecuteStatementCommandInput;
  readonly requestTimeout: number | undefined;
}

export interface ScriptedClient extends Pick<RDSDataClient, 'send'> {
  readonly sent: readonly Sent[];
}

/** A client that answers its calls from a script, in order. A call beyond its end is an error. */
export function scriptedClient(clock: FakeClock, script: readonly Reply[]): ScriptedClient {
  const sent: Sent[] = [];
  async function send(
    command: ExecuteStatementCommand,
    options?: { readonly requestTimeout?: number },
  ): Promise<ExecuteStatementCommandOutput> {
    const reply = script[sent.length];
    if (reply === undefined) throw new Error('the script has no reply to this call');
    sent.push({ input: command.input, requestTimeout: options?.requestTimeout });
    clock.pass(reply.durationMs ?? 0);
    if (reply.error !== undefined) throw reply.error;
    return { $metadata: {}, ...reply.output };
  }
  return { sent, send: send as RDSDataClient['send'] };
}

/** An exception that is not in the model of the service, as the SDK throws it. */
export function unmodelled(name: string, message: string, httpStatusCode?: number): Error {
  const $metadata = httpStatusCode === undefined ? {} : { httpStatusCode };
  return new RDSDataServiceException({ name, $fault: 'client', message, $metadata });
}

/** A network error, as Node.js throws it and the SDK passes it on. */
export function networkError(code: string, message: string, name = 'Error'): Error {
  return Object.assign(new Error(message), { name, code, $metadata: { attempts: 1 } });
}
