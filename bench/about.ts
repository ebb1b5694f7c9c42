import type { ScenarioName } from './entry';
import { PRICES } from './prices';

/** What a reader has to know about all results. */
export const INTRODUCTION = [
  'Written by `npm run bench`. "Ours" is the bundle that is deployed, without pauses unless its name or the scenario says',
  'otherwise. It uses the local Data API, as a user with the least rights. "One DELETE" is a function that sends one',
  'DELETE through the same Data API, as superuser. The times of both are those of the handler in a new process. The',
  'others connect directly, as superuser. The time of a program includes its start. "×" compares medians with those of',
  'one DELETE under the same conditions. "CPU" is the processor time of all of the server\'s processes, from the first',
  'statement until the contender was done; "with clean-up" and "settled" include what the database does afterwards: a',
  'VACUUM of the table on PostgreSQL; on MariaDB, until the history list is empty and nothing is written to the redo log.',
  'This is not Aurora: there is no network to the storage, and there are no replicas. Compare only within one table.',
  'Ratios below 1.3 are noise.',
].join('\n');

const perMillion = (price: number) => `$${Number((price * 1_000_000).toPrecision(3))} per million`;

/** The title and the introduction of each scenario. */
export const ABOUT: Readonly<
  Record<ScenarioName, { readonly title: string; readonly text: string }>
> = {
  throughput: {
    title: 'throughput',
    text: 'Tables of which most, little and hardly anything has expired.',
  },
  snapshot: {
    title: 'beside an old snapshot',
    text: 'A transaction that began before the purge stays open until the purge has ended.',
  },
  shuffled: {
    title: 'shuffled heap',
    text: 'The rows lie on disk in no order.',
  },
  latency: {
    title: 'latency of the Data API',
    text: 'The delay is added to each call.',
  },
  growth: {
    title: 'growth',
    text: 'The time per row by the size of the table.',
  },
  application: {
    title: 'the application beside it',
    text: [
      'The application works by key: 80 % reads, 15 % renewals, 5 % inserts. Its operations are due at fixed times (an open',
      'loop), and latency counts from when an operation was due. Below 100 operations, p99 is the longest of them.',
      '"Idle" is the same application before the purge. Ours runs with its deployed defaults, pauses included.',
      'Its process and the Data API use the cores of the database and the application; on AWS they have their own.',
    ].join('\n'),
  },
  function: {
    title: 'the function',
    text: [
      `Dollars are by the list prices of ${PRICES.region}, ${PRICES.asOf}, without the free tier:`,
      `${perMillion(PRICES.dataApiPerRequest)} Data API requests, $${PRICES.lambdaPerGBSecond} per GB-second of an arm64`,
      `function and ${perMillion(PRICES.lambdaPerInvocation)} invocations.`,
      'Durations are those of this machine. The cost of the cluster is not included.',
    ].join('\n'),
  },
  tables: {
    title: 'many tables',
    text: 'One run over a session table in each of many schemas. Nothing has expired, and all but one are empty.',
  },
};
