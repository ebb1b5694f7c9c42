import type { Datapoint, MetricQuery, MetricReader } from '../../lambda/preflight/metric-reader';

/** One question as it was asked. */
export interface Asked {
  readonly queries: readonly MetricQuery[];
  readonly lookBackMs: number;
}

export interface FakeMetrics extends MetricReader {
  readonly asked: readonly Asked[];
}

/** Values, the newest first, one a period; an error in place of an answer is thrown. */
export type Measured = Readonly<Record<string, readonly number[]>> | Error;

/** CloudWatch with these values by the metric's name; asked anew it tells the next of several answers, then the last. */
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

/** An error of CloudWatch's, as the SDK raises it. */
export function accessDenied(): Error {
  return Object.assign(new Error('not authorized to perform: cloudwatch:GetMetricData'), {
    name: 'AccessDeniedException',
  });
}
