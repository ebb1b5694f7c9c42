/** What a search does next. Places count from its first row. */
export type Step =
  /** It tries so many rows of which nothing is known. */
  | { readonly do: 'stride'; readonly rows: number }
  /** So many rows cannot go together: it tries them in parts of so many. */
  | { readonly do: 'narrow'; readonly failing: number; readonly part: number }
  /** The row before the first one stays: it tries the one at this place. */
  | { readonly do: 'leap'; readonly at: number }
  /** The row before the first one stays, and the one at the end of so many went: it tries the one in the middle. */
  | { readonly do: 'border'; readonly within: number };

/** The rows that are being tried, `rows` of them at most. */
export interface Search {
  readonly rows: number;
  readonly step: Step;
  /** It goes back to rows that were leapt over. */
  readonly isBack: boolean;
}

/** A part, by its place in the search. */
export interface InSearch {
  readonly at: number;
  readonly limit: number;
}

/** The part to try next. */
export function nextInSearch({ rows, step }: Search): InSearch {
  if (step.do === 'leap') return { at: Math.min(step.at, rows - 1), limit: 1 };
  if (step.do === 'border') return { at: Math.floor(step.within / 2), limit: 1 };
  return { at: 0, limit: Math.min(step.do === 'stride' ? step.rows : step.part, rows) };
}

/** After so many rows failed together: into how many parts they are parted is `narrowing`. */
export const narrowed = (failing: number, narrowing: number): Step => ({
  do: 'narrow',
  failing,
  part: Math.ceil(failing / narrowing),
});

/** Behind a row that stays, up to a place of which it is known that the row there went. */
export const toBorder = (within: number): Step =>
  within === 0 ? { do: 'stride', rows: 1 } : { do: 'border', within };

/** The step after a part went, but for `kept` of its rows. `narrowing`: as in `narrowed`. */
export function stepAfterDelete(
  step: Step,
  { at, limit }: InSearch,
  kept: number,
  narrowing: number,
): Step {
  if (step.do === 'leap' || step.do === 'border') return toBorder(at);
  if (step.do === 'stride') return { do: 'stride', rows: kept === 0 ? 2 * limit : limit };
  const failing = step.failing - limit;
  if (failing <= 0) return { do: 'stride', rows: limit };
  return failing > step.part ? { ...step, failing } : narrowed(failing, narrowing);
}
