import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { secretsManager } from '../../lambda/deploy/secrets-manager';
import { connect as connectParameters, parameterStore } from '../../lambda/input/ssm';
import { metricReader, parameters } from '../../lambda/lazy-clients';
import { cloudWatch, connect as connectCloudWatch } from '../../lambda/preflight/cloudwatch';
import type { MetricQuery } from '../../lambda/preflight/metric-reader';
import { type CloudWatchOptions, startCloudWatch } from '../../local/cloudwatch';
import type { JsonAnswer, JsonService } from '../../local/json-service';
import { startParameterStore } from '../../local/parameter-store';
import { startSecretsManager } from '../../local/secrets-manager';
import { type FakeClock, fakeClock } from '../support/fake-clock';

const CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

const before = { ...process.env };
const services: JsonService[] = [];

afterEach(async () => {
  process.env = { ...before };
  await Promise.all(services.splice(0).map((service) => service.close()));
});

async function serve(variable: string, starting: Promise<JsonService>): Promise<JsonService> {
  const service = await starting;
  services.push(service);
  Object.assign(process.env, CREDENTIALS, { [variable]: service.endpoint });
  return service;
}

/** A clock that records the time limits of the calls to a service. */
function limitingClock(timeLeftMs: number): FakeClock & { readonly limits: number[] } {
  const clock = fakeClock(timeLeftMs);
  const limits: number[] = [];
  return {
    ...clock,
    limits,
    within: (durationMs, work) => {
      limits.push(durationMs);
      return work;
    },
  };
}

/** Makes a service give these answers in turn, and then the right one. */
function inTurn(...faults: JsonAnswer[]) {
  return () => faults.shift();
}

describe('the metrics', () => {
  const NOW = new Date('2026-11-22T02:17:30Z');
  const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);
  const query: MetricQuery = {
    namespace: 'AWS/RDS',
    name: 'CPUUtilization',
    dimensions: { DBClusterIdentifier: 'shop', Role: 'WRITER' },
    statistic: 'Average',
    periodSeconds: 60,
  };
  const cpu = {
    namespace: 'AWS/RDS',
    name: 'CPUUtilization',
    dimensions: { Role: 'WRITER', DBClusterIdentifier: 'shop' },
    values: [
      { at: minutesAgo(10), value: 90 },
      { at: minutesAgo(2), value: 30 },
      { at: minutesAgo(2), value: 50 },
      { at: minutesAgo(1), value: 20.5 },
    ],
  };
  const readers = { ...cpu, dimensions: { ...cpu.dimensions, Role: 'READER' }, values: [] };

  const start = (options: Partial<CloudWatchOptions> = {}) =>
    serve('AWS_ENDPOINT_URL_CLOUDWATCH', startCloudWatch({ metrics: [cpu, readers], ...options }));

  const reader = (clock = fakeClock(900_000, NOW)) =>
    cloudWatch({ client: connectCloudWatch('eu-south-2'), clock });

  it('are read for the period of the query, the newest first', async () => {
    await start();

    expect(await reader().read([query], 5 * 60_000)).toEqual([
      [
        { atMs: Date.parse('2026-11-22T02:16:00Z'), value: 20.5 },
        { atMs: Date.parse('2026-11-22T02:15:00Z'), value: 40 },
      ],
    ]);
  });

  it.each([false, true])(
    'are returned in the order of the queries, also from pages: %s',
    async (inPages) => {
      const { calls } = await start({ inPages });
      const ofReaders = { ...query, dimensions: readers.dimensions };
      const maximum: MetricQuery = { ...query, statistic: 'Maximum', periodSeconds: 3600 };

      const series = await reader().read([ofReaders, query, maximum], 5 * 60_000);

      const values = series.map((datapoints) => datapoints.map(({ value }) => value));
      expect(values).toEqual([[], [20.5, 40], [50]]);
      expect(calls).toHaveLength(inPages ? 3 : 1);
    },
  );

  it('are sorted, and those without a value are left out', async () => {
    const results = [
      {
        Id: 'm0',
        Timestamps: [minutesAgo(3), minutesAgo(1), minutesAgo(2)],
        Values: [3, 1],
      },
      { Id: 'other', Timestamps: [minutesAgo(1)], Values: [9] },
      {},
    ];
    const client = { send: async () => ({ $metadata: {}, MetricDataResults: results }) };

    const series = await cloudWatch({
      client: client as Pick<CloudWatchClient, 'send'>,
      clock: fakeClock(900_000, NOW),
    }).read([query], 60_000);

    expect(series).toEqual([
      [
        { atMs: minutesAgo(1).getTime(), value: 1 },
        { atMs: minutesAgo(3).getTime(), value: 3 },
      ],
    ]);
  });

  it('are empty when CloudWatch has none', async () => {
    await start({ metrics: [] });

    expect(await reader().read([query], 60_000)).toEqual([[]]);
  });

  it('are asked for once more after a transient fault', async () => {
    const onCall = inTurn({ error: 'InternalFailure', statusCode: 500 });
    const { calls } = await start({ onCall });

    expect(await reader().read([query], 90_000)).toMatchObject([[{ value: 20.5 }]]);
    expect(calls).toHaveLength(2);
  });

  it('are not asked for again after a refusal, which the error names', async () => {
    const error = { error: 'AccessDenied', message: 'not authorized', statusCode: 403 };
    const { calls } = await start({ onCall: () => error });

    await expect(reader().read([query], 60_000)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'not authorized',
    });
    expect(calls).toHaveLength(1);
  });

  it.each([
    [900_000, 4000],
    [5000, 2000],
    [1000, 1],
  ])('are given of %d ms that are left at most %d ms', async (timeLeftMs, expected) => {
    await start();
    const clock = limitingClock(timeLeftMs);

    await reader(clock).read([query], 60_000);

    expect(clock.limits).toEqual([expected]);
  });

  it('are read through the function that loads the client', async () => {
    const { calls } = await start();

    expect(await metricReader(fakeClock(), 'eu-south-2').read([query], 60_000)).toEqual([[]]);
    expect(calls).toHaveLength(1);
  });
});

describe('a parameter', () => {
  const store = (clock = fakeClock()) => parameterStore(connectParameters(), clock);

  const start = (onCall?: () => JsonAnswer | undefined) =>
    serve(
      'AWS_ENDPOINT_URL_SSM',
      startParameterStore({ parameters: { '/shop/purge': '{}' }, ...(onCall && { onCall }) }),
    );

  it('is read as it is stored, without decryption', async () => {
    const { calls } = await start();

    expect(await store().read('/shop/purge')).toBe('{}');
    expect(calls).toEqual([{ Name: '/shop/purge' }]);
  });

  it('that is missing is an error with its name', async () => {
    await start();

    await expect(store().read('/shop')).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });

  it.each<[string, JsonAnswer]>([
    ['throttling', { error: 'ThrottlingException', message: 'Rate exceeded' }],
    ['an internal error', { error: 'InternalServerError', statusCode: 500 }],
    ['a lost connection', 'lost'],
  ])('is asked for again after %s', async (_fault, answer) => {
    const { calls } = await start(inTurn(answer, answer));

    expect(await store().read('/shop/purge')).toBe('{}');
    expect(calls).toHaveLength(3);
  });

  it.each([
    [900_000, 10_000],
    [5000, 2000],
    [1000, 1],
  ])('is given of %d ms that are left at most %d ms', async (timeLeftMs, expected) => {
    await start();
    const clock = limitingClock(timeLeftMs);

    await store(clock).read('/shop/purge');

    expect(clock.limits).toEqual([expected]);
  });

  it('is read through the function that loads the client', async () => {
    await start();

    expect(await parameters(fakeClock()).read('/shop/purge')).toBe('{}');
  });
});

describe('the secrets', () => {
  const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:purge-AbCdEf';
  const busy = (error: string, statusCode: number): JsonAnswer => ({ error, statusCode });

  async function read(...faults: JsonAnswer[]) {
    const starting = startSecretsManager({ [ARN]: 'text' }, inTurn(...faults));
    const service = await serve('AWS_ENDPOINT_URL_SECRETS_MANAGER', starting);
    const reading = secretsManager(fakeClock(60_000), service.endpoint).read(ARN);
    return { service, text: await reading };
  }

  it('are read by their ARN, as they are stored', async () => {
    const { service, text } = await read();

    expect(text).toBe('text');
    expect(service.calls).toEqual([{ SecretId: ARN }]);
  });

  it('are asked for again where the service is in trouble', async () => {
    const faults = [busy('InternalServiceError', 500), busy('ThrottlingException', 400)];

    expect(await read(...faults, 'lost')).toMatchObject({ text: 'text' });
  });

  it.each<[string, JsonAnswer[], RegExp]>([
    ['is not there', [busy('ResourceNotFoundException', 400)], /: ResourceNotFoundException;/],
    ['may not be read', [busy('AccessDeniedException', 400)], /: AccessDeniedException;/],
    ['never comes', Array(4).fill(busy('InternalServiceError', 500)), /: InternalServiceError;/],
  ])('that %s is told with what it takes to read it', async (_, faults, code) => {
    await expect(read(...faults)).rejects.toThrow(code);
    await expect(read(...faults)).rejects.toThrow(
      /^the secret arn:.* could not be read: .*must be allowed to read and decrypt it$/,
    );
  });
});
