import { nowMs } from '../application/latency';
import { asText } from '../engines/engine';
import type { EngineName } from '../entry';
import type { Contender, Task } from './contender';

/** Rows that one statement of the usual recipe deletes. */
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
    // MariaDB allows no LIMIT in a subquery of IN.
    recipe: `DELETE FROM django_session WHERE expire_date < ? LIMIT ${RECIPE_ROWS}`,
  },
};

/** Measures the statements alone, on a connection that is already open. */
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

/** One statement for the whole table, which is as fast as a database can be. */
export const RAW_DELETE: Contender = {
  name: 'raw DELETE',
  purge: (task) =>
    timed(task, async (purge) => {
      await purge(SQL[task.target.engine].rawDelete);
    }),
};

/** What you find when you search the web: delete 5000 rows at a time until nothing is left. */
export const USUAL_RECIPE: Contender = {
  name: `usual recipe (${RECIPE_ROWS})`,
  purge: (task) =>
    timed(task, async (purge) => {
      const { recipe } = SQL[task.target.engine];
      while (!task.signal.aborted && (await purge(recipe)) > 0);
    }),
};
