import { DatabaseError } from '../errors';
import { rowsThat } from './parted';
import type { Parting } from './parting';
import type { Passed } from './port';

/** The expired rows that a walk has left behind. */
export interface LeftBehind {
  /** All of them. */
  readonly rows: number;
  /** When the first of them expired; `null`: there are none. */
  readonly since: Date | null;
  /** Those that the database does not let go. */
  readonly stays: number;
  /** Those that were not tried. Others hold the rest locked. */
  readonly untried: number;
  /** What the database says of the first that stays; `null`: none does. */
  readonly error: DatabaseError | null;
  /** What the database says of the first lock that was in the way; absent if it says nothing. */
  readonly lockedBy?: DatabaseError;
}

/** Nothing is left behind. */
export const NONE: LeftBehind = { rows: 0, since: null, stays: 0, untried: 0, error: null };

const KEPT = new DatabaseError(
  'the database accepts the DELETE, but the rows stay; look for a trigger, a rule or a policy that does so, and change or drop it',
);

/** What to look for where rows come back. MySQL lets no trigger insert into the table whose rows go. */
export const LOOK_FOR_INSERTS =
  'look for a trigger on the table that inserts rows, or for a job that adds expired ones';

/** Why rows of one instant are left behind that come back. */
export const COMES_BACK = new DatabaseError(
  `as many came back as were deleted; ${LOOK_FOR_INSERTS}`,
);

/** What is left behind with more of it. */
export function sumOf(left: LeftBehind, more: LeftBehind): LeftBehind {
  const lockedBy = left.lockedBy ?? more.lockedBy;
  return {
    rows: left.rows + more.rows,
    since: left.since ?? more.since,
    stays: left.stays + more.stays,
    untried: left.untried + more.untried,
    error: left.error ?? more.error,
    ...(lockedBy && { lockedBy }),
  };
}

/** What is left behind where so many rows are left: some may have gone since they were passed. */
export function atMost(left: LeftBehind, rows: number): LeftBehind {
  const stays = Math.min(left.stays, rows);
  const untried = Math.min(left.untried, rows - stays);
  return { ...left, rows: Math.min(left.rows, rows), stays, untried };
}

/** What a parting leaves behind, once it was passed. */
export function leftBy(
  parting: Parting,
  { rows, since }: Pick<Passed, 'rows' | 'since'>,
): LeftBehind {
  const stays = rowsThat(parting, 'stays');
  const left: LeftBehind = {
    rows,
    since,
    stays,
    untried: rowsThat(parting, 'untried', 'unreached'),
    error: stays === 0 ? null : (parting.reason ?? KEPT),
    ...(parting.lockedBy && { lockedBy: parting.lockedBy }),
  };
  // A parting does not know how many rows follow.
  return atMost(left, rows);
}
