import type { PurgeRequest } from '../../../lambda/input/request';
import type { Progress, PurgePlan } from '../../../lambda/purge/run';
import { DEFAULTS } from '../../support/environment';
import { fakeClock } from '../../support/fake-clock';
import {
  type InMemoryOptions,
  inMemorySessions,
  micros,
  type StoredSession,
} from '../../support/in-memory-sessions';
import { requestOf, runPurge } from '../../support/run-purge';

/** The database's clock, an hour ahead of the cutoff. */
export const NOW = new Date('2026-11-22T03:17:00.000Z');
export const CUTOFF = new Date('2026-11-22T02:17:00.000Z');

export const PLAN: PurgePlan = {
  ...DEFAULTS,
  graceSeconds: 3600,
  targetBatchMs: 250,
  pauseRatio: 0.5,
  maxBatchSize: 5000,
};

export const secondsBefore = (seconds: number) => new Date(CUTOFF.getTime() - seconds * 1000);

/** The oldest expired so many seconds before the cutoff, each further one a second later. */
export function expired(count: number, prefix = 'k'): StoredSession[] {
  return Array.from({ length: count }, (_, at) => ({
    key: `${prefix}${at}`,
    expireDate: micros(secondsBefore(count - at)),
  }));
}

export interface Given extends Omit<InMemoryOptions, 'clock'> {
  readonly request?: Partial<PurgeRequest>;
  readonly plan?: Partial<PurgePlan>;
  readonly timeLeftMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly isBusy?: () => Promise<boolean>;
  /** How long the database takes to open. */
  readonly openMs?: number;
}

/** A purge of tables in memory. */
export function setup({ request, plan, timeLeftMs, openMs = 0, ...given }: Given) {
  const { onProgress: told, isBusy = async () => false, ...options } = given;
  const clock = fakeClock(timeLeftMs);
  const database = inMemorySessions({ now: NOW, ...options, clock });
  const progress: Progress[] = [];
  const world = {
    clock,
    isBusy,
    database: {
      open(...tables: Parameters<typeof database.open>) {
        clock.pass(openMs);
        return database.open(...tables);
      },
    },
    onProgress(line: Progress) {
      progress.push(line);
      told?.(line);
    },
  };
  return {
    clock,
    database,
    progress,
    remaining: (name = 'one') => database.table(name).remaining(),
    /** The report as it is before it is closed, and the failure. */
    async run() {
      const names = Object.keys({ ...options.tables, ...options.unfit });
      const asked = requestOf(names, request);
      const { report, failure } = await runPurge(asked, { ...PLAN, ...plan }, world);
      return { ...report, failure };
    },
  };
}

export type Setup = ReturnType<typeof setup>;

/** The limits of the batches. */
export const limits = ({ database }: Pick<Setup, 'database'>) =>
  database.deletes.map(({ batch }) => batch.limit);

export const failure = (name: string, message: string) =>
  expect.objectContaining({ name, message });
