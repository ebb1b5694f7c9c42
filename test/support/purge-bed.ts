import { setTimeout } from 'node:timers/promises';
import type { ServeOptions } from './data-api';
import { type DeployedFunction, deploy, type Invoked } from './deployed-function';
import type { EngineDatabase } from './engine-database';
import type { Engine } from './engines';
import { plainSql } from './sent-sql';

type Environment = Readonly<Record<string, string>>;

/** The rows of a table; what has expired within the last hour, the default grace period, counts as neither. */
export interface Left {
  readonly live: number;
  readonly expired: number;
}

/** The database of one test, and the bundle that purges it. */
export interface PurgeBed extends EngineDatabase {
  /** Runs the bundle once. */
  purge(env?: Environment, event?: unknown): Promise<Invoked>;
  /** Deploys the bundle for several runs, or with a timeout; it is stopped at the end of the test. */
  deploy(env?: Environment, timeoutMs?: number): DeployedFunction;
  /** Counts the rows of `django_session`. */
  left(): Promise<Left>;
  /** The keys of a table, in order. */
  keysLeft(table?: string): Promise<string[]>;
  /** The DELETE statements that the service was sent. */
  deletes(): string[];
  /** Waits until a statement waits for a lock, or `run` has ended; returns the connections that wait. */
  untilOneWaits(run: Promise<unknown>): Promise<string[]>;
}

/**
 * Gives each test of a group its own bed, whose purge has to leave no operator to the search path. `options` are those of
 * the Data API.
 */
export function purgeBed(engine: Engine, options: ServeOptions = {}): PurgeBed {
  const deployed: DeployedFunction[] = [];
  const deployOn = (env: Environment, timeoutMs?: number) => {
    const made = deploy({
      env: { ...bed.environment, ...env },
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    deployed.push(made);
    return made;
  };
  const actions = {
    deploy: (env: Environment = {}, timeoutMs?: number) => deployOn(env, timeoutMs),
    purge: (env: Environment = {}, event?: unknown) => deployOn(env).invoke(event),
    async left(): Promise<Left> {
      const [row = []] = await bed.query(`
        SELECT COUNT(CASE WHEN expire_date >= CURRENT_TIMESTAMP THEN 1 END),
          COUNT(CASE WHEN expire_date < CURRENT_TIMESTAMP - INTERVAL '1' HOUR THEN 1 END)
        FROM django_session`);
      return { live: Number(row[0]), expired: Number(row[1]) };
    },
    async keysLeft(table = 'django_session') {
      return (await bed.query(`SELECT session_key FROM ${table}`)).flat().sort();
    },
    deletes: () =>
      bed.dataApi.calls
        .map(({ input }) => plainSql(input.sql))
        .filter((sql) => /\bDELETE FROM/.test(sql)),
    async untilOneWaits(run: Promise<unknown>) {
      let isOver = false;
      const over = () => {
        isOver = true;
      };
      run.then(over, over);
      for (;;) {
        const waiting = await engine.waiting(bed);
        if (isOver || waiting.length > 0) return waiting;
        // MySQL repeats its last answer to those who ask again within a tenth of a second.
        await setTimeout(150);
      }
    },
  };
  // Each test puts its own database in the place of the last one.
  const bed = { ...actions } as PurgeBed;
  beforeEach(async () => {
    Object.assign(bed, await engine.createDatabase(options));
  });
  afterEach(async () => {
    await Promise.all(deployed.splice(0).map((each) => each.stop()));
    const sent = bed.dataApi.calls.map(({ input }) => String(input.sql));
    await bed.close();
    expect(sent.filter(engine.looksUp)).toEqual([]);
  });
  return bed;
}
