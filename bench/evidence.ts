import { isBaseline } from './baseline';
import { medianCost } from './cost';
import type { Cost, Entry, Figure, Timing, UnderLoad } from './entry';
import { median } from './stats';

/** The entries of one engine, and the contender to judge by them. */
export interface Evidence {
  readonly entries: readonly Entry[];
  readonly contender: string;
}

/** A measured value. */
export interface Amount {
  readonly value: number;
  readonly isAtLeast: boolean;
}

/** Measures something; answers `undefined` if that is not among the evidence. */
export type Measure = (evidence: Evidence) => Amount | undefined;

/** Which timings; all where nothing is said. */
export type Where = Partial<
  Pick<Timing, 'scenario' | 'shape' | 'delayMs' | 'contender' | 'expired'>
>;

const isTiming = (entry: Entry): entry is Timing => entry.kind === 'timing';
const isUnderLoad = (entry: Entry): entry is UnderLoad => entry.kind === 'under-load';
const isFigure = (entry: Entry): entry is Figure => entry.kind === 'figure';

function timingsOf(entries: readonly Entry[], where: Where): Timing[] {
  const wanted = Object.entries(where);
  return entries
    .filter(isTiming)
    .filter((timing) => wanted.every(([name, value]) => timing[name as keyof Where] === value));
}

const exactly = (value: number): Amount => ({ value, isAtLeast: false });

/** Reads the median of the times, in milliseconds. */
export function middle(timing: Timing | undefined): Amount | undefined {
  if (timing === undefined) return undefined;
  return { value: median(timing.durationsMs), isAtLeast: timing.stoppedAtMs !== undefined };
}

/** `undefined` if the divisor is unknown, or only known to be greater than its value. */
function quotient(above: Amount | undefined, below: Amount | undefined): Amount | undefined {
  if (above === undefined || below === undefined || below.isAtLeast) return undefined;
  return { value: above.value / below.value, isAtLeast: above.isAtLeast };
}

/** The median of something over the runs. */
export type Read = (timing: Timing | undefined) => Amount | undefined;

/** Reads the median of a cost, in milliseconds. */
export const costing =
  (what: keyof Cost): Read =>
  (timing) => {
    const value = medianCost(timing, what);
    return value === undefined ? undefined : exactly(value);
  };

/** Divides what is read of the contender by what is read of one DELETE, under the same conditions. */
export const againstOneDelete =
  (read: Read, where: Where): Measure =>
  ({ entries, contender }) => {
    const all = timingsOf(entries, where);
    const own = all.find((timing) => timing.contender === contender);
    return quotient(read(own), read(all.find(isBaseline)));
  };

/** The calls of a run on the largest table, scaled to a million rows. */
export const callsAMillion: Measure = ({ entries, contender }) => {
  const [own] = timingsOf(entries, { scenario: 'throughput', shape: 'most', contender });
  return own?.facts && exactly((own.facts.dataApiCalls / own.expired) * 1_000_000);
};

/** Divides the time by that of pt-archiver along the index that suits it best. */
export const againstArchiver: Measure = ({ entries, contender }) => {
  const all = timingsOf(entries, { scenario: 'throughput', shape: 'most' });
  const archivers = all.filter((timing) => timing.contender.startsWith('pt-archiver'));
  const done = archivers.flatMap((timing) => middle(timing) ?? []);
  const [best] = done.toSorted((a, b) => a.value - b.value);
  return quotient(middle(all.find((timing) => timing.contender === contender)), best);
};

/** The time per row in the largest table, as a multiple of that in the smallest. */
function growthOf(timings: readonly Timing[]): Amount | undefined {
  const perRow = timings
    .toSorted((a, b) => a.expired - b.expired)
    .map((timing) => quotient(middle(timing), exactly(timing.expired)));
  return perRow.length < 2 ? undefined : quotient(perRow.at(-1), perRow[0]);
}

/** The growth of the time per row, divided by that of one DELETE. */
export const growth: Measure = ({ entries, contender }) => {
  const all = timingsOf(entries, { scenario: 'growth' });
  const own = all.filter((timing) => timing.contender === contender);
  return quotient(growthOf(own), growthOf(all.filter(isBaseline)));
};

/** Reads something of the application beside the contender. */
export const ofApplication =
  (read: (entry: UnderLoad) => number): Measure =>
  ({ entries, contender }) => {
    const found = entries.filter(isUnderLoad).find((entry) => entry.contender === contender);
    return found && exactly(read(found));
  };

/** The value of the first figure whose name matches. */
export const figure =
  (matches: (name: string) => boolean): Measure =>
  ({ entries, contender }) => {
    const own = entries.filter(isFigure).filter((entry) => entry.contender === contender);
    const found = own.find(({ name }) => matches(name));
    return found && exactly(found.value);
  };

/** The time of an idle run over many tables, in seconds. */
export const idleRunOfTables: Measure = (evidence) => {
  const found = figure((name) => name.startsWith('idle run of '))(evidence);
  return found && exactly(found.value / 1000);
};
