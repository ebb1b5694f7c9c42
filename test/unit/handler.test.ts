import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Context } from 'aws-lambda';
import type { Environment } from '../../contract/variables';
import { SCHEDULED_EVENT } from '../support/deployed-function';
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
  const named = { AWS_LAMBDA_FUNCTION_NAME: 'purge-function' };
  const noDatabase = environment({
    ...named,
    SESSION_PURGE_DATABASE: '',
    SESSION_PURGE_NAME: 'nightly',
  });
  const NO_DATABASE = 'settings: SESSION_PURGE_DATABASE is not set';

  async function refused(event: unknown, given: Environment, message: string) {
    const { thrown, metrics, log, connections } = await invoke(event, given);

    expect(thrown).toMatchObject({ message });
    expect(log).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        service: given.SESSION_PURGE_NAME ?? 'purge-function',
        message: 'refused',
        function_request_id: CONTEXT.awsRequestId,
        error: expect.objectContaining({ message }),
      }),
    ]);
    expect(connections).toBe(0);
    return metrics;
  }

  it.each<[string, unknown]>([
    ['on schedule', SCHEDULED_EVENT],
    ['by hand as the schedule would', {}],
  ])('counts as a failure of the purge: %s', async (_how, event) => {
    const metrics = await refused(event, noDatabase, NO_DATABASE);

    expect(metrics).toEqual([
      {
        namespace: 'DjangoSessionPurge',
        dimensionSets: [['service']],
        dimensions: { service: 'nightly' },
        metrics: { Failures: '1 Count' },
      },
    ]);
  });

  it('counts as a failure of the purge for what a schedule was given to send', async () => {
    const message =
      'a scheduled event\'s "detail" must be {} or "{}", got {"dryRun":true}; send a request of your own as an event of its own, like {"dryRun": true}; nothing was deleted';
    const event = { ...SCHEDULED_EVENT, detail: { dryRun: true } };

    const metrics = await refused(event, environment(named), message);

    expect(metrics.map((emf) => emf.metrics)).toEqual([{ Failures: '1 Count' }]);
  });

  it.each<[string, unknown, Environment, string]>([
    [
      'a slip of the pen',
      { dryrun: true },
      environment(named),
      'unknown field "dryrun" in the event; did you mean "dryRun"? nothing was deleted',
    ],
    [
      'what is no event',
      'dryRun',
      environment(named),
      'the event must be a JSON object, got "dryRun"; nothing was deleted',
    ],
    ['a dry run without settings', { dryRun: true }, noDatabase, NO_DATABASE],
    ['a check-up without settings', { check: true }, noDatabase, NO_DATABASE],
  ])('by hand counts for nothing: %s', async (_what, event, given, message) => {
    expect(await refused(event, given, message)).toEqual([]);
  });
});
