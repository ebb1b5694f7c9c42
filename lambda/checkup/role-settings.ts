import type { Finding } from '../../contract/report';
import { flag, type Row, text } from '../data-api/rows';
import { ok, warning } from './findings';

/** What docs/database-user.md sets for the role, as PostgreSQL spells it; timeouts are in milliseconds in `pg_settings`. */
export const RECOMMENDED = {
  lock_timeout: '1s',
  statement_timeout: '40s',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off',
  jit: 'off',
} as const;

type Setting = keyof typeof RECOMMENDED;

const TIMEOUTS: readonly Setting[] = ['lock_timeout', 'statement_timeout'];

const PLANNER: readonly Setting[] = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'jit'];

/** The service stops a statement after 45 s; the database is to give way before, on its own. */
const SERVICE_LIMIT_MS = 45_000;

function isMet(name: Setting, value: string): boolean {
  if (!TIMEOUTS.includes(name)) return value === RECOMMENDED[name];
  return Number(value) > 0 && Number(value) < SERVICE_LIMIT_MS;
}

function shown(name: Setting, value: string): string {
  if (!TIMEOUTS.includes(name)) return `${name} is ${value}`;
  return `${name} is ${value === '0' ? 'off' : `${Number(value)} ms`}`;
}

/** The statements that set what docs/database-user.md sets; `user` is quoted. */
function alterRole(user: string, names: readonly Setting[]): string {
  return names
    .map((name) => {
      const value = TIMEOUTS.includes(name) ? `'${RECOMMENDED[name]}'` : RECOMMENDED[name];
      return `ALTER ROLE ${user} SET ${name} = ${value}`;
    })
    .join('; ');
}

const WITHOUT = {
  timeouts: 'a statement may wait for the application, or be cut off by the service',
  'planner settings': 'with old statistics a batch may read and sort all that is left',
} as const;

/** Whoever does other work with the database needs the planner as it is. */
const NOT_HERE =
  "make the purge a user of its own, whose settings are nobody else's, as docs/database-user.md does";

function finding(
  requirement: keyof typeof WITHOUT,
  names: readonly Setting[],
  settings: ReadonlyMap<string, string>,
  fixOf: (unmet: readonly Setting[]) => string,
): Finding {
  const known = names.flatMap((name) => {
    const value = settings.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  const list = (which: typeof known) =>
    which.map(({ name, value }) => shown(name, value)).join(', ');
  const unmet = known.filter(({ name, value }) => !isMet(name, value));
  if (unmet.length === 0) return ok(requirement, list(known));
  const detail = `${list(unmet)}: ${WITHOUT[requirement]}`;
  return warning(requirement, detail, fixOf(unmet.map(({ name }) => name)));
}

/** The findings on what is in force in the connection that the Data API gave; `user` is quoted, for the fix. */
export function settingsFindings(rows: readonly Row[], user: string): Finding[] {
  const settings = new Map(rows.map((row) => [text(row, 'name'), text(row, 'setting')]));
  const doesMore = rows.some((row) => flag(row, 'doesMore'));
  const fixOf = (unmet: readonly Setting[]) => (doesMore ? NOT_HERE : alterRole(user, unmet));
  return [
    finding('timeouts', TIMEOUTS, settings, fixOf),
    finding('planner settings', PLANNER, settings, fixOf),
  ];
}
