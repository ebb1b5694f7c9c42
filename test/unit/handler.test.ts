import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Context } from 'aws-lambda';
import type { Environment } from '../../lambda/input/settings';
import { captureOutput, type Emf, readEmf } from '../support/emf';
import { environment } from '../support/environment';

type Handler = typeof import('../../lambda/handler').handler;

const CONTEXT = {
  functionName: 'purge-function',
  awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  getRemainingTimeInMillis: () => 900_000,
} as Context;

/** A function as Lambda starts it: the module is loaded once, with its environment in place. */
function coldStart(): Handler {
  let handler: Handler | undefined;
  jest.isolateModules(() => {
    ({ handler } =
      jest.requireActual<typeof import('../../lambda/handler')>('../../lambda/handler'));
  });
  if (handler === undefined) throw new Error('the module exports no handler');
  return handler;
}

/** Runs the work with the variables set, and puts the environment back. */
async function inEnvironment(given: Environment, work: () => Promise<void>): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, given);
  try {
    await work();
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

interface Invocation {
  readonly thrown: unknown;
  readonly metrics: readonly Emf[];
  readonly log: readonly Record<string, unknown>[];
  /** Sockets that were opened by then. */
  readonly connections: number;
}

async function invoke(event: unknown, given: Environment): Promise<Invocation> {
  let thrown: unknown = null;
  let connections = 0;
  const connected = () => {
    connections += 1;
  };
  subscribe('net.client.socket', connected);
  try {
    const { stdout, stderr } = await captureOutput(() =>
      inEnvironment(given, async () => {
        await coldStart()(event, CONTEXT).catch((error: unknown) => {
          thrown = error;
        });
      }),
    );
    const log = stderr.map((line): Record<string, unknown> => JSON.parse(line));
    return { thrown, metrics: readEmf(stdout), log, connections };
  } finally {
    unsubscribe('net.client.socket', connected);
  }
}

describe('an invocation that is refused', () => {
  const UNKNOWN_FIELD =
    'unknown field "dryrun" in the event; did you mean "dryRun"? nothing was deleted';
  const NO_DATABASE = 'settings: SESSION_PURGE_DATABASE is not set';
  const named = { AWS_LAMBDA_FUNCTION_NAME: 'purge-function' };

  it.each<[string, unknown, Environment, string, string, string]>([
    [
      'for its event',
      { dryrun: true },
      environment(named),
      'RequestError',
      UNKNOWN_FIELD,
      'purge-function',
    ],
    [
      'for its settings',
      {},
      environment({ ...named, SESSION_PURGE_DATABASE: '', SESSION_PURGE_NAME: 'nightly' }),
      'SettingsError',
      NO_DATABASE,
      'nightly',
    ],
    [
      'for its settings before its event',
      { dryrun: true },
      environment({ ...named, SESSION_PURGE_DATABASE: '' }),
      'SettingsError',
      NO_DATABASE,
      'purge-function',
    ],
  ])(
    '%s throws, is logged and counted, and opens no connection',
    async (_why, event, given, ...told) => {
      const [name, message, service] = told;

      const { thrown, metrics, log, connections } = await invoke(event, given);

      expect(thrown).toMatchObject({ name, message });
      expect(metrics).toEqual([
        {
          namespace: 'DjangoSessionPurge',
          dimensionSets: [['service']],
          dimensions: { service },
          metrics: { Failures: '1 Count' },
        },
      ]);
      expect(log).toEqual([
        expect.objectContaining({
          level: 'ERROR',
          service,
          message: 'refused',
          function_request_id: CONTEXT.awsRequestId,
          error: expect.objectContaining({ name, message }),
        }),
      ]);
      expect(connections).toBe(0);
    },
  );
});
