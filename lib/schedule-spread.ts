import { createHash } from 'node:crypto';

/** A part of the day, in UTC. */
interface Spread {
  /** The hour at which it begins, from 0 to 23. */
  readonly fromHour: number;
  /** How many hours it lasts, from 1 to 24. */
  readonly hours: number;
}

/**
 * A daily schedule within the part of the day. The name alone decides the minute, so a purge keeps it when other purges
 * are added or removed, and a hundred purges do not start at once.
 */
export function spreadSchedule(name: string, { fromHour, hours }: Spread): string {
  const hash = createHash('sha256').update(name).digest().readUInt32BE(0);
  const minutes = fromHour * 60 + (hash % (hours * 60));
  return `cron(${minutes % 60} ${Math.floor(minutes / 60) % 24} * * ? *)`;
}
