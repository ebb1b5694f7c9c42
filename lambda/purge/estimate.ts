import type { PurgeEstimate } from '../../contract/report';
import type { OpenDatabase, SessionTable } from './port';
import { rehearsal } from './rehearsal';
import type { Run } from './run';

/** The first calls of a run took up to four times as long as those that followed, or those of another run. */
const FIRST_CALLS = 4;

/**
 * By how much the storage walk's batches may be larger or smaller than a sample lets expect. A sample has a hundred blocks,
 * give or take ten, and the purge takes another one.
 */
const SAMPLED = 1.4;

/** What a purge takes that finds nothing to delete: the calls that have opened the database. */
export function openEstimate({
  roundTripMs,
  calls,
}: Pick<OpenDatabase, 'roundTripMs' | 'calls'>): PurgeEstimate {
  const sent = calls();
  return {
    batches: { least: 0, most: 0 },
    dataApiCalls: { least: sent, most: sent },
    shortestMs: Math.floor((sent * roundTripMs) / FIRST_CALLS),
    longestMs: Math.ceil(sent * roundTripMs * FIRST_CALLS),
  };
}

/** The expired rows of a table: `rows` were counted in `tookMs`, and `all` are likely to be there. */
export interface Counted {
  readonly rows: number;
  readonly tookMs: number;
  readonly all: number;
}

/** Adds what the purge of a table would take, by the speed at which its rows were counted. */
export async function addToEstimate(
  table: SessionTable,
  { rows, tookMs, all }: Counted,
  run: Run,
): Promise<void> {
  const { report, roundTripMs, deleteByCount } = run;
  const { estimate } = report;
  if (estimate === undefined) return;
  const workMs = tookMs - roundTripMs;
  const counted = Math.max(1, rows);
  const rehearse = rehearsal(table, all, run);
  const fast = await rehearse({
    callMs: Math.min(roundTripMs, tookMs) / FIRST_CALLS,
    rowMs: (deleteByCount.least * Math.max(0, workMs)) / counted,
    storageShare: SAMPLED,
  });
  const slow = await rehearse({
    callMs: roundTripMs,
    // The round trip may be shorter than any call so far.
    rowMs: (deleteByCount.most * Math.max(tookMs / 2, workMs)) / counted,
    storageShare: 1 / SAMPLED,
  });
  for (const of of ['batches', 'dataApiCalls'] as const) {
    estimate[of].least += Math.min(fast[of], slow[of]);
    estimate[of].most += Math.max(fast[of], slow[of]);
  }
  estimate.shortestMs += Math.floor(fast.durationMs);
  estimate.longestMs += Math.ceil(slow.durationMs);
}
