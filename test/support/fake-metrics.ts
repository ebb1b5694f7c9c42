import type { Datapoint, MetricQuery, MetricReader } from '../../lambda/preflight/metric-reader';

/** One query, as it was asked. */
export interface Asked {
  readonly queries: readonly MetricQuery[];
  readonly lookBackMs: number;
}

export interface FakeMetrics extends MetricReader {
  readonly asked: readonly Asked[];
}

/** One value a period, the newest first. An error is thrown instead of being returned. */
export type Measured = Readonly<Record<string, readonly number[]>> | Error;

/**
 * A CloudWatch with these values, by the name of the metric. Each query takes the next answer; the last one is repeated.
 */
export function fakeMetrics(...answers: readonly Measured[]): FakeMetrics {
  const asked: Asked[] = [];
  return {
    asked,
    async read(queries, lookBackMs) {
      const measured = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push({ queries, lookBackMs });
      if (measured instanceof Error) throw measured;
      return queries.map(({ name, periodSeconds }): Datapoint[] =>
        (measured[name] ?? []).map((value, at) => ({ atMs: -at * periodSeconds * 1000, value })),
      );
    },
  };
}

/** An error of CloudWatch, as the SDK throws it. */
export function accessDenied(): Error {
  return Object.assign(new Error('not authorized to perform: cloudwatch:GetMetricData'), {
    name: 'AccessDeniedException',
  });
}
