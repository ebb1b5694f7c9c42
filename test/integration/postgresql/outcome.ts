import { POSTGRESQL } from '../../support/engines';
import { purgeBed } from '../../support/purge-bed';
import { loggedReport } from '../walks.suite';

export const EXPIRED = { sessionKey: 'expired', expireDate: '2020-07-11T19:20:40Z' };
export const LIVE = { sessionKey: 'live', expireDate: '2096-07-25T13:50:10Z' };

/** A bed with one expired and one live session, and what a purge of it comes to, table by table. */
export function outcomeBed() {
  const bed = purgeBed(POSTGRESQL);

  beforeEach(() => bed.insert([EXPIRED, LIVE]));

  const purge = (tables = 'django_session', event?: unknown) =>
    bed.purge({ SESSION_PURGE_TABLES: tables }, event);

  /** What was in the way, by table, and what was deleted. */
  async function outcome(tables?: string, event?: unknown) {
    const report = loggedReport(await purge(tables, event));
    return {
      problems: Object.fromEntries(
        report?.tables.flatMap(({ table, problem }) => (problem ? [[table, problem]] : [])) ?? [],
      ),
      deleted: report?.rowsDeleted,
    };
  }

  return { bed, purge, outcome };
}
