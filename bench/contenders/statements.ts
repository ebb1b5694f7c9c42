import { nowMs } from '../application/latency';
import { asText } from '../engines/engine';
import type { EngineName } from '../entry';
import type { Contender } from './contender';

/** Rows that one statement of the usual recipe deletes. */
const RECIPE_ROWS = 5000;

const RECIPE: Readonly<Record<EngineName, string>> = {
  postgresql: `DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session
    WHERE expire_date < $1::timestamp AT TIME ZONE 'UTC' LIMIT ${RECIPE_ROWS})`,
  // MariaDB allows no LIMIT in a subquery of IN.
  mariadb: `DELETE FROM django_session WHERE expire_date < ? LIMIT ${RECIPE_ROWS}`,
};

/** What you find when you search the web: delete 5000 rows at a time until nothing is left. */
export const USUAL_RECIPE: Contender = {
  name: `usual recipe (${RECIPE_ROWS})`,
  async purge({ target, signal }) {
    const connection = await target.connect();
    const values = [asText(target.cutoff)];
    const batchesMs: number[] = [];
    const startedAtMs = nowMs();
    try {
      for (let isDone = false; !isDone && !signal.aborted; ) {
        const batchAtMs = nowMs();
        const { rowsChanged } = await connection.query(RECIPE[target.engine], values);
        batchesMs.push(nowMs() - batchAtMs);
        isDone = rowsChanged === 0;
      }
      return { startedAtMs, durationMs: nowMs() - startedAtMs, batchesMs };
    } finally {
      await connection.end();
    }
  },
};
