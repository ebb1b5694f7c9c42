import { copyFileSync, existsSync } from 'node:fs';
import type { Resources } from '../cli/terminal/resources';
import { EXIT, runToEnd } from '../cli/terminal/run-to-end';
import { nodePath } from './contenders/function';
import { otherTools } from './contenders/index';
import { missing, START } from './engines/index';
import { openLab } from './lab';
import { currentCommit, describeMachine, said } from './machine';
import { type EngineName, helpText, type Options, OptionsError, readOptions } from './options';
import { type Tell, tellOnStderr } from './progress';
import { reportOf } from './report';
import { type Entry, keptFrom, type Results, readResults, writeResults } from './results';
import { SCENARIO } from './scenarios/index';
import { scratchPath } from './scratch';
import { judgeTargets } from './targets';

/** What one engine came to. */
interface EngineResults {
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** A bundle that nobody builds anew meanwhile; it goes with this process. */
function copyOf(bundle: string): string {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing; npm run bundle builds it`);
  const copy = scratchPath('index.js');
  copyFileSync(bundle, copy);
  return copy;
}

/** The resources of one engine: it is stopped before the next one starts. */
async function measureEngine(
  name: EngineName,
  { options, bundlePath, tell }: { options: Options; bundlePath: string; tell: Tell },
  resources: Resources,
): Promise<EngineResults> {
  tell(`starting ${name}`);
  const engine = await START[name](resources, tell);
  const { tools, missing: missingTools, versions } = otherTools(name);
  for (const line of missingTools) tell(line);
  const lab = openLab(engine, options.repeats, tell);
  const commit = currentCommit();
  const entries: Entry[] = [];
  for (const scenario of options.scenarios)
    entries.push(
      ...(await SCENARIO[scenario]({ engine, lab, options, bundlePath, tools, tell, commit })),
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

/** Puts new results beside those of earlier runs. */
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

async function bench(options: Options, resources: Resources): Promise<number> {
  const tell = tellOnStderr();
  const bundlePath = copyOf(options.bundle);
  const missingEngines = options.engines.flatMap((name) => missing(name) ?? []);
  for (const line of missingEngines) tell(line);
  const measured: EngineResults[] = [];
  for (const name of options.engines.filter((it) => missing(it) === undefined))
    measured.push(await measureEngine(name, { options, bundlePath, tell }, resources));
  const { out } = options;
  const results = resultsOf(measured, missingEngines);
  const all = out === undefined ? results : merged(results, readResults(out));
  const markdown = reportOf(all);
  process.stdout.write(markdown);
  if (out !== undefined) writeResults(out, all, markdown);
  return EXIT.done;
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options !== undefined) return await runToEnd((resources) => bench(options, resources));
    console.log(helpText());
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    console.error(error.message);
    return EXIT.usage;
  }
}

void main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
