import type { Clock } from './clock';
import type { ParameterStore } from './input/parameter-store';
import type { MetricReader } from './preflight/metric-reader';

// Most runs need neither client, and loading one takes time from a cold start: each is loaded when it is first used.

/** CloudWatch in a region; in the function's own by default. */
export function metricReader(clock: Clock, region?: string): MetricReader {
  let reader: Promise<MetricReader> | undefined;
  return {
    async read(queries, lookBackMs) {
      reader ??= import('./preflight/cloudwatch').then(({ cloudWatch, connect }) =>
        cloudWatch({ client: connect(region), clock }),
      );
      return (await reader).read(queries, lookBackMs);
    },
  };
}

/** The parameters of the function's own account and region. */
export function parameters(clock: Clock): ParameterStore {
  return {
    async read(name) {
      const { parameterStore, connect } = await import('./input/ssm');
      return parameterStore(connect(), clock).read(name);
    },
  };
}
