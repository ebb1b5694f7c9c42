import * as fc from 'fast-check';
import { dataApi } from '../../lambda/data-api/data-api';
import type { FailureKind } from '../../lambda/data-api/failure';
import { type Cause, causeOf } from '../../lambda/data-api/retry-budget';
import { dialectsFor } from '../../lambda/database/dialects';
import { sessionDatabase } from '../../lambda/database/session-database';
import { errorsOf } from '../faults/errors';
import { FAILURES } from '../faults/failures';
import { fakeClock } from '../support/fake-clock';
import { tableName } from '../support/real-session-table';
import { type Reply, scriptedClient } from '../support/scripted-client';

const TARGET = { clusterArn: 'c', secretArn: 's', database: 'd', wakeBudgetSeconds: 120 };

/** What the failures of one cause cost at most: calls, each after the shortest wait, and time. */
const MOST: Readonly<Record<Cause, { readonly calls: number; readonly ms: number }>> = {
  waking: { calls: 50, ms: 120_000 },
  switching: { calls: 10, ms: 90_000 },
  lock: { calls: 13, ms: 5000 },
  transient: { calls: 23, ms: 90_000 },
};

/** Every error of the table. */
const ERRORS = Object.values(FAILURES)
  .flat()
  .flatMap((row) => errorsOf(row).map((error) => ({ error, ...row, cause: causeOf(row) })));

const ofKind = (...kinds: FailureKind[]) => ERRORS.filter(({ kind }) => kinds.includes(kind));

/** A lock that others hold is the answer of a database that is not down. */
const DOWN = ofKind('transient', 'resuming').filter(({ at }) => at !== 'lock');

const LASTING = ofKind('final', 'refused');

/** Errors that a read is sent again after. */
const passing = fc
  .subarray<Cause>(['waking', 'switching', 'lock', 'transient'], { minLength: 1 })
  .chain((causes) => {
    const some = ofKind('transient', 'resuming', 'unknown', 'too-large');
    const ofCauses = some.filter(({ cause }) => causes.includes(cause));
    return fc.record({
      errors: fc.array(fc.constantFrom(...ofCauses), { minLength: 1, maxLength: 6 }),
      calls: fc.constant(causes.reduce((sum, cause) => sum + MOST[cause].calls, 0)),
      ms: fc.constant(causes.reduce((sum, cause) => sum + MOST[cause].ms, 0)),
    });
  });

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** A Data API whose calls fail in this order, again and again. */
function failing(errors: readonly Pick<Reply, 'error'>[], durationMs: number, chance: number) {
  const clock = fakeClock(100_000_000);
  const script = Array.from({ length: 1000 }, (_, at) => ({
    ...errors[at % errors.length],
    durationMs,
  }));
  const client = scriptedClient(clock, script);
  const api = dataApi(TARGET, { client, clock, random: () => chance });
  const startedMs = clock.now();
  return { api, client, elapsedMs: () => clock.now() - startedMs };
}

const refused = (work: Promise<unknown>) =>
  expect(work).rejects.toMatchObject({ name: 'DatabaseError' });

/** An inspection with the ranges and one without, in each dialect. */
const FORMS = 4;

describe('opening a database', () => {
  /** Often a call takes next to no time, now and then as long as it may. */
  const callMs = fc.constantFrom(0, 0, 200, 200, 50_000);

  it('costs a bounded number of calls and a bounded time, whatever fails', () =>
    fc.assert(
      fc.asyncProperty(
        passing,
        fc.constantFrom(...LASTING),
        fc.integer({ min: 0, max: 40 }),
        callMs,
        random,
        async (most, lasting, passingBefore, durationMs, chance) => {
          const before = Array.from(
            { length: passingBefore },
            (_, at) => most.errors[at % most.errors.length] as Reply,
          );
          const { api, client, elapsedMs } = failing([...before, lasting], durationMs, chance);

          await refused(
            sessionDatabase(api, dialectsFor('UTC')).open([tableName('django_session')]),
          );

          expect(client.sent.length).toBeLessThanOrEqual(most.calls + FORMS);
          // A sum of waits is exact to a fraction of a millisecond.
          expect(Math.floor(elapsedMs())).toBeLessThanOrEqual(most.ms + (FORMS + 1) * durationMs);
        },
      ),
      { numRuns: 500 },
    ));
});

it('while the service is down, a run costs its budgets, and one more call for each further statement', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('read', 'probe', 'delete'), { maxLength: 100 }),
      fc.array(fc.constantFrom(...DOWN), { minLength: 1, maxLength: 6 }),
      random,
      async (modes, errors, chance) => {
        const { api, client, elapsedMs } = failing(errors, 10, chance);

        for (const mode of modes) {
          const sent = api.send({ sql: '', parameters: {}, mode });
          // What the database itself says may be said by a trigger.
          const answer = await sent.catch((error: unknown) => ({ kind: 'failed', error }));
          expect(answer).toMatchObject({ kind: 'failed', error: { name: 'DatabaseError' } });
        }

        expect(client.sent.length).toBeLessThanOrEqual(50 + 10 + 23 + modes.length);
        expect(elapsedMs()).toBeLessThanOrEqual((120 + 90 + 90) * 1000 + modes.length * 10);
      },
    ),
  ));
