import { type JsonOperation, type JsonService, startJsonService } from './json-service';

/** A metric with its values. */
export interface MeasuredMetric {
  readonly namespace: string;
  readonly name: string;
  /** All dimensions: CloudWatch keeps each set of dimensions as a metric of its own. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly { readonly at: Date; readonly value: number }[];
}

/** The metrics that the service knows, and how it behaves. */
export interface CloudWatchOptions extends Pick<JsonOperation, 'onCall'> {
  readonly metrics: readonly MeasuredMetric[];
  /** Whether each page of an answer has one metric. @default false */
  readonly inPages?: boolean;
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Stat: string;
    readonly Period: number;
  };
}

/** Times are in seconds since the epoch. */
interface Input {
  readonly MetricDataQueries: readonly Query[];
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
}

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
};

const keyOf = (entries: readonly (readonly [string, string])[]) =>
  JSON.stringify([...entries].sort(([a], [b]) => a.localeCompare(b)));

function resultOf({ Id, MetricStat }: Query, input: Input, metrics: readonly MeasuredMetric[]) {
  const { Metric, Stat, Period } = MetricStat;
  const dimensions = (Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const);
  const metric = metrics.find(
    (each) =>
      each.namespace === Metric.Namespace &&
      each.name === Metric.MetricName &&
      keyOf(Object.entries(each.dimensions)) === keyOf(dimensions),
  );
  const periods = new Map<number, number[]>();
  for (const { at, value } of metric?.values ?? []) {
    const seconds = at.getTime() / 1000;
    if (seconds < input.StartTime || seconds >= input.EndTime) continue;
    const start = Math.floor(seconds / Period) * Period;
    periods.set(start, [...(periods.get(start) ?? []), value]);
  }
  const newestFirst = [...periods].sort(([a], [b]) => b - a);
  return {
    Id,
    Label: Metric.MetricName,
    StatusCode: 'Complete',
    Timestamps: newestFirst.map(([start]) => start),
    Values: newestFirst.map(([, values]) => STATISTICS[Stat]?.(values)),
  };
}

/** Starts CloudWatch's `GetMetricData`, for queries of a metric by its name. */
export function startCloudWatch(options: CloudWatchOptions): Promise<JsonService> {
  const { metrics, inPages = false, onCall } = options;
  return startJsonService({
    target: 'GraniteServiceVersion20100801.GetMetricData',
    signingName: 'monitoring',
    contentType: 'application/x-amz-json-1.0',
    ...(onCall && { onCall }),
    answer(members) {
      const input = members as unknown as Input;
      const results = input.MetricDataQueries.map((query) => resultOf(query, input, metrics));
      if (!inPages) return { members: { MetricDataResults: results } };
      const page = Number(input.NextToken ?? 0);
      const isLast = page === results.length - 1;
      return {
        members: {
          MetricDataResults: results.slice(page, page + 1),
          ...(!isLast && { NextToken: String(page + 1) }),
        },
      };
    },
  });
}
