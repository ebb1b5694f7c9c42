import { nowMs } from '../application/latency';
import { asText } from '../engines/engine';
import type { EngineName } from '../options';
import type { Contender, Task } from './contender';

/** Rows of one statement of the usual recipe. */
const RECIPE_ROWS = 5000;

interface Sql {
  readonly rawDelete: string;
  readonly recipe: string;
}

const SQL: Readonly<Record<EngineName, Sql>> = {
  postgresql: {
    rawDelete: `DELETE FROM django_session WHERE expire_date < $1::timestamp AT TIME ZONE 'UTC'`,
    recipe: `DELETE FROM django_session WHERE session_key IN (
      SELECT session_key FROM django_session
      WHERE expire_date < $1::timestamp AT TIME ZONE 'UTC' LIMIT ${RECIPE_ROWS})`,
  },
  mariadb: {
    rawDelete: 'DELETE FROM django_session WHERE expire_date < ?',
    // It takes no LIMIT within IN.
    recipe: `DELETE FROM django_session WHERE expire_date < ? LIMIT ${RECIPE_ROWS}`,
  },
};

/** The time of the statements alone, on a connection that is there. */
async function timed(
  { target }: Task,
  work: (purge: (sql: string) => Promise<number>) => Promise<void>,
) {
  const connection = await target.connect();
  const cutoff = asText(target.cutoff);
  const purge = async (sql: string) => (await connection.query(sql, [cutoff])).rowsChanged;
  const startedAtMs = nowMs();
  try {
    await work(purge);
    return { startedAtMs, durationMs: nowMs() - startedAtMs };
  } finally {
    await connection.end();
  }
}

/** One statement over the whole table: the limit of what a database can do. */
export const RAW_DELETE: Contender = {
  name: 'raw DELETE',
  purge: (task) =>
    timed(task, async (purge) => {
      await purge(SQL[task.target.engine].rawDelete);
    }),
};

/** What is found when one searches for it: delete by 5000 until nothing is left. */
export const USUAL_RECIPE: Contender = {
  name: `usual recipe (${RECIPE_ROWS})`,
  purge: (task) =>
    timed(task, async (purge) => {
      const { recipe } = SQL[task.target.engine];
      while (!task.signal.aborted && (await purge(recipe)) > 0);
    }),
};
