import { EACH_SETTING, TUNABLE_SETTINGS, variableOf } from '../../contract/settings';
import { parseTableName, type TableName } from '../../contract/table-name';
import { adviceOn, shown } from '../../contract/text';

/** A name as everybody may write it: `grace_seconds` for `graceSeconds`. */
const plain = (name: string) => name.replaceAll(/[^a-z]/gi, '').toLowerCase();

const TUNABLE = TUNABLE_SETTINGS.map(([name]) => name);

/** What is neither a field nor a key, and where it is given, by all names that it has elsewhere. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ...['paused', 'note'].map((key) => [key, `${key} is a key of the control parameter`] as const),
  ...EACH_SETTING.flatMap(([name, { prop = name }]) => {
    const where = TUNABLE.includes(name) ? 'in the control parameter or ' : '';
    const place = `${name} is a setting: give it ${where}with a deployment`;
    return [name, prop, variableOf(name)].map((each) => [plain(each), place] as const);
  }),
]);

/**
 * What a message says about unknown names: where those of settings belong, and of all others as `adviceOn` does. `then` is
 * what the message says next.
 */
export function adviceOnFields(
  unknown: readonly string[],
  known: readonly string[],
  then: string,
): string {
  const spellings = known.map(plain);
  const placeOf = (name: string) =>
    spellings.includes(plain(name)) ? undefined : PLACES.get(plain(name));
  const others = unknown.filter((name) => placeOf(name) === undefined);
  const places = new Set(unknown.flatMap((name) => placeOf(name) ?? []));
  return [...places, others.length === 0 ? then : adviceOn(others, known, then)].join('; ');
}

/** What a message says about a table that is not configured by this name. */
export function adviceOnTable(
  name: string,
  configured: readonly TableName[],
  then: string,
): string {
  const meant = parseTableName(name);
  const similar =
    typeof meant === 'string' ? [] : configured.filter(({ table }) => table === meant.table);
  const texts = similar.map(({ text }) => shown(text)).join(' and ');
  return similar.length === 0
    ? adviceOn(
        name,
        configured.map(({ text }) => text),
        then,
      )
    : `the setting has ${texts}, and an event names a table as the setting does; ${then}`;
}
