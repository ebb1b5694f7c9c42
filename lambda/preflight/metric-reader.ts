import { errorText } from '../errors';

/** Which values of a metric are asked for. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Sum';
  readonly periodSeconds: number;
}

/** A metric's value over one period, which began at `atMs` of the epoch. */
export interface Datapoint {
  readonly atMs: number;
  readonly value: number;
}

/** CloudWatch's metrics. */
export interface MetricReader {
  /** The datapoints of each query, in its order, newest first; throws what the service or the network throws. */
  read(queries: readonly MetricQuery[], lookBackMs: number): Promise<readonly Datapoint[][]>;
}

/** Why CloudWatch could not be read, with the remedy where a right is missing. */
export function whyNoMetrics(error: unknown): string {
  const text = errorText(error);
  return text.startsWith('AccessDenied')
    ? `${text}; the function's role needs cloudwatch:GetMetricData`
    : text;
}
