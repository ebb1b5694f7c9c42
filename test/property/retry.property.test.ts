import {
  DatabaseErrorException,
  DatabaseResumingException,
  ForbiddenException,
  StatementTimeoutException,
} from '@aws-sdk/client-rds-data';
import * as fc from 'fast-check';
import { dataApi } from '../../lambda/data-api/data-api';
import { nextWaitMs, retryBudgets } from '../../lambda/data-api/retry-budget';
import { fakeClock } from '../support/fake-clock';
import { networkError, type Reply, scriptedClient, unmodelled } from '../support/scripted-client';

const said = (message: string) => ({ message, $metadata: { httpStatusCode: 400 } });

/** Errors after which a statement is known not to have run, or to have been taken back. */
const NOT_RUN: readonly Error[] = [
  new DatabaseResumingException(said('resuming')),
  unmodelled('ThrottlingException', 'slow down', 400),
  new DatabaseErrorException(said('deadlock; SQLState: 40P01')),
  networkError('ECONNREFUSED', 'refused'),
];

const OTHERS: readonly Error[] = [
  networkError('ECONNRESET', 'socket hang up'),
  new StatementTimeoutException({ ...said('stopped'), dbConnectionId: 7 }),
  new ForbiddenException(said('no')),
];

const reply: fc.Arbitrary<Reply> = fc.record({
  error: fc.constantFrom(...NOT_RUN, ...NOT_RUN, ...OTHERS),
  durationMs: fc.oneof(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 50_000 })),
});

/** Errors until the service answers at last. */
const script = fc
  .array(reply, { maxLength: 40 })
  .map((replies): Reply[] => [...replies, ...Array<Reply>(300).fill({ output: {} })]);

const timeLeftMs = fc.integer({ min: 0, max: 300_000 });
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('nextWaitMs', () => {
  it('never waits past the time left, nor past what the next attempt needs of it', () => {
    const cause = fc.constantFrom(...(['waking', 'switching', 'transient'] as const));
    const spent = fc.record({
      failures: fc.integer({ min: 1, max: 2000 }),
      spentMs: fc.double({ min: 0, max: 200_000, noNaN: true }),
    });
    const timeLeft = fc.double({ min: 0, max: 900_000, noNaN: true });

    return fc.assert(
      fc.property(cause, spent, timeLeft, fraction, (of, used, leftMs, random) => {
        const budget = { ...retryBudgets({ wakeBudgetSeconds: 120 })[of], ...used };

        const next = nextWaitMs(budget, leftMs, () => random);

        const waitMs = typeof next === 'number' ? next : 0;
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(30_000);
        expect(used.spentMs + waitMs).toBeLessThanOrEqual(Math.max(120_000, used.spentMs));
        if (waitMs > 0) expect(waitMs + 500).toBeLessThanOrEqual(leftMs);
      }),
    );
  });
});

describe('whatever the service answers, a call', () => {
  it.each(['delete', 'read', 'probe'] as const)(
    'that is a %s ends, and never waits into the time that the report needs',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(script, timeLeftMs, fraction, async (replies, leftMs, random) => {
          const clock = fakeClock(leftMs);
          const client = scriptedClient(clock, replies);
          const api = dataApi(
            { clusterArn: 'c', secretArn: 's', database: 'd', wakeBudgetSeconds: 120 },
            {
              client,
              clock,
              random: () => random,
            },
          );

          await api.send({ sql: 'SELECT 1', parameters: {}, mode }).catch((error: unknown) => {
            expect(error).toMatchObject({ name: 'DatabaseError' });
          });

          for (const sleep of clock.sleeps) {
            expect(sleep.timeLeftMs - sleep.durationMs).toBeGreaterThanOrEqual(3000);
          }
          expect(api.usage()).toMatchObject({
            dataApiCalls: client.sent.length,
            retries: clock.sleeps.length,
          });
          expect(client.sent.length).toBe(clock.sleeps.length + 1);
        }),
      );
    },
  );

  it('that deletes is repeated only where the statement is known not to have run', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (replies) => {
        const clock = fakeClock();
        const client = scriptedClient(clock, replies);
        const target = { clusterArn: 'c', secretArn: 's', database: 'd', wakeBudgetSeconds: 120 };
        const api = dataApi(target, { client, clock, random: () => 0 });

        await api.send({ sql: 'DELETE', parameters: {}, mode: 'delete' }).catch(() => {});

        const repeated = replies.slice(0, client.sent.length - 1);
        for (const { error } of repeated) expect(NOT_RUN).toContain(error);
      }),
    );
  });
});
