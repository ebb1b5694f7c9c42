import { type Queryable, qualifiedName } from '../../local/django-table';

/** Sessions that expired evenly over the last days. */
export interface Backlog {
  readonly expired: number;
  readonly days: number;
}

const SECONDS_PER_DAY = 86_400;

/**
 * Returns a function that estimates how many rows of a backlog have been deleted, by the oldest session that is left.
 *
 * Counting the rows would take longer than a batch. Each look starts where the last one ended, because the index
 * entries before it are all dead.
 */
export function deletedSoFar(client: Queryable, { expired, days }: Backlog): () => Promise<number> {
  let oldest = '-infinity';
  return async () => {
    const { rows } = await client.query(
      `SELECT expire_date::text AS oldest, extract(epoch FROM now() - expire_date)::float8 AS age
       FROM ${qualifiedName()} WHERE expire_date >= $1::timestamptz ORDER BY expire_date LIMIT 1`,
      [oldest],
    );
    const [found] = rows as { oldest: string; age: number }[];
    if (found === undefined) return expired;
    oldest = found.oldest;
    const position = Math.round(expired * (1 - found.age / (days * SECONDS_PER_DAY)));
    return Math.min(expired, Math.max(0, position - 1));
  };
}
