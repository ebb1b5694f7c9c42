import type { Finding } from '../../contract/report';
import { flag, type Row, text } from '../data-api/rows';
import { RECOMMENDED } from '../database/postgresql/checkup';
import { ok, warning } from './findings';

type Setting = keyof typeof RECOMMENDED;

const TIMEOUTS: readonly Setting[] = ['lock_timeout', 'statement_timeout'];

const PLANNER: readonly Setting[] = ['enable_seqscan', 'enable_bitmapscan', 'enable_sort', 'jit'];

/** The service cuts a statement off after 45 s; the database should stop it before that. */
const SERVICE_LIMIT_MS = 45_000;

function isMet(name: Setting, value: string): boolean {
  if (!TIMEOUTS.includes(name)) return value === RECOMMENDED[name];
  return Number(value) > 0 && Number(value) < SERVICE_LIMIT_MS;
}

function shown(name: Setting, value: string): string {
  if (!TIMEOUTS.includes(name)) return `${name} is ${value}`;
  return `${name} is ${value === '0' ? 'off' : `${Number(value)} ms`}`;
}

function alterRole(quotedUser: string, names: readonly Setting[]): string {
  return names
    .map((name) => {
      const value = TIMEOUTS.includes(name) ? `'${RECOMMENDED[name]}'` : RECOMMENDED[name];
      return `ALTER ROLE ${quotedUser} SET ${name} = ${value}`;
    })
    .join('; ');
}

const WITHOUT = {
  timeouts: 'a statement may wait for the application, or the service may cut it off',
  'planner settings': 'with old statistics a batch may read and sort all rows that are left',
} as const;

/** These settings slow down other work with the database. */
const OWN_USER =
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

/** The findings on the settings in force in the Data API's connection. `quotedUser` stands in the fix. */
export function settingsFindings(rows: readonly Row[], quotedUser: string): Finding[] {
  const settings = new Map(rows.map((row) => [text(row, 'name'), text(row, 'setting')]));
  const doesMore = rows.some((row) => flag(row, 'doesMore'));
  const fixOf = (unmet: readonly Setting[]) => (doesMore ? OWN_USER : alterRole(quotedUser, unmet));
  return [
    finding('timeouts', TIMEOUTS, settings, fixOf),
    finding('planner settings', PLANNER, settings, fixOf),
  ];
}
