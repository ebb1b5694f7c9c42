import { NO_CONTROL, readControl } from '../../../lambda/input/control';
import { type PurgeRequest, readRequest } from '../../../lambda/input/request';
import { readSettings } from '../../../lambda/input/settings';
import { parameterStore } from '../../../lambda/input/ssm';
import { cloudWatch } from '../../../lambda/preflight/cloudwatch';
import { preflight } from '../../../lambda/preflight/preflight';
import { environment } from '../../support/environment';
import { type FakeClock, fakeClock } from '../../support/fake-clock';

const HANGING = { send: () => new Promise<never>(() => {}) };

/** A clock under which no service ever answers. */
function hangingClock(timeLeftMs: number): FakeClock {
  const clock = fakeClock(timeLeftMs);
  return {
    ...clock,
    async within(durationMs) {
      clock.pass(durationMs);
      throw Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
    },
  };
}

const SETTINGS = readSettings(
  environment({
    SESSION_PURGE_WHEN_PAUSED: 'skip',
    SESSION_PURGE_MAX_CPU_PERCENT: '80',
    SESSION_PURGE_CONTROL_PARAMETER: '/shop/purge',
  }),
);

describe.each([900_000, 20_000, 13_000, 8000, 3000, 2500])(
  'an invocation with %d ms left, when no service answers',
  (timeLeftMs) => {
    const enough = Math.min(timeLeftMs, 3000) - 10;

    it('ends with enough time to report that the control parameter cannot be read', async () => {
      const clock = hangingClock(timeLeftMs);

      await expect(readControl('/shop/purge', parameterStore(HANGING, clock))).rejects.toThrow(
        'control parameter "/shop/purge" could not be read: Error: no answer; nothing was deleted',
      );
      expect(clock.timeLeft()).toBeGreaterThanOrEqual(enough);
    });

    it('starts the purge with enough time for its report', async () => {
      const clock = hangingClock(timeLeftMs);
      const metrics = cloudWatch({ client: HANGING, clock });
      const request = readRequest({}, SETTINGS.tables) as PurgeRequest;

      const { skip } = await preflight(
        { settings: SETTINGS, request, control: NO_CONTROL },
        { clusterMetrics: metrics, ownMetrics: metrics, clock },
      );

      expect(skip).toBeNull();
      expect(clock.timeLeft()).toBeGreaterThanOrEqual(enough);
    });
  },
);
