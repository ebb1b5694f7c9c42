import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type Clock, callTimeLeft } from '../clock';
import type { Datapoint, MetricQuery, MetricReader } from './metric-reader';

/** The collaborators of the reader. */
export interface CloudWatchWorld {
  readonly client: Pick<CloudWatchClient, 'send'>;
  readonly clock: Clock;
}

/** CloudWatch usually answers within a second, and a purge can do without the answer. */
const ANSWER_TIMEOUT_MS = 4000;

const ATTEMPT_TIMEOUT_MS = 2000;

/** The hourly values of a year fit into one page. */
const MAX_PAGES = 5;

function idOf(at: number): string {
  return `m${at}`;
}

function toQuery(query: MetricQuery, at: number): MetricDataQuery {
  const { namespace, name, dimensions, statistic, periodSeconds } = query;
  return {
    Id: idOf(at),
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Stat: statistic,
      Period: periodSeconds,
    },
  };
}

function datapointsOf(results: readonly MetricDataResult[], id: string): Datapoint[] {
  return results
    .filter(({ Id }) => Id === id)
    .flatMap(({ Timestamps = [], Values = [] }) =>
      Timestamps.flatMap((at, index) => {
        const value = Values[index];
        return value === undefined ? [] : [{ atMs: at.getTime(), value }];
      }),
    )
    .sort((a, b) => b.atMs - a.atMs);
}

/** A client for a region; for the function's own by default. */
export function connect(region?: string): CloudWatchClient {
  return new CloudWatchClient({
    ...(region === undefined ? {} : { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: ATTEMPT_TIMEOUT_MS,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
}

/** Reads metrics from CloudWatch; gives up after four seconds. */
export function cloudWatch({ client, clock }: CloudWatchWorld): MetricReader {
  async function pages(queries: MetricDataQuery[], lookBackMs: number) {
    const until = clock.timeOfDay();
    const results: MetricDataResult[] = [];
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: new Date(until.getTime() - lookBackMs),
          EndTime: until,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      results.push(...(answer.MetricDataResults ?? []));
      token = answer.NextToken;
      if (token === undefined) break;
    }
    return results;
  }

  return {
    async read(queries, lookBackMs) {
      const limitMs = callTimeLeft(clock, ANSWER_TIMEOUT_MS);
      const results = await clock.within(limitMs, pages(queries.map(toQuery), lookBackMs));
      return queries.map((_, at) => datapointsOf(results, idOf(at)));
    },
  };
}
