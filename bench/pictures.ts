import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EChartsOption, init } from 'echarts';
import { medianCost } from './cost';
import { ENGINE_TITLE, ENGINES, type Entry, type ScenarioName } from './entry';
import { shortNumber } from './markdown';
import { median } from './stats';

/** Where the pictures of docs/performance.md are. */
export const PICTURES = 'docs/pictures';

const SIZE = { width: 820, height: 400 };

/** Without the styles for a mouse, whose names differ each time. */
function svgOf(option: EChartsOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({ animation: false, backgroundColor: '#ffffff', ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const still = svg.replace(/<style[\s\S]*<\/style>\n?/, '').replaceAll(/ class="[^"]*"/g, '');
  return `${still.replaceAll(/\bzr\d+-/g, '')}\n`;
}

/** The answers differ a thousandfold, so their lengths are logarithmic. */
const milliseconds = { type: 'log', name: 'ms', min: 1 } as const;

/** The application's p99 alone, and its p99 and longest answer beside each contender. */
function applicationLatency(entries: readonly Entry[]): string {
  const rows = entries.filter((entry) => entry.kind === 'under-load');
  const bars = (name: string, values: readonly number[]) => ({
    name,
    type: 'bar' as const,
    data: values.map((value) => Number(shortNumber(value))),
    label: { show: true, position: 'right' as const, fontSize: 10 },
  });
  return svgOf({
    title: { text: 'Answers of an application, in milliseconds', left: 'center' },
    legend: { bottom: 0, itemGap: 24 },
    grid: { left: 260, right: 60, top: 40, bottom: 60 },
    xAxis: milliseconds,
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ engine, contender }) => `${ENGINE_TITLE[engine]}, ${contender}`),
    },
    series: [
      bars(
        'p99 before',
        rows.map(({ idle }) => idle.p99Ms),
      ),
      bars(
        'p99 meanwhile',
        rows.map(({ underLoad }) => underLoad.p99Ms),
      ),
      bars(
        'longest meanwhile',
        rows.map(({ underLoad }) => underLoad.maxMs),
      ),
    ],
  });
}

const timingsOf = (entries: readonly Entry[], ...scenarios: ScenarioName[]) =>
  entries
    .filter((entry) => entry.kind === 'timing')
    .filter(({ scenario }) => scenarios.includes(scenario));

type Timings = ReturnType<typeof timingsOf>;

/** What a deleted row takes of something, in tables of several sizes. */
function perRow(
  what: string,
  timings: Timings,
  readMs: (timing: Timings[number]) => number | undefined,
): string {
  const contenders = [...new Set(timings.map(({ contender }) => contender))];
  const series = ENGINES.flatMap((engine) =>
    contenders.map((contender) => ({
      name: `${ENGINE_TITLE[engine]}, ${contender}`,
      type: 'line' as const,
      symbolSize: 8,
      label: {
        show: true,
        formatter: '{@[1]}',
        position: contender === 'ours' ? ('top' as const) : ('bottom' as const),
      },
      data: timings
        .filter((timing) => timing.engine === engine && timing.contender === contender)
        .flatMap((timing) => {
          const { expired } = timing;
          const ms = readMs(timing);
          return ms === undefined ? [] : [[expired, Number(shortNumber((ms * 1000) / expired))]];
        }),
    })),
  );
  return svgOf({
    title: { text: `${what} a deleted row, in microseconds, by expired rows`, left: 'center' },
    legend: { bottom: 0, itemGap: 24 },
    grid: { left: 60, right: 40, top: 60, bottom: 70 },
    xAxis: { type: 'log', name: 'rows', min: 'dataMin' },
    yAxis: { type: 'log' },
    series,
  });
}

/** How long each batch of a run took, with and without an old snapshot, by engine. */
function batchTimes(timings: Timings): string {
  const series = timings.map(({ engine, contender, scenario, batchesMs = [] }) => ({
    name: `${contender}${scenario === 'snapshot' ? ', old snapshot' : ''}`,
    type: 'line' as const,
    showSymbol: false,
    xAxisIndex: ENGINES.indexOf(engine),
    yAxisIndex: ENGINES.indexOf(engine),
    data: batchesMs.map((ms, index) => [index + 1, ms]),
  }));
  const sides = ENGINES.map((engine, index) => ({ engine, left: index === 0 ? '8%' : '56%' }));
  return svgOf({
    title: sides.map(({ engine, left }) => ({
      text: `${ENGINE_TITLE[engine]}: ms of each batch`,
      left,
      textStyle: { fontSize: 14 },
    })),
    legend: { bottom: 0, itemGap: 24 },
    grid: sides.map(({ left }) => ({ left, width: '36%', top: 50, bottom: 100 })),
    xAxis: sides.map((_, gridIndex) => ({
      gridIndex,
      type: 'value',
      name: 'batch',
      nameLocation: 'middle',
      nameGap: 24,
    })),
    yAxis: sides.map((_, gridIndex) => ({ gridIndex, type: 'log' })),
    series,
  });
}

/** The pictures by the names of their files, but for those of which nothing was measured. */
export function picturesOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  const growth = timingsOf(entries, 'growth');
  const costly = growth.filter(({ costs }) => costs !== undefined);
  const batched = timingsOf(entries, 'throughput', 'snapshot').filter(
    ({ batchesMs }) => batchesMs !== undefined,
  );
  return {
    'application-latency.svg': applicationLatency(entries),
    'cost-per-row.svg': perRow('Time', growth, ({ durationsMs }) => median(durationsMs)),
    ...(costly.length > 0 && {
      'cpu-per-row.svg': perRow('CPU of the server with clean-up', costly, (it) =>
        medianCost(it, 'cpuWithCleanUpMs'),
      ),
    }),
    ...(batched.length > 0 && { 'batch-times.svg': batchTimes(batched) }),
  };
}

/** Writes the pictures of docs/performance.md. */
export function drawPictures(entries: readonly Entry[]): void {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of Object.entries(picturesOf(entries)))
    writeFileSync(join(PICTURES, name), svg);
}
