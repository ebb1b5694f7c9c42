import type { Clock } from './clock';
import type { ParameterStore } from './input/parameter-store';
import * as ssm from './input/ssm';
import * as cloudWatch from './preflight/cloudwatch';
import type { MetricReader } from './preflight/metric-reader';

// Most runs need neither client: each is made when it is first used. An import at that time would load it later, but esbuild
// would then bundle all of a client's commands, which takes more time from a cold start than the few that are needed.

/** CloudWatch in a region; in the function's own by default. */
export function metricReader(clock: Clock, region?: string): MetricReader {
  let reader: MetricReader | undefined;
  return {
    async read(queries, lookBackMs) {
      reader ??= cloudWatch.cloudWatch({ client: cloudWatch.connect(region), clock });
      return reader.read(queries, lookBackMs);
    },
  };
}

/** The parameters of the function's own account and region. */
export function parameters(clock: Clock): ParameterStore {
  return {
    async read(name) {
      return ssm.parameterStore(ssm.connect(), clock).read(name);
    },
  };
}
