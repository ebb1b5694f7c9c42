import { readFileSync, writeFileSync } from 'node:fs';
import { isBaseline } from './baseline';
import { medianCost } from './cost';
import { ENGINE_TITLE, type Entry, type ScenarioName, type Timing } from './entry';
import { seconds, shortNumber, table } from './markdown';
import { median } from './stats';

/** The page for users. Its tables are written by the benchmark, and its text by hand. */
export const PAGE = 'docs/performance.md';

/** What the page calls each contender, in the order of its columns. */
const CALLED: readonly (readonly [
  name: string,
  is: (entry: { readonly contender: string }) => boolean,
])[] = [
  ['this purge', ({ contender }) => contender === 'ours'],
  ['one DELETE', isBaseline],
  ['usual recipe', ({ contender }) => contender === 'usual recipe (5000)'],
  ['clearsessions', ({ contender }) => contender === 'clearsessions'],
];

const timingsOf = (entries: readonly Entry[], ...scenarios: readonly ScenarioName[]) =>
  entries
    .filter((entry) => entry.kind === 'timing')
    .filter(({ scenario }) => scenarios.includes(scenario));

const sign = ({ stoppedAtMs }: { readonly stoppedAtMs?: number }) =>
  stoppedAtMs === undefined ? '' : '> ';

/** `1.84 s (2.85)`: the milliseconds, and in brackets how many times those of one DELETE. */
function against(own: number | undefined, base: number | undefined, prefix = ''): string {
  if (own === undefined) return '';
  const ratio = base === undefined ? '' : ` (${prefix}${shortNumber(own / base)})`;
  return `${prefix}${seconds(own)} s${ratio}`;
}

/** A row for each table that was purged, and a column for each contender. */
function byTable(timings: readonly Timing[], read: (timing: Timing) => number | undefined): string {
  const place = ({ engine, label, scenario }: Timing) => [
    ENGINE_TITLE[engine],
    scenario === 'snapshot' ? `${label}, beside an old snapshot` : label,
  ];
  const places = new Map(timings.map((timing) => [String(place(timing)), place(timing)]));
  const rows = [...places].map(([key, cells]) => {
    const here = timings.filter((timing) => String(place(timing)) === key);
    const base = here.find(isBaseline);
    const shown = CALLED.map(([, is]) => {
      const own = here.find(is);
      if (own === undefined) return '';
      return against(read(own), own === base ? undefined : base && read(base), sign(own));
    });
    return [...cells, ...shown];
  });
  return table(['engine', 'expired rows', ...CALLED.map(([name]) => name)], rows);
}

/** What the server paid until it had cleaned up. */
const costs = (entries: readonly Entry[]) =>
  byTable(timingsOf(entries, 'throughput', 'snapshot'), (timing) =>
    medianCost(timing, 'cpuWithCleanUpMs'),
  );

const times = (entries: readonly Entry[]) =>
  byTable(timingsOf(entries, 'throughput', 'snapshot'), ({ durationsMs }) => median(durationsMs));

function application(entries: readonly Entry[]): string {
  const head = ['engine', 'beside it runs', 'p99 before', 'p99 meanwhile', 'longest', 'takes'];
  const rows = entries
    .filter((entry) => entry.kind === 'under-load')
    .flatMap((entry) => {
      const name = CALLED.find(([, is]) => is(entry))?.[0];
      if (name === undefined) return [];
      const latencies = [entry.idle.p99Ms, entry.underLoad.p99Ms, entry.underLoad.maxMs];
      const takes = `${sign(entry)}${seconds(median(entry.purgesMs))} s`;
      return [[ENGINE_TITLE[entry.engine], name, ...latencies.map(shortNumber), takes]];
    });
  return table(head, rows);
}

/** A row for each engine and contender, and a column for each delay. */
function latency(entries: readonly Entry[]): string {
  const timings = timingsOf(entries, 'latency');
  const delays = [...new Set(timings.map(({ delayMs }) => delayMs))];
  const engines = [...new Set(timings.map(({ engine }) => engine))];
  const rows = engines.flatMap((engine) =>
    CALLED.flatMap(([name, is]) => {
      const own = timings.filter((timing) => timing.engine === engine && is(timing));
      if (own.length === 0) return [];
      const cells = delays.map((delayMs) => {
        const at = (timing: Timing) => timing.engine === engine && timing.delayMs === delayMs;
        const timing = own.find(at);
        const base = timings.filter(at).find(isBaseline);
        if (timing === undefined) return '';
        const baseMs = base && base !== timing ? median(base.durationsMs) : undefined;
        return against(median(timing.durationsMs), baseMs, sign(timing));
      });
      return [[ENGINE_TITLE[engine], name, ...cells]];
    }),
  );
  const columns = delays.map((delayMs) => (delayMs === 0 ? 'nothing' : `+${delayMs} ms`));
  return table(['engine', 'who', ...columns], rows);
}

const PARTS = { costs, times, application, latency };

/** The page with its tables of these entries. Each stands between `<!-- NAME: ... -->` and `<!-- /NAME -->`. */
export function pageOf(page: string, entries: readonly Entry[]): string {
  return Object.entries(PARTS).reduce((text, [name, draw]) => {
    const part = new RegExp(`(<!-- ${name}: .*?-->\\n\\n).*?(<!-- /${name} -->)`, 's');
    return text.replace(part, (_, start, end) => `${start}${draw(entries)}\n\n${end}`);
  }, page);
}

/** Writes the tables of the page again. */
export function writePage(entries: readonly Entry[]): void {
  writeFileSync(PAGE, pageOf(readFileSync(PAGE, 'utf8'), entries));
}
