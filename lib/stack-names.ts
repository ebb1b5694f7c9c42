import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { type ArnParts, clusterIdentifier } from '../contract/arn';

/** CloudFormation takes no longer name of a stack. */
const MOST_CHARACTERS = 128;

/** The longest name of a purge, and the longest label of a fleet: the stack's name has room for account and region too. */
const MOST_OF_A_NAME = 64;

/** Two hyphens stand between the two parts of a name, since neither the name of a cluster nor that of a purge has them. */
const BETWEEN = '--';

/** What is wrong with the name that somebody gives to a purge; nothing if it can be told from the names made here. */
export function mistakesInName(name: unknown): string[] {
  if (typeof name !== 'string' || !name.includes(BETWEEN)) return [];
  return [`name must not have two hyphens in a row, got ${JSON.stringify(name.slice(0, 64))}`];
}

/** A warning of a name in an app of your own that a fleet may make for one of its purges, too. */
export function twoHyphensWarning(name: string): string | undefined {
  if (!name.includes(BETWEEN)) return undefined;
  return `purgeName has two hyphens in a row, got ${JSON.stringify(name)}: a fleet makes such names, and the metrics of two purges with one name are counted together; choose a name with single hyphens`;
}

function withHash(text: string, of: readonly string[], most: number): string {
  const hash = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 8);
  const start = text.slice(0, most - 9).replaceAll(/^-+|-+$/g, '');
  return start === '' ? hash : `${start}-${hash}`;
}

/** Letters, digits and hyphens for this text, no two hyphens in a row. Another text has another label. */
function labelOf(text: string): string {
  const isPlain = /^[A-Za-z0-9]+$/.test(text) && text.length <= MOST_OF_A_NAME;
  return isPlain ? text : withHash(text.replaceAll(/[^A-Za-z0-9]+/g, '-'), [text], MOST_OF_A_NAME);
}

/** Both parts; shortened, and told apart by a hash, if that is longer than `most`. */
function joined(parts: readonly [string, string], most: number): string {
  const text = parts.join(BETWEEN);
  return text.length <= most ? text : withHash(text, parts, most);
}

/**
 * The id of a purge's stack: by its name, or else by its cluster and database, so that a second database never replaces
 * the first one's purge, and no name is that of another's cluster and database.
 */
export function stackIdOf(
  name: string | undefined,
  { clusterArn, database }: { readonly clusterArn: string; readonly database: string },
): string {
  if (name !== undefined) return `SessionPurge-${name}`;
  return joined(
    [`SessionPurge-${clusterIdentifier(clusterArn)}`, labelOf(database)],
    MOST_CHARACTERS,
  );
}

/**
 * What tells a fleet from those of other files, by the file's path from the working directory; `undefined` for
 * `fleet.json` there, the only fleet of most accounts.
 */
export function fleetLabelOf(path: string): string | undefined {
  const file = relative('', path)
    .split(sep)
    .join('/')
    .replace(/\.json$/, '');
  return file === 'fleet' ? undefined : labelOf(file);
}

/** What the names of a fleet's shared stack and topic begin with. */
export function fleetNameOf(label: string | undefined): string {
  return label === undefined ? 'SessionPurgeFleet' : `SessionPurgeFleet-${label}`;
}

/** The id of the stack that the purges of a fleet share in one account and region. */
export function fleetStackIdOf(fleetName: string, { account, region }: ArnParts): string {
  return `${fleetName}-${account}-${region}`;
}

/** The name and the stack's id of a purge of a fleet. Two fleets may each have a purge of one name. */
export function memberNames(label: string | undefined, name: string) {
  if (label === undefined) return { purgeName: name, stackId: `SessionPurge-${name}` };
  const purgeName = joined([label, name], MOST_OF_A_NAME);
  return { purgeName, stackId: `SessionPurgeFleet-${purgeName}` };
}
