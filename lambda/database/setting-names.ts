import { isTableName, listedNames } from '../../contract/table-name';

/**
 * A remedy by which somebody names tables in the setting; with more to do where the setting cannot take their names. `names`:
 * as messages have them, separated by commas.
 */
export function byNaming(names: string, remedy: string): string {
  const untaken = listedNames(names).filter((name) => !isTableName.holds(name));
  if (untaken.length === 0) return remedy;
  return `rename ${untaken.join(', ')} first, since the tables setting takes no name with a colon, a control character or more than 63 bytes; then ${remedy}`;
}
