import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Entry } from './entry';
import type { Machine } from './machine';
import type { TargetResult } from './targets';

/** All results of one machine. */
export interface Results {
  readonly machine: Machine;
  /** How the servers are configured, and which tools are missing. */
  readonly notes: readonly string[];
  readonly entries: readonly Entry[];
  readonly targets: readonly TargetResult[];
}

const JSON_FILE = 'results.json';

/**
 * The entries of earlier runs that these entries do not replace. None if the earlier runs had another machine or other
 * versions, because their numbers cannot be compared.
 */
export function keptFrom(
  earlier: Pick<Results, 'machine' | 'entries'>,
  { machine, entries }: Pick<Results, 'machine' | 'entries'>,
): Entry[] {
  const { versions: _, ...hardware } = machine;
  const { versions: earlierVersions, ...earlierHardware } = earlier.machine;
  const isSame = (name: string) =>
    (machine.versions[name] ?? earlierVersions[name]) === earlierVersions[name];
  if (!isDeepStrictEqual(hardware, earlierHardware)) return [];
  if (!Object.keys(earlierVersions).every(isSame)) return [];
  return earlier.entries.filter(
    (old) =>
      !entries.some(({ engine, scenario }) => engine === old.engine && scenario === old.scenario),
  );
}

/** The results that an earlier run wrote to this directory; `undefined` if there are none. */
export function readResults(directory: string): Results | undefined {
  const path = join(directory, JSON_FILE);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Keeps a list of numbers on one line. */
const asJson = (results: Results) =>
  JSON.stringify(results, null, 2).replace(/\[[\d\s.,]+\]/g, (list) =>
    JSON.stringify(JSON.parse(list)).replaceAll(',', ', '),
  );

/** Writes the results as JSON and as Markdown. */
export function writeResults(directory: string, results: Results, markdown: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, JSON_FILE), `${asJson(results)}\n`);
  writeFileSync(join(directory, 'RESULTS.md'), markdown);
}
