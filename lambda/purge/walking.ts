import type { TableReport } from '../../contract/report';
import { type Balance, balanceOf, MOST_COUNTED } from './balance';
import type { Inflow } from './inflow';
import { afterLook, isLookDue, type Looked } from './look';
import type { Pace } from './pace';
import type { SessionTable } from './port';
import { setOldest } from './report';
import { chosen, type Route, wantsChoice } from './route';
import { hasTime, type Run } from './run';

/** A walk through a table, and how far it has come. */
export interface Walking {
  readonly table: SessionTable;
  readonly report: TableReport;
  readonly run: Run;
  route: Route;
  pace: Pace;
  looked: Looked;
  inflow: Inflow;
  /** The rows that were left before this walk, or when it first parted a batch; `null`: they were not counted so far. */
  balance: Balance | null;
  /**
   * After what a delete of no row has passed, which shows that rows were in the way and not the table: a batch that was
   * refused, was stopped or met a lock, or one that failed. The second shows as much as the first. `null`: none was sent.
   */
  provedAfter: 'obstacle' | 'failure' | null;
  /**
   * So many deletes in a row were lost in the words of the database, though one of no row passes, that each further one counts as
   * refused for a row.
   */
  takesLossForRefusal: boolean;
}

/** Looks for the oldest row that is left, locked ones included. */
export async function look(walking: Walking): Promise<Date | null | 'unknown'> {
  const { table, report, run, looked } = walking;
  const { cutoff } = run;
  const { since } = looked;
  const { walk } = walking.route.from;
  const oldest = await table.oldestExpired({ cutoff, walk, ...(since && { since }) });
  if (oldest !== 'unknown') setOldest(report, oldest, cutoff);
  walking.looked = afterLook(looked, oldest, report.rowsDeleted);
  return oldest;
}

/** Looks on the way along an index, where it is time to. */
export async function lookOnTheWay(walking: Walking): Promise<void> {
  const { table, report, run, route, looked } = walking;
  const isAlong = table.isIndexed && route.from.walk === 'index';
  if (isAlong && isLookDue(looked, report.rowsDeleted) && hasTime(run)) await look(walking);
}

/** Chooses between the walks, where it is time to. */
export async function choose(walking: Walking): Promise<void> {
  const { table, report, run, route } = walking;
  // Without an index each batch along it would read the whole table.
  const isUnindexed = !table.isIndexed && !route.isChosen;
  if (!isUnindexed && !wantsChoice(route, report.rowsDeleted)) return;
  walking.route = chosen(route, await table.chooseWalk(run.cutoff));
  report.walk = walking.route.from.walk;
  report.walkReason = walking.route.reason;
}

/** Counts the rows that are left before the first parting of a walk, unless they were counted before it. */
export async function openBalance(walking: Walking): Promise<void> {
  const { table, report, run, balance, looked } = walking;
  if (balance !== null || !hasTime(run)) return;
  // Before that are only the places of rows that went, which take long to pass.
  const from = looked.since ? table.startAt(looked.since) : table.start;
  const all = { cutoff: run.cutoff, from, limit: MOST_COUNTED };
  walking.balance = balanceOf(await table.countAhead(all, 'cutoff'), report.rowsDeleted);
}
