import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Latency } from './application/latency';
import type { Facts } from './contenders/contender';
import type { Machine } from './machine';
import type { EngineName, ScenarioName } from './options';
import type { ShapeKey } from './shapes';
import type { TargetResult } from './targets';

/** Which measurement, and when. */
interface Of {
  readonly engine: EngineName;
  readonly scenario: ScenarioName;
  readonly contender: string;
  /** Expired rows of the largest table of its run. */
  readonly scale: number;
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly commit: string;
}

/** How long a contender took for one table. */
export interface Timing extends Of {
  readonly kind: 'timing';
  readonly shape: ShapeKey;
  readonly label: string;
  readonly expired: number;
  readonly order: 'by age' | 'shuffled';
  /** Of each call of the Data API. */
  readonly delayMs: number;
  readonly durationsMs: readonly number[];
  /** It was stopped then, not done; its time is longer. */
  readonly stoppedAtMs?: number;
  /** Of the last run. */
  readonly facts?: Facts;
}

/** What the application felt of a contender. */
export interface Beside extends Of {
  readonly kind: 'beside';
  readonly label: string;
  readonly idle: Latency;
  readonly beside: Latency;
  /** Operations that the database refused: deadlocks, waits for locks that took too long. */
  readonly errors: number;
  readonly purgesMs: readonly number[];
  readonly stoppedAtMs?: number;
}

/** One number about the function. */
export interface Figure extends Of {
  readonly kind: 'figure';
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'MB' | 'calls' | 'dollars' | 'x';
}

export type Entry = Timing | Beside | Figure;

/** All that was found out on one machine. */
export interface Results {
  readonly machine: Machine;
  /** What is not as installed: servers, tools that are missing. */
  readonly notes: readonly string[];
  readonly entries: readonly Entry[];
  readonly targets: readonly TargetResult[];
}

const JSON_FILE = 'results.json';

/**
 * What earlier runs on this machine measured and these entries do not: of another machine, or of other versions,
 * nothing can be kept beside them.
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

/** What the directory holds of an earlier run. */
export function readResults(directory: string): Results | undefined {
  const path = join(directory, JSON_FILE);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Writes both forms. */
export function writeResults(directory: string, results: Results, markdown: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, JSON_FILE), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(directory, 'RESULTS.md'), markdown);
}
