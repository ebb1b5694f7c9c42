import {
  type CloudWatchOptions,
  type MeasuredMetric,
  startCloudWatch,
} from '../../local/cloudwatch';
import type { DataApiServer } from '../../local/data-api-server/index';
import { seedSessions } from '../../local/django-table';
import type { JsonAnswer, JsonService } from '../../local/json-service';
import { startParameterStore } from '../../local/parameter-store';
import { deploy, type Invoked, SCHEDULED_EVENT } from '../support/deployed-function';
import { FAST_CLOCK } from '../support/fast-clock';
import { createDatabase, type TestDatabase } from '../support/postgres';

const EXPIRED = 1200;

let db: TestDatabase;
let dataApi: DataApiServer;
const services: JsonService[] = [];

beforeEach(async () => {
  db = await createDatabase();
  await seedSessions(db.admin, { expired: EXPIRED, live: 10, expiredOverDays: 900 });
  dataApi = await db.serve();
});

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
  await db.close();
});

interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly parameter?: string;
  readonly onParameter?: () => JsonAnswer | undefined;
  readonly cloudWatch?: CloudWatchOptions;
  readonly timeoutMs?: number;
}

/** One invocation of the bundle among doubles of all that it asks. */
async function invoke(event: unknown, circumstances: Circumstances): Promise<Invoked> {
  const { env = {}, parameter, onParameter, cloudWatch, timeoutMs = 60_000 } = circumstances;
  const parameters: Record<string, string> =
    parameter === undefined ? {} : { '/shop/purge': parameter };
  const ssm = await startParameterStore({
    parameters,
    ...(onParameter && { onCall: onParameter }),
  });
  const metrics = await startCloudWatch(cloudWatch ?? { metrics: [] });
  services.push(ssm, metrics);
  const { invoke: call, stop } = deploy({
    env: {
      ...db.environmentOf(dataApi),
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      AWS_ENDPOINT_URL_CLOUDWATCH: metrics.endpoint,
      ...env,
    },
    timeoutMs,
  });
  return call(event).finally(stop);
}

async function expiredLeft(): Promise<number> {
  const { rows } = await db.admin.query(
    'SELECT count(*)::int AS n FROM django_session WHERE expire_date < now()',
  );
  return rows[0].n;
}

describe('the control parameter', () => {
  const env = { SESSION_PURGE_CONTROL_PARAMETER: '/shop/purge' };
  const control = (parameter: string) => ({ env, parameter });

  it('changes nothing as {}', async () => {
    const { report } = await invoke(SCHEDULED_EVENT, control('{}'));

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    expect(report).not.toHaveProperty('warnings');
  });

  it('switches the purge off, and the database hears nothing', async () => {
    const off = control('{"paused": true, "note": "migration until Friday, ask Ana"}');

    const { report, log, metrics } = await invoke(SCHEDULED_EVENT, off);

    const reason =
      'switched off by the control parameter "/shop/purge": migration until Friday, ask Ana';
    expect(report).toMatchObject({
      stopReason: 'switched-off',
      reason,
      cutoff: null,
      engine: null,
      tables: [],
      dataApiCalls: 0,
    });
    expect(report).not.toHaveProperty('warnings');
    expect(log.at(-1)).toMatchObject({
      level: 'INFO',
      message: 'switched-off: 0 rows deleted',
      report,
    });
    expect(metrics[0]?.metrics).toMatchObject({
      Successes: '0 Count',
      Failures: '0 Count',
      Skips: '1 Count',
    });
    expect(dataApi.calls).toEqual([]);
    expect(await expiredLeft()).toBe(EXPIRED);
  });

  it('leaves a dry run to whoever wants to look', async () => {
    const { report } = await invoke({ dryRun: true }, control('{"paused": true}'));

    expect(report).toMatchObject({ stopReason: 'dry-run', tables: [{ rowsExpired: EXPIRED }] });
  });

  it('gives the run another pace and grace, and tells it', async () => {
    const overrides = { maxBatchSize: 100, graceSeconds: 0 };

    const { report, log } = await invoke(SCHEDULED_EVENT, control(JSON.stringify(overrides)));

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    expect(report?.batches).toBeGreaterThanOrEqual(EXPIRED / 100);
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'INFO', message: 'control parameter', overrides }),
    );
  });

  const failures: [string, Circumstances, string][] = [
    [
      'is malformed',
      control('{"graceSecond": 0}'),
      'control parameter "/shop/purge" has an unknown key "graceSecond"; did you mean "graceSeconds"? nothing was deleted; mend it, {} changes nothing and {"paused": true} switches the purge off',
    ],
    [
      'is missing',
      { env },
      'control parameter "/shop/purge" could not be read: ParameterNotFound; nothing was deleted; create it with the value {}, or unset SESSION_PURGE_CONTROL_PARAMETER',
    ],
    [
      'may not be read',
      { env, onParameter: () => ({ error: 'AccessDeniedException', message: 'not authorized' }) },
      'control parameter "/shop/purge" could not be read: AccessDeniedException: not authorized; nothing was deleted; the function\'s role needs ssm:GetParameter on it',
    ],
    [
      'is not answered for',
      { env: { ...env, ...FAST_CLOCK }, onParameter: () => 'none', timeoutMs: 5000 },
      'control parameter "/shop/purge" could not be read: Error: no answer within',
    ],
  ];

  it.each(failures)('that %s ends the run before the database hears of it', async (...given) => {
    const [, circumstances, message] = given;

    const { error, log, metrics } = await invoke(SCHEDULED_EVENT, circumstances);

    expect(error?.errorType).toBe('SettingsError');
    expect(error?.errorMessage.startsWith(message)).toBe(true);
    expect(log.at(-1)).toMatchObject({ level: 'ERROR', message: 'refused' });
    expect(metrics.map((emf) => emf.metrics)).toEqual([{ Failures: '1 Count' }]);
    expect(dataApi.calls).toEqual([]);
  });
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

const ofCluster = (name: string, value: number, role?: string): MeasuredMetric => ({
  namespace: 'AWS/RDS',
  name,
  dimensions: { DBClusterIdentifier: 'sessions', ...(role && { Role: role }) },
  values: [
    { at: minutesAgo(10), value: 1 },
    { at: minutesAgo(2), value },
  ],
});

const ofPurge = (name: string, hoursAgo: number, value: number): MeasuredMetric => ({
  namespace: 'DjangoSessionPurge',
  name,
  dimensions: { service: 'session-purge' },
  values: [{ at: minutesAgo(hoursAgo * 60), value }],
});

describe('a cluster that paused itself', () => {
  const env = { SESSION_PURGE_WHEN_PAUSED: 'skip', SESSION_PURGE_MAX_SLEEP_HOURS: '48' };
  const asleep = ofCluster('ServerlessDatabaseCapacity', 0);
  const purged = (hoursAgo: number) => [
    ofPurge('Successes', hoursAgo, 1),
    ofPurge('Skips', hoursAgo, 0),
  ];
  const measured = (...metrics: MeasuredMetric[]) => ({ env, cloudWatch: { metrics } });

  it('is left asleep, which is a success, and hears nothing', async () => {
    const { report, log, metrics } = await invoke({}, measured(asleep, ...purged(24)));

    expect(report).toEqual({
      dryRun: false,
      cutoff: null,
      engine: null,
      stopReason: 'asleep',
      reason:
        'the cluster is asleep and was purged within the last 48 h; an event with a field of its own wakes it',
      rowsDeleted: 0,
      unknownOutcomes: 0,
      batches: 0,
      dataApiCalls: 0,
      retries: 0,
      slowestBatchMs: 0,
      wakeMs: 0,
      durationMs: expect.any(Number),
      tables: [],
    });
    expect(log.filter(({ level }) => level !== 'INFO')).toEqual([]);
    expect(metrics[0]?.metrics).toMatchObject({
      Successes: '1 Count',
      Failures: '0 Count',
      Skips: '1 Count',
    });
    expect(metrics[0]?.metrics).not.toHaveProperty('BacklogAge');
    expect(dataApi.calls).toEqual([]);
  });

  it.each<[string, unknown, Circumstances]>([
    ['after too long a time without a purge', {}, measured(asleep, ...purged(72))],
    ['on a request by hand', { maxRows: 5000 }, measured(asleep, ...purged(24))],
    [
      'once it is awake again',
      {},
      measured(ofCluster('ServerlessDatabaseCapacity', 0.5), ...purged(24)),
    ],
  ])('is purged %s', async (_when, event, circumstances) => {
    const { report } = await invoke(event, circumstances);

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    expect(report).not.toHaveProperty('warnings');
  });

  it.each<[string, CloudWatchOptions]>([
    ['knows nothing of it', { metrics: [] }],
    ['refuses', { metrics: [], onCall: () => ({ error: 'AccessDenied', statusCode: 403 }) }],
    ['does not answer', { metrics: [], onCall: () => 'none' }],
  ])('is purged with a warning when CloudWatch %s', async (_how, cloudWatch) => {
    const { report, log } = await invoke({}, { env: { ...env, ...FAST_CLOCK }, cloudWatch });

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    const [warning] = report?.warnings ?? [];
    expect(warning).toMatch(/^whether the cluster is asleep is not known: .*; it counts as awake$/);
    expect(log).toContainEqual(expect.objectContaining({ level: 'WARN', message: warning }));
  });
});

describe('a busy database', () => {
  const env = { SESSION_PURGE_MAX_CPU_PERCENT: '80', SESSION_PURGE_MAX_ACU_PERCENT: '90' };

  it('is left alone, and the load is told', async () => {
    const metrics = [
      ofCluster('CPUUtilization', 97, 'WRITER'),
      ofCluster('CPUUtilization', 5, 'READER'),
      ofCluster('ACUUtilization', 40, 'WRITER'),
    ];

    const told = await invoke(SCHEDULED_EVENT, { env, cloudWatch: { metrics } });

    const reason =
      "the writer's CPUUtilization was 97 %, above SESSION_PURGE_MAX_CPU_PERCENT (80); the next run goes on";
    expect(told.report).toMatchObject({ stopReason: 'database-busy', reason });
    expect(told.report).not.toHaveProperty('warnings');
    expect(told.metrics[0]?.metrics).toMatchObject({
      Successes: '0 Count',
      Failures: '0 Count',
      Skips: '1 Count',
    });
    expect(dataApi.calls).toEqual([]);
  });

  it('is purged when it has time', async () => {
    const metrics = [
      ofCluster('CPUUtilization', 80, 'WRITER'),
      ofCluster('ACUUtilization', 40, 'WRITER'),
    ];

    const { report } = await invoke(SCHEDULED_EVENT, { env, cloudWatch: { metrics } });

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    expect(report).not.toHaveProperty('warnings');
  });

  it('is purged with one warning when CloudWatch does not answer', async () => {
    const cloudWatch: CloudWatchOptions = { metrics: [], onCall: () => 'none' };

    const given = { env: { ...env, ...FAST_CLOCK }, cloudWatch };
    const { report } = await invoke(SCHEDULED_EVENT, given);

    expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
    expect(report?.warnings).toEqual([
      expect.stringMatching(
        /^the database's load is not known: .*; only a load that is known stops a run$/,
      ),
    ]);
  });
});

it('asks nobody but the database where nothing of this is set', async () => {
  const unreachable = {
    AWS_ENDPOINT_URL_SSM: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:9',
  };

  const { report } = await invoke(SCHEDULED_EVENT, { env: unreachable });

  expect(report).toMatchObject({ stopReason: 'drained', rowsDeleted: EXPIRED });
  expect(report).not.toHaveProperty('warnings');
});
