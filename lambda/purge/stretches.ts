/** What is known of rows that are still there. */
export type Known =
  /** Each was tried alone, or taken without effect: the database does not let it go. */
  | 'stays'
  /** Others hold them locked. */
  | 'held'
  /** The search has leapt over them. */
  | 'untried'
  /** They were tried, and the database cannot read past a row before them that others hold. */
  | 'unreached';

/** What is known of a row by itself that a delete did not take. */
export const knownOf = ({ held, unreached }: { held: number; unreached: number }): Known => {
  if (held > 0) return 'held';
  return unreached > 0 ? 'unreached' : 'stays';
};

/** Rows in a line of which the same is known. */
export interface Stretch {
  readonly rows: number;
  readonly known: Known;
}

/** The rows of all of them. */
export const sum = (stretches: readonly Stretch[]) =>
  stretches.reduce((all, { rows }) => all + rows, 0);

/** The same, with one stretch for those next to each other of which the same is known. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const list: Stretch[] = [];
  for (const { rows, known } of stretches) {
    const last = list.at(-1);
    if (last?.known === known) list[list.length - 1] = { rows: last.rows + rows, known };
    else if (rows > 0) list.push({ rows, known });
  }
  return list;
}
