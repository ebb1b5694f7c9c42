/** The rows of a table before the purge. */
export interface Shape {
  /** Which share of the rows has expired. */
  readonly key: ShapeKey;
  /** `1M of 1.2M` */
  readonly label: string;
  readonly expired: number;
  readonly live: number;
  /**
   * The order of the rows on disk: the oldest first, or shuffled as after years of renewals. InnoDB orders them by key
   * in both cases.
   */
  readonly order: 'by age' | 'shuffled';
}

/** The share of expired rows: 83 %, 9 % or 1 %. */
export type ShapeKey = 'most' | 'tenth' | 'hundredth';

const ROWS: Readonly<Record<ShapeKey, (rows: number) => readonly [expired: number, all: number]>> =
  {
    most: (rows) => [rows, 1.2 * rows],
    tenth: (rows) => [rows / 10, 1.1 * rows],
    hundredth: (rows) => [rows / 100, rows],
  };

/** All shapes, the largest share of expired rows first. */
export const SHAPE_KEYS = Object.keys(ROWS) as readonly ShapeKey[];

/** `1.2M`, `24k`, `500` */
function shortCount(count: number): string {
  if (count >= 1_000_000) return `${Number((count / 1_000_000).toPrecision(3))}M`;
  if (count >= 1000) return `${Number((count / 1000).toPrecision(3))}k`;
  return String(count);
}

/** The shape of a table in a benchmark with this number of rows. */
export function shapeOf(key: ShapeKey, rows: number, order: Shape['order'] = 'by age'): Shape {
  const [expired, all] = ROWS[key](rows).map(Math.round) as [number, number];
  const label = `${shortCount(expired)} of ${shortCount(all)}`;
  return { key, label, expired, live: all - expired, order };
}

/** How many tables a run over many has: a thousand in a benchmark with a million rows. */
export const tablesFor = (rows: number): number => Math.max(1, Math.round(rows / 1000));
