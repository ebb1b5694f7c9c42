import { errorText } from '../errors';

/** The values of one metric that are asked for. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Sum';
  readonly periodSeconds: number;
}

/** A metric's value over one period, which began `atMs` milliseconds after the epoch. */
export interface Datapoint {
  readonly atMs: number;
  readonly value: number;
}

/** CloudWatch's metrics. */
export interface MetricReader {
  /** Returns the datapoints of each query in the order of the queries, newest first; throws any error of the call. */
  read(queries: readonly MetricQuery[], lookBackMs: number): Promise<readonly Datapoint[][]>;
}

/** Why CloudWatch could not be read, with the remedy where a right is missing. */
export function whyNoMetrics(error: unknown): string {
  const text = errorText(error);
  return text.startsWith('AccessDenied')
    ? `${text}; the function's role needs cloudwatch:GetMetricData`
    : text;
}
