import type { EngineName, Entry, Figure, Timing, UnderLoad } from './entry';
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
  readonly engines?: readonly EngineName[];
  readonly unit?: string;
  readonly limit: number | Readonly<Record<EngineName, number>>;
  /** Answers `undefined` if this was not measured. */
  readonly measure: (evidence: Evidence) => Amount | undefined;
}

const RAW = 'raw DELETE';
const OURS = ['ours', 'ours, warm'];

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

function middle(timing: Timing | undefined): Amount | undefined {
  if (timing === undefined) return undefined;
  return { value: median(timing.durationsMs), isAtLeast: timing.stoppedAtMs !== undefined };
}

/** `undefined` if the divisor is unknown, or only known to be greater than its value. */
function quotient(above: Amount | undefined, below: Amount | undefined): Amount | undefined {
  if (above === undefined || below === undefined || below.isAtLeast) return undefined;
  return { value: above.value / below.value, isAtLeast: above.isAtLeast };
}

const againstRaw =
  (scenario: 'throughput' | 'snapshot', shape: ShapeKey): Goal['measure'] =>
  ({ entries, contender }) => {
    const [own] = timingsOf(entries, { scenario, shape, contender });
    const [raw] = timingsOf(entries, { scenario, shape, contender: RAW });
    return quotient(middle(own), middle(raw));
  };

const againstArchiver: Goal['measure'] = ({ entries, contender }) => {
  const all = timingsOf(entries, { scenario: 'throughput', shape: 'most' });
  const archivers = all.filter((timing) => timing.contender.startsWith('pt-archiver'));
  const done = archivers.flatMap((timing) => middle(timing) ?? []);
  const [best] = done.toSorted((a, b) => a.value - b.value);
  return quotient(middle(all.find((timing) => timing.contender === contender)), best);
};

/** The time per row in the largest table, as a multiple of that in the smallest. */
function growthOf(entries: readonly Entry[], contender: string): Amount | undefined {
  const sizes = timingsOf(entries, { scenario: 'growth', contender });
  const perRow = sizes
    .toSorted((a, b) => a.expired - b.expired)
    .map((timing) => quotient(middle(timing), exactly(timing.expired)));
  return sizes.length < 2 ? undefined : quotient(perRow.at(-1), perRow[0]);
}

const withDelay: Goal['measure'] = ({ entries, contender }) => {
  const at = (delayMs: number) =>
    middle(timingsOf(entries, { scenario: 'latency', delayMs, contender })[0]);
  return quotient(at(30), at(0));
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

const POSTGRESQL: readonly EngineName[] = ['postgresql'];
const MARIADB: readonly EngineName[] = ['mariadb'];

/** The goals that the project has set itself. */
const GOALS: readonly Goal[] = [
  {
    what: ofShape('most', ', against raw'),
    limit: { postgresql: 1.5, mariadb: 2.5 },
    measure: againstRaw('throughput', 'most'),
  },
  {
    what: ofShape('most', ", against pt-archiver's best"),
    engines: MARIADB,
    limit: 1,
    measure: againstArchiver,
  },
  {
    what: ofShape('most', ' beside an old snapshot, against raw'),
    limit: 1.5,
    measure: againstRaw('snapshot', 'most'),
  },
  {
    what: ofShape('tenth', ', against raw'),
    limit: { postgresql: 3, mariadb: 1.3 },
    measure: againstRaw('throughput', 'tenth'),
  },
  {
    what: ofShape('hundredth', ', against raw'),
    engines: POSTGRESQL,
    limit: 3,
    measure: againstRaw('throughput', 'hundredth'),
  },
  {
    what: "growth of the time per row, against raw's own",
    limit: 1.3,
    measure: ({ entries, contender }) =>
      quotient(growthOf(entries, contender), growthOf(entries, RAW)),
  },
  {
    what: ofShape('most', ' with 30 ms a call, against none'),
    limit: 2,
    measure: withDelay,
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
  {
    what: 'calls of an idle run',
    unit: '',
    limit: 2,
    measure: figure((name) => name === 'calls of an idle run'),
  },
];

function judge(goal: Goal, engine: EngineName, evidence: Evidence): TargetResult[] {
  const { engines = [engine], unit = 'x' } = goal;
  const measured = engines.includes(engine) ? goal.measure(evidence) : undefined;
  if (measured === undefined || Number.isNaN(measured.value)) return [];
  const scale = Math.max(...evidence.entries.map((entry) => entry.scale));
  const what = typeof goal.what === 'string' ? goal.what : goal.what(scale);
  const limit = typeof goal.limit === 'number' ? goal.limit : goal.limit[engine];
  const { contender } = evidence;
  const isReached = measured.value <= limit && !measured.isAtLeast;
  return [{ engine, contender, what, unit, limit, ...measured, isReached }];
}

/** Judges the entries by the goals; leaves out goals that were not measured. */
export function judgeTargets(entries: readonly Entry[]): TargetResult[] {
  const engines = new Set(entries.map(({ engine }) => engine));
  return [...engines].flatMap((engine) => {
    const own = entries.filter((entry) => entry.engine === engine);
    return GOALS.flatMap((goal) =>
      OURS.flatMap((contender) => judge(goal, engine, { entries: own, contender })),
    );
  });
}
