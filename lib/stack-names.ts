import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { type ArnParts, clusterIdentifier } from '../contract/arn';

/** CloudFormation takes no longer name of a stack. */
const MOST_CHARACTERS = 128;

/** A name of letters, digits and hyphens for these words. Other words never have the same name. */
function nameOf(...words: readonly string[]): string {
  const plain = words.join('-');
  const isPlain = words.slice(1).every((word) => /^[A-Za-z0-9]+$/.test(word));
  if (isPlain && plain.length <= MOST_CHARACTERS) return plain;
  const hash = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 8);
  const written = plain.replaceAll(/[^A-Za-z0-9]/g, '-');
  return `${written.slice(0, MOST_CHARACTERS - 9)}-${hash}`;
}

/**
 * The id of a purge's stack: by its name, or else by its cluster and database, so that a second database never replaces
 * the first one's purge.
 */
export function stackIdOf(
  name: string | undefined,
  { clusterArn, database }: { readonly clusterArn: string; readonly database: string },
): string {
  if (name !== undefined) return `SessionPurge-${name}`;
  return nameOf(`SessionPurge-${clusterIdentifier(clusterArn)}`, database);
}

/** What the names of a fleet's stack and topic begin with. A file of another name than `fleet.json` is another fleet. */
export function fleetNameOf(path: string): string {
  const file = basename(path, extname(path));
  return file === 'fleet' ? 'SessionPurgeFleet' : nameOf('SessionPurgeFleet', file.slice(0, 64));
}

/** The id of the stack that the purges of a fleet share in one account and region. */
export function fleetStackIdOf(fleetName: string, { account, region }: ArnParts): string {
  return `${fleetName}-${account}-${region}`;
}
