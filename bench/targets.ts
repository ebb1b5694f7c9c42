import { isBaseline } from './baseline';
import { medianCost } from './cost';
import type { Cost, EngineName, Entry, Figure, Timing, UnderLoad } from './entry';
import { type ShapeKey, shapeOf } from './shapes';
import { median } from './stats';

/** A goal for one engine and one contender, and whether it was reached. */
export interface TargetResult {
  readonly engine: EngineName;
  readonly contender: string;
  readonly what: string;
  readonly unit: string;
  /** The greatest value that reaches the goal. */
  readonly limit: number;
  readonly value: number;
  /** The contender was stopped, and the true value is greater. */
  readonly isAtLeast: boolean;
  readonly isReached: boolean;
}

/** The entries of one engine, and the contender to judge by them. */
interface Evidence {
  readonly entries: readonly Entry[];
  readonly contender: string;
}

/** A measured value. */
interface Amount {
  readonly value: number;
  readonly isAtLeast: boolean;
}

interface Goal {
  readonly what: string | ((scale: number) => string);
  readonly unit?: string;
  /** The same for each engine, or by engine for those that have such a goal. */
  readonly limit: number | Partial<Readonly<Record<EngineName, number>>>;
  /** Answers `undefined` if this was not measured. */
  readonly measure: (evidence: Evidence) => Amount | undefined;
}

const OURS = 'ours';

type Where = Partial<Pick<Timing, 'scenario' | 'shape' | 'delayMs' | 'contender' | 'expired'>>;

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

/** The median of the times. */
function middle(timing: Timing | undefined): Amount | undefined {
  if (timing === undefined) return undefined;
  return { value: median(timing.durationsMs), isAtLeast: timing.stoppedAtMs !== undefined };
}

/** `undefined` if the divisor is unknown, or only known to be greater than its value. */
function quotient(above: Amount | undefined, below: Amount | undefined): Amount | undefined {
  if (above === undefined || below === undefined || below.isAtLeast) return undefined;
  return { value: above.value / below.value, isAtLeast: above.isAtLeast };
}

/** The median of the times, or of one of the costs. */
type Read = (timing: Timing | undefined) => Amount | undefined;

const costing =
  (what: keyof Cost): Read =>
  (timing) => {
    const value = medianCost(timing, what);
    return value === undefined ? undefined : exactly(value);
  };

const againstOneDelete =
  (read: Read, where: Where): Goal['measure'] =>
  ({ entries, contender }) => {
    const all = timingsOf(entries, where);
    const own = all.find((timing) => timing.contender === contender);
    return quotient(read(own), read(all.find(isBaseline)));
  };

const callsAMillion: Goal['measure'] = ({ entries, contender }) => {
  const [own] = timingsOf(entries, { scenario: 'throughput', shape: 'most', contender });
  return own?.facts && exactly((own.facts.dataApiCalls / own.expired) * 1_000_000);
};

const againstArchiver: Goal['measure'] = ({ entries, contender }) => {
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

const growth: Goal['measure'] = ({ entries, contender }) => {
  const all = timingsOf(entries, { scenario: 'growth' });
  const own = all.filter((timing) => timing.contender === contender);
  return quotient(growthOf(own), growthOf(all.filter(isBaseline)));
};

const ofApplication =
  (read: (entry: UnderLoad) => number): Goal['measure'] =>
  ({ entries, contender }) => {
    const found = entries.filter(isUnderLoad).find((entry) => entry.contender === contender);
    return found && exactly(read(found));
  };

const figure =
  (matches: (name: string) => boolean): Goal['measure'] =>
  ({ entries, contender }) => {
    const own = entries.filter(isFigure).filter((entry) => entry.contender === contender);
    const found = own.find(({ name }) => matches(name));
    return found && exactly(found.value);
  };

const ofShape = (key: ShapeKey, text: string) => (scale: number) =>
  `${shapeOf(key, scale).label}${text}`;

const MOST = { scenario: 'throughput', shape: 'most' } as const;
const TENTH = { scenario: 'throughput', shape: 'tenth' } as const;

/** The goals that the project has set itself. Ratios are to one DELETE. */
const GOALS: readonly Goal[] = [
  {
    what: ofShape('most', ', CPU of the server'),
    limit: { postgresql: 1 },
    measure: againstOneDelete(costing('cpuMs'), MOST),
  },
  {
    what: ofShape('most', ', CPU with clean-up'),
    limit: { postgresql: 1.05, mariadb: 1.5 },
    measure: againstOneDelete(costing('cpuWithCleanUpMs'), MOST),
  },
  {
    what: ofShape('tenth', ', CPU of the server'),
    limit: { postgresql: 1.7 },
    measure: againstOneDelete(costing('cpuMs'), TENTH),
  },
  {
    what: ofShape('tenth', ', CPU with clean-up'),
    limit: { postgresql: 1.2 },
    measure: againstOneDelete(costing('cpuWithCleanUpMs'), TENTH),
  },
  {
    what: "the application's p99, against idle",
    limit: { postgresql: 1.5, mariadb: 2 },
    measure: ofApplication(({ idle, underLoad }) => underLoad.p99Ms / idle.p99Ms),
  },
  {
    what: "the application's longest stall",
    unit: ' ms',
    limit: { postgresql: 20, mariadb: 30 },
    measure: ofApplication(({ underLoad }) => underLoad.maxMs),
  },
  {
    what: ofShape('most', ', time'),
    limit: { postgresql: 1.5 },
    measure: againstOneDelete(middle, MOST),
  },
  {
    what: ofShape('most', ', time until settled'),
    limit: { mariadb: 1.15 },
    measure: againstOneDelete(costing('settledMs'), MOST),
  },
  {
    what: ofShape('most', ' with 20 ms a call, time'),
    limit: { postgresql: 2.5 },
    measure: againstOneDelete(middle, { scenario: 'latency', delayMs: 20 }),
  },
  {
    what: ofShape('most', ' beside an old snapshot, time'),
    limit: { postgresql: 1.5 },
    measure: againstOneDelete(middle, { scenario: 'snapshot', shape: 'most' }),
  },
  {
    what: ofShape('tenth', ', time'),
    limit: { postgresql: 2.2, mariadb: 1.6 },
    measure: againstOneDelete(middle, TENTH),
  },
  {
    what: ofShape('most', ", time against pt-archiver's best"),
    limit: { mariadb: 1 },
    measure: againstArchiver,
  },
  {
    what: "growth of the time per row, against one DELETE's own",
    limit: 1.3,
    measure: growth,
  },
  {
    what: ofShape('most', ', calls a million rows'),
    unit: '',
    limit: { postgresql: 100, mariadb: 250 },
    measure: callsAMillion,
  },
  {
    what: 'calls of an idle run',
    unit: '',
    limit: { postgresql: 1, mariadb: 2 },
    measure: figure((name) => name === 'calls of an idle run'),
  },
  {
    what: ofShape('most', ', peak RSS'),
    unit: ' MB',
    limit: 128,
    measure: figure((name) => name.startsWith('peak RSS')),
  },
  {
    what: "init, against the SDK client's",
    limit: 1.3,
    measure: figure((name) => name === 'init, ours / SDK client'),
  },
];

function judge(goal: Goal, engine: EngineName, evidence: Evidence): TargetResult[] {
  const { unit = 'x' } = goal;
  const limit = typeof goal.limit === 'number' ? goal.limit : goal.limit[engine];
  const measured = goal.measure(evidence);
  if (limit === undefined || measured === undefined || Number.isNaN(measured.value)) return [];
  const scale = Math.max(...evidence.entries.map((entry) => entry.scale));
  const what = typeof goal.what === 'string' ? goal.what : goal.what(scale);
  const { contender } = evidence;
  const isReached = measured.value <= limit && !measured.isAtLeast;
  return [{ engine, contender, what, unit, limit, ...measured, isReached }];
}

/** Judges the entries by the goals; leaves out goals that were not measured. */
export function judgeTargets(entries: readonly Entry[]): TargetResult[] {
  const engines = new Set(entries.map(({ engine }) => engine));
  return [...engines].flatMap((engine) => {
    const own = entries.filter((entry) => entry.engine === engine);
    return GOALS.flatMap((goal) => judge(goal, engine, { entries: own, contender: OURS }));
  });
}
