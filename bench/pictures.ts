import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EChartsOption, init } from 'echarts';
import { ENGINE_TITLE, ENGINES, type Entry } from './entry';
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

/** What a deleted row takes in tables of several sizes. */
function costPerRow(entries: readonly Entry[]): string {
  const timings = entries
    .filter((entry) => entry.kind === 'timing')
    .filter(({ scenario }) => scenario === 'growth');
  const series = ENGINES.flatMap((engine) =>
    ['raw DELETE', 'ours'].map((contender) => ({
      name: `${ENGINE_TITLE[engine]}, ${contender}`,
      type: 'line' as const,
      symbolSize: 8,
      label: {
        show: true,
        formatter: '{@[1]}',
        position: engine === 'mariadb' ? ('top' as const) : ('bottom' as const),
      },
      data: timings
        .filter((timing) => timing.engine === engine && timing.contender === contender)
        .map(({ expired, durationsMs }) => [
          expired,
          Number(shortNumber((median(durationsMs) * 1000) / expired)),
        ]),
    })),
  );
  return svgOf({
    title: { text: 'Microseconds a deleted row, by expired rows', left: 'center' },
    legend: { bottom: 0, itemGap: 24 },
    grid: { left: 60, right: 40, top: 60, bottom: 70 },
    xAxis: { type: 'log', name: 'rows', min: 50_000 },
    yAxis: { type: 'log', name: 'µs' },
    series,
  });
}

/** The pictures by the names of their files. */
export function picturesOf(entries: readonly Entry[]): Readonly<Record<string, string>> {
  return {
    'application-latency.svg': applicationLatency(entries),
    'cost-per-row.svg': costPerRow(entries),
  };
}

/** Writes the pictures of docs/performance.md. */
export function drawPictures(entries: readonly Entry[]): void {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of Object.entries(picturesOf(entries)))
    writeFileSync(join(PICTURES, name), svg);
}
