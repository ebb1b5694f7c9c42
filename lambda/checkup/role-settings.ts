import type { Finding } from '../../contract/report';
import { ROLE_SETTINGS, type RoleSetting, setSettings } from '../../contract/user-sql/postgresql';
import { flag, type Row, text } from '../data-api/rows';
import { ok, warning } from './findings';

const TIMEOUTS: readonly RoleSetting[] = ['lock_timeout', 'statement_timeout'];

const PLANNER: readonly RoleSetting[] = [
  'enable_seqscan',
  'enable_bitmapscan',
  'enable_sort',
  'jit',
];

/** The service cuts a statement off after 45 s; the database should stop it before that. */
const SERVICE_LIMIT_MS = 45_000;

function isMet(name: RoleSetting, value: string): boolean {
  if (!TIMEOUTS.includes(name)) return value === ROLE_SETTINGS[name];
  return Number(value) > 0 && Number(value) < SERVICE_LIMIT_MS;
}

function shown(name: RoleSetting, value: string): string {
  if (!TIMEOUTS.includes(name)) return `${name} is ${value}`;
  return `${name} is ${value === '0' ? 'off' : `${Number(value)} ms`}`;
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
  names: readonly RoleSetting[],
  settings: ReadonlyMap<string, string>,
  fixOf: (unmet: readonly RoleSetting[]) => string,
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
  const fixOf = (unmet: readonly RoleSetting[]) =>
    doesMore ? OWN_USER : setSettings(quotedUser, unmet).join('; ');
  return [
    finding('timeouts', TIMEOUTS, settings, fixOf),
    finding('planner settings', PLANNER, settings, fixOf),
  ];
}
