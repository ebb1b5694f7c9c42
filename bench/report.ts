import { ABOUT, INTRODUCTION } from './about';
import { isBaseline } from './baseline';
import { medianCost } from './cost';
import {
  type Cost,
  ENGINE_TITLE,
  type EngineName,
  type Entry,
  type Figure,
  SCENARIOS,
  type ScenarioName,
  type Timing,
  type UnderLoad,
} from './entry';
import { seconds, shortNumber, table } from './markdown';
import type { Results } from './results';
import { median, spreadOf } from './stats';
import type { TargetResult } from './targets';

/** The timing that a timing is compared with. */
function baseOf(timing: Timing, all: readonly Timing[]): Timing | undefined {
  const isAlike = ({ label, order, delayMs }: Timing) =>
    label === timing.label && order === timing.order && delayMs === timing.delayMs;
  return all.filter(isAlike).find(isBaseline);
}

/** Two cells: the median in seconds, and how many times that of the base it is. */
function costCells(read: keyof Cost, timing: Timing, base: Timing | undefined): string[] {
  const [own, other] = [medianCost(timing, read), medianCost(base, read)];
  if (own === undefined) return ['', ''];
  return [seconds(own), other ? shortNumber(own / other) : ''];
}

const isOver = ({ stoppedAtMs }: { readonly stoppedAtMs?: number }) => stoppedAtMs !== undefined;

function timingRow(timing: Timing, all: readonly Timing[]): string[] {
  const { label, delayMs, contender, durationsMs, expired, facts } = timing;
  const { runs, median: ms, min, max } = spreadOf(durationsMs);
  const base = baseOf(timing, all);
  const sign = isOver(timing) ? '> ' : '';
  return [
    delayMs > 0 ? `${label}, +${delayMs} ms` : label,
    contender,
    String(runs),
    ...costCells('cpuMs', timing, base),
    ...costCells('cpuWithCleanUpMs', timing, base),
    sign + seconds(ms),
    base === undefined ? '' : sign + shortNumber(ms / median(base.durationsMs)),
    `${seconds(min)} - ${seconds(max)}`,
    ...costCells('settledMs', timing, base),
    isOver(timing) ? '' : shortNumber((ms * 1000) / expired),
    ...[facts?.dataApiCalls, facts?.batches, facts?.walk].map((fact) => String(fact ?? '')),
  ];
}

const TIMING_HEAD = [
  ...['table', 'contender', 'runs', 'CPU s', 'CPU ×', 'CPU with clean-up s', 'CPU with clean-up ×'],
  ...['median s', '×', 'min - max s', 'settled s', 'settled ×', 'µs/row'],
  ...['Data API calls', 'batches', 'walk'],
];

function underLoadRow({
  contender,
  idle,
  underLoad,
  errors,
  purgesMs,
  ...rest
}: UnderLoad): string[] {
  return [
    contender,
    String(underLoad.operations),
    ...[idle.p50Ms, idle.p99Ms, idle.maxMs].map(shortNumber),
    ...[underLoad.p50Ms, underLoad.p99Ms, underLoad.maxMs].map(shortNumber),
    shortNumber(underLoad.p99Ms / idle.p99Ms),
    String(errors),
    (isOver(rest) ? '> ' : '') + seconds(median(purgesMs)),
  ];
}

const UNDER_LOAD_HEAD = [
  ...['contender', 'operations', 'idle p50 ms', 'p99', 'max'],
  ...['beside p50 ms', 'p99', 'max', 'p99 ×', 'errors', 'purge s'],
];

function shownValue({ value, unit }: Figure): string {
  if (unit === 'bytes') return `${shortNumber(value / 1024)} KB`;
  if (unit === 'dollars') return `$${value.toPrecision(2)}`;
  if (unit === 'calls') return shortNumber(value);
  return `${shortNumber(value)}${unit === 'x' ? '' : ' '}${unit}`;
}

function tableOf(entries: readonly Entry[]): string {
  const timings = entries.filter((entry) => entry.kind === 'timing');
  const underLoad = entries.filter((entry) => entry.kind === 'under-load');
  const figures = entries.filter((entry) => entry.kind === 'figure');
  if (timings.length > 0)
    return table(
      TIMING_HEAD,
      timings.map((timing) => timingRow(timing, timings)),
    );
  if (underLoad.length > 0) return table(UNDER_LOAD_HEAD, underLoad.map(underLoadRow));
  return table(
    ['', ''],
    figures.map((figure) => [figure.name, shownValue(figure)]),
  );
}

function sectionOf(engine: EngineName, scenario: ScenarioName, all: readonly Entry[]): string[] {
  const entries = all.filter((entry) => entry.engine === engine && entry.scenario === scenario);
  const [first] = entries;
  if (first === undefined) return [];
  const { title, text } = ABOUT[scenario];
  const origin = `Measured ${first.measuredAt} at ${first.commit}.`;
  return [`### ${ENGINE_TITLE[engine]}: ${title}`, `${text}\n${origin}`, tableOf(entries)];
}

function targetRow(result: TargetResult): string[] {
  const { engine, contender, what, limit, value, isAtLeast, unit, isReached } = result;
  return [
    ENGINE_TITLE[engine],
    contender,
    what,
    `${shortNumber(limit)}${unit}`,
    `${isAtLeast ? '> ' : ''}${shortNumber(value)}${unit}`,
    isReached ? 'reached' : '**falls short**',
  ];
}

/** All results as Markdown. */
export function reportOf({ machine, notes, entries, targets }: Results): string {
  const { cpu, cores, memoryGB, disk, system, versions } = machine;
  const software = Object.entries(versions).map((it) => it.join(' '));
  const lines = [
    `${cpu}, ${cores} cores, ${memoryGB} GB, ${disk}, ${system}`,
    software.join(', '),
    ...notes,
  ];
  const engines = Object.keys(ENGINE_TITLE) as EngineName[];
  const head = ['engine', 'who', 'what', 'at most', 'measured', ''];
  const parts = [
    '# Benchmark',
    INTRODUCTION,
    lines.map((line) => `- ${line}`).join('\n'),
    '## Targets',
    targets.length === 0 ? 'None was measured.' : table(head, targets.map(targetRow)),
    '## Measurements',
    ...engines.flatMap((engine) =>
      SCENARIOS.flatMap((scenario) => sectionOf(engine, scenario, entries)),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
