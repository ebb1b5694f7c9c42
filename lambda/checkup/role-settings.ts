import type { Finding } from '../../contract/report';
import { ROLE_SETTINGS, type RoleSetting, setSettings } from '../../contract/user-sql/postgresql';
import type { ServerSettings } from '../database/checkup-engine';
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

/** PostgreSQL: the findings on the settings that the purge's role has for itself. */
export function settingsFindings({ values, role }: ServerSettings): Finding[] {
  if (role === null) return [];
  const fixOf = (unmet: readonly RoleSetting[]) =>
    role.doesMore ? OWN_USER : setSettings(role.quoted, unmet).join('; ');
  return [
    finding('timeouts', TIMEOUTS, values, fixOf),
    finding('planner settings', PLANNER, values, fixOf),
  ];
}
