import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts processor time in hundredths of a second, on every architecture that Node.js runs on. */
const MS_PER_TICK = 10;

/** The places of the times in `/proc/PID/stat`, counted after the name, which may contain spaces. */
const FIELD = { user: 11, system: 12, childrenUser: 13, childrenSystem: 14 };

interface Ticks {
  /** Of the process with all its threads, ended ones included. */
  readonly own: number;
  /** Of the children that have ended, and of theirs. */
  readonly endedChildren: number;
}

function ticksOf(pid: number): Ticks {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (field: keyof typeof FIELD) => Number(fields[FIELD[field]]);
  return {
    own: at('user') + at('system'),
    endedChildren: at('childrenUser') + at('childrenSystem'),
  };
}

function childrenOf(pid: number): number[] {
  const lists = readdirSync(`/proc/${pid}/task`).map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1'),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** The parent comes first: a child that ends after that is missing below, and so is never counted twice. */
function treeTicks(pid: number): number {
  const { own, endedChildren } = ticksOf(pid);
  return childrenOf(pid).reduce((sum, child) => sum + treeTicks(child), own + endedChildren);
}

const hasEnded = (error: unknown) =>
  ['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code));

/**
 * The processor time that a process and all its descendants have used, those that have ended included, in milliseconds
 * and exact to 20.
 *
 * `undefined` where there is no `/proc`, as on macOS.
 *
 * @throws {Error} when the process does not exist
 */
export function cpuMsOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  for (;;) {
    try {
      return treeTicks(pid) * MS_PER_TICK;
    } catch (error) {
      // A descendant ended meanwhile, which changed the sums.
      if (!hasEnded(error)) throw error;
      process.kill(pid, 0);
    }
  }
}
