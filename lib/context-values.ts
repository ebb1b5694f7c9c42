import { Token } from 'aws-cdk-lib';
import type { Values } from '../contract/fields';
import { mistakesInValue, type SettingTable, valueOfText } from '../contract/setting-kinds';
import { shown } from '../contract/text';

/** The values of known keys, and what is wrong with them. */
export interface ReadValues {
  readonly values: Values;
  /** A sentence for each mistake. */
  readonly mistakes: readonly string[];
}

/**
 * Reads the values of the table's keys. A value may be text, as on the command line, or what `cdk.json` and a fleet's
 * file have. Passes over other keys, and over keys that are not set.
 */
export function readValues(given: Values, table: SettingTable): ReadValues {
  const values: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [key, setting] of Object.entries(table)) {
    const raw = Object.hasOwn(given, key) ? given[key] : undefined;
    if (raw === undefined) continue;
    if (typeof raw === 'string' && Token.isUnresolved(raw)) {
      // The CDK would take it for its own mark of a value that only the deployment knows.
      mistakes.push(`${key} must be plain text without "\${Token[", got ${shown(raw)}`);
      continue;
    }
    values[key] = typeof raw === 'string' ? valueOfText(raw, setting) : raw;
    mistakes.push(...mistakesInValue(values[key], setting).map((mistake) => `${key} ${mistake}`));
  }
  return { values, mistakes };
}

/** A sentence for each key of the table that has to be set and is not. */
export function missingKeys(given: Values, table: SettingTable): string[] {
  return Object.entries(table)
    .filter(([key, { fallback }]) => fallback === undefined && !Object.hasOwn(given, key))
    .map(([key]) => `${key} is not set`);
}
