import type { ScenarioName } from './options';
import { PRICES } from './prices';

/** What the reader of the results has to know first. */
export const INTRODUCTION = [
  'Written by `npm run bench`. Ours is the bundle that is deployed, invoked without pauses unless it says otherwise,',
  'through the local Data API, as the role of least rights; its time is that of the handler in a new process.',
  'The others connect directly and as superuser; programs are timed with their start.',
  'This is not Aurora: no network to the storage, no replicas.',
  'Ratios within one table count, and below 1.3 they are noise.',
].join('\n');

const perMillion = (price: number) => `$${Number((price * 1_000_000).toPrecision(3))} per million`;

/** What stands above each scenario's table. */
export const ABOUT: Readonly<
  Record<ScenarioName, { readonly title: string; readonly text: string }>
> = {
  throughput: {
    title: 'throughput',
    text: '"×" is the median against that of the raw DELETE on the same rows.',
  },
  snapshot: {
    title: 'beside an old snapshot',
    text: 'A transaction that began before the purge stays open. "×" is against the raw DELETE beside it.',
  },
  shuffled: {
    title: 'shuffled heap',
    text: 'The rows lie in no order. "×" is against the raw DELETE.',
  },
  latency: {
    title: 'latency of the Data API',
    text: 'So much is added to each call. "×" is against none added.',
  },
  growth: {
    title: 'growth',
    text: 'The time per row by the size of the table. "×" is against the raw DELETE.',
  },
  application: {
    title: 'the application beside it',
    text: [
      'An open loop by key, 80 % read, 15 % renew, 5 % insert; a late answer counts from when it was due.',
      'Below 100 operations p99 is the longest of them. Idle is the same application before the purge. Ours runs with its deployed defaults, pauses included.',
      'Its process and the Data API take their time from the cores of the database and the application; on AWS they have',
      'their own.',
    ].join('\n'),
  },
  function: {
    title: 'the function',
    text: [
      `Money by the list prices of ${PRICES.region}, ${PRICES.asOf}, without the free tier:`,
      `${perMillion(PRICES.dataApiPerRequest)} Data API requests, $${PRICES.lambdaPerGBSecond} per GB-second of an arm64`,
      `function and ${perMillion(PRICES.lambdaPerInvocation)} invocations.`,
      'Durations are those of this machine, and what the cluster costs is not in it.',
    ].join('\n'),
  },
};
