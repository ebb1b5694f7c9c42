/** A batch of the storage walk: rows deleted and rows seen, live ones counted. */
export interface Seen {
  readonly rows: number;
  readonly seen: number;
}

/** The storage walk gives up where the last batches found a smaller share of their rows expired than this. */
const MIN_YIELD = 0.05;
const YIELD_BATCHES = 20;

/** With less of the table left than this it goes on to the end. */
const MIN_SHARE_LEFT = 0.5;

/** The last batches with one more. */
export function withBatch(recent: readonly Seen[], batch: Seen): readonly Seen[] {
  return [...recent, batch].slice(-YIELD_BATCHES);
}

/** Whether the walk along the index costs less, with such a share of the table left. */
export function yieldsLittle(recent: readonly Seen[], shareLeft: number): boolean {
  if (recent.length < YIELD_BATCHES || shareLeft <= MIN_SHARE_LEFT) return false;
  const sum = (of: keyof Seen) => recent.reduce((all, batch) => all + batch[of], 0);
  return sum('rows') < MIN_YIELD * sum('seen');
}
