import { type Clock, timeOfDay } from './clock';

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

const SAYING_LENGTH = 300;

/** What a service or the network says of a call that failed: its name, and its message where it has one. */
export function sayingOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // The SDK's word for an answer without a message.
  const isSilent = message === '' || message === 'UnknownError';
  return isSilent ? name : `${name}: ${message.slice(0, SAYING_LENGTH)}`;
}

/** The same of CloudWatch, with the remedy where a right is missing. */
export function whyNoMetrics(error: unknown): string {
  const saying = sayingOf(error);
  return saying.startsWith('AccessDenied')
    ? `${saying}; the function's role needs cloudwatch:GetMetricData`
    : saying;
}

/** Systems Manager's parameters. */
export interface ParameterStore {
  /** A parameter's text, as it is stored; throws what the service or the network throws. */
  read(name: string): Promise<string>;
}

/**
 * CloudWatch in a region; in the function's own where none is given.
 *
 * Its client is loaded when it is first asked: most runs never do, and a cold start should not pay for it.
 */
export function metricReader(clock: Clock, region?: string): MetricReader {
  let reader: Promise<MetricReader> | undefined;
  return {
    async read(queries, lookBackMs) {
      reader ??= import('./preflight/cloudwatch').then(({ cloudWatch, connect }) =>
        cloudWatch({ client: connect(region), clock, timeOfDay }),
      );
      return (await reader).read(queries, lookBackMs);
    },
  };
}

/** The parameters of the function's own account and region, loaded in the same way. */
export function parameters(clock: Clock): ParameterStore {
  return {
    async read(name) {
      const { parameterStore, connect } = await import('./input/parameter-store');
      return parameterStore(connect(), clock).read(name);
    },
  };
}
