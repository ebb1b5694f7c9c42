import { type Control, NO_CONTROL } from '../../../lambda/input/control';
import { type PurgeRequest, readRequest } from '../../../lambda/input/request';
import { readSettings } from '../../../lambda/input/settings';
import { preflight } from '../../../lambda/preflight/preflight';
import { SCHEDULED_EVENT } from '../../support/deployed-function';
import { environment } from '../../support/environment';
import { fakeClock } from '../../support/fake-clock';
import { accessDenied, fakeMetrics, type Measured } from '../../support/fake-metrics';

const SKIP = { SESSION_PURGE_WHEN_PAUSED: 'skip', SESSION_PURGE_CONTROL_PARAMETER: '/shop/purge' };
const WATCH = { SESSION_PURGE_MAX_CPU_PERCENT: '80' };
const ASLEEP = { ServerlessDatabaseCapacity: [0], CPUUtilization: [0] };
const AWAKE = { ServerlessDatabaseCapacity: [2], CPUUtilization: [10] };
const PURGED = { Successes: [1], Skips: [0] };
const OFF: Control = { ...NO_CONTROL, paused: true, note: 'ask Ana' };

interface Circumstances {
  readonly given?: Record<string, string>;
  readonly event?: object;
  readonly control?: Control;
  readonly cluster?: Measured;
  readonly own?: Measured;
}

async function decide({
  given = SKIP,
  event = SCHEDULED_EVENT,
  control = NO_CONTROL,
  cluster = ASLEEP,
  own = PURGED,
}: Circumstances) {
  const settings = readSettings(environment(given));
  const request = readRequest(event, settings.tables) as PurgeRequest;
  const clusterMetrics = fakeMetrics(cluster);
  const ownMetrics = fakeMetrics(own);
  const { skip, warning, watch } = await preflight(
    { settings, request, control },
    { clusterMetrics, ownMetrics, clock: fakeClock() },
  );
  const asked = clusterMetrics.asked.length + ownMetrics.asked.length;
  return { skip, warning, notKnown: watch.notKnown(), asked };
}

describe('preflight', () => {
  it('asks nobody where nothing is set', async () => {
    expect(await decide({ given: {} })).toEqual({
      skip: null,
      warning: null,
      notKnown: null,
      asked: 0,
    });
  });

  it.each<[string, object]>([
    ['on schedule', SCHEDULED_EVENT],
    ['by hand as the schedule would', {}],
    ['by hand with a field', { maxRows: 10 }],
  ])(
    'stops a purge that is switched off, started %s, and asks nobody else',
    async (_how, event) => {
      const reason = 'switched off by the control parameter "/shop/purge": ask Ana';

      expect(await decide({ event, control: OFF, given: { ...SKIP, ...WATCH } })).toEqual({
        skip: { stopReason: 'switched-off', reason },
        warning: null,
        notKnown: null,
        asked: 0,
      });
    },
  );

  it('needs no note to switch off', async () => {
    const { skip } = await decide({ control: { ...OFF, note: null } });

    expect(skip?.reason).toBe('switched off by the control parameter "/shop/purge"');
  });

  it('lets a dry run go on whatever speaks against a purge', async () => {
    const decision = await decide({
      event: { dryRun: true },
      control: OFF,
      given: { ...SKIP, ...WATCH },
      cluster: { ServerlessDatabaseCapacity: [0], CPUUtilization: [100] },
    });

    expect(decision).toEqual({ skip: null, warning: null, notKnown: null, asked: 0 });
  });

  it.each<[string, object, boolean]>([
    ['on schedule', SCHEDULED_EVENT, true],
    ['by hand as the schedule would', {}, true],
    ['by hand with a row limit', { maxRows: 10 }, false],
    ['by hand with a cutoff', { cutoff: '2026-01-01T00:00:00Z' }, false],
    ['by hand with all tables by name', { tables: ['django_session'] }, false],
    ['by hand with the word that it is no dry run', { dryRun: false }, false],
  ])('leaves a cluster asleep, or wakes it: started %s', async (_how, event, leftAsleep) => {
    const { skip, warning } = await decide({ event });

    expect(skip?.stopReason).toBe(leftAsleep ? 'asleep' : undefined);
    expect(warning).toBeNull();
  });

  it('wakes a sleeping cluster where that is the setting', async () => {
    const given = { ...SKIP, SESSION_PURGE_WHEN_PAUSED: 'wake' };

    expect(await decide({ given })).toEqual({
      skip: null,
      warning: null,
      notKnown: null,
      asked: 0,
    });
  });

  it('wakes a sleeping cluster that went without a purge for too long', async () => {
    const { skip } = await decide({ own: { Successes: [1, 1], Skips: [1, 1] } });

    expect(skip).toBeNull();
  });

  it('purges with a warning where nobody knows whether the cluster sleeps', async () => {
    const { skip, warning } = await decide({ cluster: accessDenied() });

    expect(skip).toBeNull();
    expect(warning).toContain('it counts as awake');
  });

  it('leaves a busy database alone, and tells the load', async () => {
    const decision = await decide({ given: WATCH, cluster: { CPUUtilization: [97] } });

    const reason =
      "the writer's CPUUtilization was 97 %, above SESSION_PURGE_MAX_CPU_PERCENT (80); the next run goes on";
    expect(decision).toEqual({
      skip: { stopReason: 'database-busy', reason },
      warning: null,
      notKnown: null,
      asked: 1,
    });
  });

  it('tells both that it may not look at sleep and that it may not look at load', async () => {
    const given = { ...SKIP, ...WATCH };

    const { skip, warning, notKnown } = await decide({ given, cluster: accessDenied() });

    expect(skip).toBeNull();
    expect(warning).toContain('it counts as awake');
    expect(notKnown).toContain('only a load that is known stops a run');
  });

  it('looks at sleep and load before a purge, and lets it go', async () => {
    const decision = await decide({ given: { ...SKIP, ...WATCH }, cluster: AWAKE });

    expect(decision).toEqual({ skip: null, warning: null, notKnown: null, asked: 2 });
  });
});
