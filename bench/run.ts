import { copyFileSync, existsSync } from 'node:fs';
import { runTool } from '../cli/terminal/command';
import type { Resources } from '../cli/terminal/resources';
import { EXIT } from '../cli/terminal/run-to-end';
import { nodePath } from './contenders/function';
import { otherTools } from './contenders/index';
import { missing, START } from './engines/index';
import type { EngineName, Entry } from './entry';
import { openLab } from './lab';
import { currentCommit, describeMachine, said } from './machine';
import { HOME, type Options, readOptions } from './options';
import { writePage } from './page';
import { drawPictures } from './pictures';
import { type Log, logOnStderr } from './progress';
import { reportOf } from './report';
import { keptFrom, type Results, readResults, writeResults } from './results';
import { SCENARIO } from './scenarios/index';
import { scratchPath } from './scratch';
import { judgeTargets } from './targets';

/** The results of one engine. */
interface EngineResults {
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** Copies the bundle, so that a build does not change it during the run. The copy is deleted when this process exits. */
function copyOf(bundle: string): string {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing; npm run bundle builds it`);
  const copy = scratchPath('index.js');
  copyFileSync(bundle, copy);
  return copy;
}

/** Measures all scenarios on one engine. */
async function measureEngine(
  name: EngineName,
  { options, bundlePath, log }: { options: Options; bundlePath: string; log: Log },
  resources: Resources,
): Promise<EngineResults> {
  log(`starting ${name}`);
  const engine = await START[name](resources, log);
  const { tools, missing: missingTools, versions } = otherTools(name);
  for (const line of missingTools) log(line);
  const lab = openLab(engine, options.repeats, log);
  const commit = currentCommit();
  const entries: Entry[] = [];
  for (const scenario of options.scenarios)
    entries.push(
      ...(await SCENARIO[scenario]({ engine, lab, options, bundlePath, tools, log, commit })),
    );
  return {
    entries,
    notes: [`${engine.name}: ${engine.settings}`, ...missingTools],
    versions: { ...versions, [engine.name]: engine.version },
  };
}

function resultsOf(measured: readonly EngineResults[], notes: readonly string[]): Results {
  const entries = measured.flatMap((it) => it.entries);
  const versions = Object.assign(
    { 'Node.js': said(nodePath, '--version') ?? 'unknown' },
    ...measured.map((it) => it.versions),
  );
  const machine = describeMachine(versions);
  const allNotes = [...notes, ...measured.flatMap((it) => it.notes)];
  return { machine, notes: allNotes, entries, targets: judgeTargets(entries) };
}

/** The new results, with those of earlier runs that they do not replace. */
function merged(results: Results, earlier: Results | undefined): Results {
  const kept = earlier === undefined ? [] : keptFrom(earlier, results);
  if (earlier === undefined || kept.length === 0) return results;
  const entries = [...kept, ...results.entries];
  const versions = { ...earlier.machine.versions, ...results.machine.versions };
  return {
    machine: { ...results.machine, versions },
    notes: [...new Set([...earlier.notes, ...results.notes])],
    entries,
    targets: judgeTargets(entries),
  };
}

/** Writes again what is made of the results in `bench/`. */
function drawAgain(): number {
  const results = readResults(HOME);
  if (results === undefined)
    throw new Error(`${HOME}/results.json is missing; npm run bench writes it`);
  write(HOME, results);
  return EXIT.done;
}

/** The page and its pictures are made of the results that are kept in `bench/`, and of no others. */
function write(out: string, results: Results): void {
  writeResults(out, results, reportOf(results));
  if (out !== HOME) return;
  drawPictures(results.entries);
  writePage(results.entries);
}

async function bench(options: Options, resources: Resources): Promise<number> {
  if (options.draw) return drawAgain();
  const log = logOnStderr();
  const bundlePath = copyOf(options.bundle);
  const missingEngines = options.engines.flatMap((name) => missing(name) ?? []);
  for (const line of missingEngines) log(line);
  const measured: EngineResults[] = [];
  for (const name of options.engines.filter((it) => missing(it) === undefined))
    measured.push(await measureEngine(name, { options, bundlePath, log }, resources));
  const { out } = options;
  const results = resultsOf(measured, missingEngines);
  const all = out === undefined ? results : merged(results, readResults(out));
  process.stdout.write(reportOf(all));
  if (out !== undefined) write(out, all);
  return EXIT.done;
}

const tool = { name: 'npm run bench --', read: readOptions, run: bench };

void runTool(tool, process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
