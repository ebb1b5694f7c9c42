import type { PurgeReport } from '../../contract/report';
import type { Clock } from '../clock';
import type { Batch, BatchOutcome, SessionTable, WalkChoice } from './port';
import { openReport, openTableReport } from './report';
import { hasTime, type Run } from './run';
import { purgeTable } from './table-purge';

/** How a rehearsal goes. */
export interface Speed {
  /** How long a call takes, apart from the rows that it deletes. */
  readonly callMs: number;
  readonly rowMs: number;
  /** How large a batch of the storage walk is, as a share of what the sample lets expect. */
  readonly storageShare: number;
}

export type Taken = Pick<PurgeReport, 'batches' | 'dataApiCalls' | 'durationMs'>;

/** By then the size of the batches has settled. The rest is like them. */
const MOST_BATCHES = 2000;

/** A clock that moves only when it is told to. */
function ownClock(): Clock & { pass(durationMs: number): void } {
  let nowMs = 0;
  const pass = (durationMs: number) => {
    nowMs += durationMs;
  };
  return {
    pass,
    now: () => nowMs,
    timeOfDay: () => new Date(nowMs),
    timeLeft: () => Number.POSITIVE_INFINITY,
    sleep: async (durationMs) => pass(durationMs),
    within: (_durationMs, work) => work,
  };
}

/** Asks a table once which walk it would choose, and counts the calls that this takes. */
function choiceOf(table: SessionTable, run: Run) {
  let asked: Promise<{ readonly choice: WalkChoice; readonly calls: number }> | undefined;
  async function ask() {
    const before = run.calls();
    const choice = hasTime(run)
      ? await table.chooseWalk(run.cutoff)
      : { reason: 'there was no time to ask', start: null };
    return { choice, calls: run.calls() - before };
  }
  return () => {
    asked ??= ask();
    return asked;
  };
}

/**
 * Runs the purge of a table with so many expired rows, on a clock of its own and with nothing in its way, to find out what it
 * takes. Nothing is deleted. No statement is sent but the sample by which the purge chooses its walk, and that once for all
 * speeds.
 */
export function rehearsal(
  table: SessionTable,
  rows: number,
  run: Run,
): (speed: Speed) => Promise<Taken> {
  const choose = choiceOf(table, run);

  return async ({ callMs, rowMs, storageShare }) => {
    const clock = ownClock();
    const report = openReport({ dryRun: false });
    let left = rows;

    function called(calls: number, durationMs = calls * callMs): void {
      report.dataApiCalls += calls;
      clock.pass(durationMs);
    }

    async function deleteBatch(batch: Batch): Promise<BatchOutcome> {
      const share = batch.from.walk === 'storage' ? storageShare : 1;
      const limit = Math.max(1, Math.floor(batch.limit * share));
      const { calls, ...foreseen } = table.foresee({ ...batch, limit }, left);
      left -= foreseen.rows;
      const durationMs = callMs + foreseen.rows * rowMs;
      called(calls, (calls - 1) * callMs + durationMs);
      return { kind: 'deleted', ...foreseen, reached: null, kept: 0, held: 0, durationMs };
    }

    const rehearsed: SessionTable = {
      ...table,
      deleteBatch,
      async chooseWalk() {
        const { choice, calls } = await choose();
        called(calls);
        return choice;
      },
      async countAhead({ limit }) {
        called(1);
        return Math.min(limit, left);
      },
      async oldestExpired() {
        called(1);
        return left > 0 ? run.cutoff : null;
      },
    };
    await purgeTable(rehearsed, openTableReport(table.name), {
      ...run,
      request: { ...run.request, maxRows: null },
      clock,
      report,
      roundTripMs: callMs,
      unknownRows: 0,
      obstacles: [],
      isBusy: async () => report.batches >= MOST_BATCHES,
    });
    const all = left === 0 ? 1 : rows / Math.max(1, rows - left);
    return {
      batches: Math.round(report.batches * all),
      dataApiCalls: Math.round(report.dataApiCalls * all),
      durationMs: clock.now() * all,
    };
  };
}
