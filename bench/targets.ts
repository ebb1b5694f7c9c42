import type { EngineName, Entry } from './entry';
import {
  againstArchiver,
  againstOneDelete,
  callsAMillion,
  costing,
  type Evidence,
  figure,
  growth,
  idleRunOfTables,
  type Measure,
  middle,
  ofApplication,
} from './evidence';
import { type ShapeKey, shapeOf, tablesFor } from './shapes';

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

interface Goal {
  readonly what: string | ((scale: number) => string);
  readonly unit?: string;
  /** The same for each engine, or by engine for those that have such a goal. */
  readonly limit: number | Partial<Readonly<Record<EngineName, number>>>;
  readonly measure: Measure;
}

const OURS = 'ours';

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
    what: (scale) => `idle run of ${tablesFor(scale)} tables`,
    unit: ' s',
    limit: 10,
    measure: idleRunOfTables,
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
