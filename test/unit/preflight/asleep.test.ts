import { readSettings } from '../../../lambda/input/settings';
import { lookForSleep } from '../../../lambda/preflight/asleep';
import { environment } from '../../support/environment';
import { accessDenied, fakeMetrics, type Measured } from '../../support/fake-metrics';

const SETTINGS = readSettings(
  environment({ SESSION_PURGE_NAME: 'nightly', SESSION_PURGE_MAX_SLEEP_HOURS: '48' }),
);

const REASON =
  'the cluster is asleep and was purged within the last 48 h; an event with a field of its own wakes it';

/** What is found where the cluster's capacity and the purge's own metrics are these, the newest first. */
async function find(capacity: Measured, own: Measured = {}) {
  const clusterMetrics = fakeMetrics(capacity);
  const ownMetrics = fakeMetrics(own);
  const finding = await lookForSleep(SETTINGS, { clusterMetrics, ownMetrics });
  return { finding, cluster: clusterMetrics.asked, own: ownMetrics.asked };
}

const ASLEEP = { ServerlessDatabaseCapacity: [0, 0.5, 2] };

describe('lookForSleep', () => {
  it('asks for the capacity of the whole cluster in the last minutes', async () => {
    const { cluster } = await find(ASLEEP);

    expect(cluster).toEqual([
      {
        queries: [
          {
            namespace: 'AWS/RDS',
            name: 'ServerlessDatabaseCapacity',
            dimensions: { DBClusterIdentifier: 'shop' },
            statistic: 'Maximum',
            periodSeconds: 60,
          },
        ],
        lookBackMs: 900_000,
      },
    ]);
  });

  it("asks for the purge's own runs, and only where the cluster is asleep", async () => {
    const { own } = await find(ASLEEP);
    const { own: ofAwake } = await find({ ServerlessDatabaseCapacity: [0.5, 0] });

    const query = {
      namespace: 'DjangoSessionPurge',
      dimensions: { service: 'nightly' },
      statistic: 'Sum',
      periodSeconds: 3600,
    };
    expect(own).toEqual([
      {
        queries: [
          { ...query, name: 'Successes' },
          { ...query, name: 'Skips' },
        ],
        lookBackMs: 48 * 3_600_000,
      },
    ]);
    expect(ofAwake).toEqual([]);
  });

  it.each<[string, Measured, Measured, string | null]>([
    ['a cluster that is awake', { ServerlessDatabaseCapacity: [0.5] }, {}, null],
    [
      'one that has just woken',
      { ServerlessDatabaseCapacity: [0.5, 0, 0] },
      { Successes: [1] },
      null,
    ],
    ['one asleep that was purged', ASLEEP, { Successes: [1], Skips: [0] }, REASON],
    [
      'one asleep whose purge was before versions that tell skips',
      ASLEEP,
      { Successes: [1] },
      REASON,
    ],
    [
      'one asleep that was purged some days ago',
      ASLEEP,
      { Successes: [1, 1, 1], Skips: [1, 1, 0] },
      REASON,
    ],
    ['one asleep, purged and skipped in one hour', ASLEEP, { Successes: [2], Skips: [1] }, REASON],
    [
      'one asleep, purged while another hour was switched off',
      ASLEEP,
      { Successes: [0, 1], Skips: [1, 0] },
      REASON,
    ],
    ['one asleep that was left so every time', ASLEEP, { Successes: [1, 1], Skips: [1, 1] }, null],
    ['one asleep whose runs all failed', ASLEEP, { Successes: [0, 0], Skips: [0, 0] }, null],
    ['one asleep that was never purged', ASLEEP, {}, null],
  ])('of %s', async (_which, capacity, own, leaveAsleep) => {
    const { finding } = await find(capacity, own);

    expect(finding).toEqual({ leaveAsleep, warning: null });
  });

  it('takes a cluster without a capacity for awake, and says so', async () => {
    const { finding } = await find({}, { Successes: [1] });

    expect(finding).toEqual({
      leaveAsleep: null,
      warning:
        'whether the cluster is asleep is not known: CloudWatch has no ServerlessDatabaseCapacity of shop; it counts as awake',
    });
  });

  it.each<[string, Measured, Measured]>([
    ['cluster', accessDenied(), {}],
    ['purge', ASLEEP, accessDenied()],
  ])("takes a cluster for awake when the %s's metrics cannot be read", async (...given) => {
    const [, capacity, own] = given;

    const { finding } = await find(capacity, own);

    expect(finding).toEqual({
      leaveAsleep: null,
      warning:
        "whether the cluster is asleep is not known: AccessDeniedException: not authorized to perform: cloudwatch:GetMetricData; the function's role needs cloudwatch:GetMetricData; it counts as awake",
    });
  });
});
