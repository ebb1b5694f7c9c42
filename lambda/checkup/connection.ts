import { type Finding, OF_THE_CONNECTION } from '../../contract/report';
import type { Target } from '../data-api/data-api';
import type { FailedLink, Failure } from '../data-api/failure';
import type { DatabaseError } from '../errors';
import { failing, ok, unknown } from './findings';

const [DATA_API, SECRET, DATABASE] = OF_THE_CONNECTION;

/** The requirements, each of which needs the ones before it. */
const CHAIN = [DATA_API, SECRET, DATABASE] as const;

const REQUIREMENT_OF: Readonly<Record<FailedLink, (typeof CHAIN)[number]>> = {
  network: DATA_API,
  service: DATA_API,
  role: DATA_API,
  endpoint: DATA_API,
  secret: SECRET,
  login: SECRET,
  database: DATABASE,
  grammar: DATABASE,
  lock: DATABASE,
  row: DATABASE,
  server: DATABASE,
};

/** Said where the failure has no remedy of its own: it is an answer that nobody expected. */
const ANY_FIX = "check the cluster's ARN and region, and that this place can reach the service";

/** What of the chain works for sure, although the call failed: all that the database needs to be asked, if it answered. */
function worksUpTo({ at, sqlState, errorNumber }: Failure): number {
  const isOfTheDatabase = sqlState !== null || errorNumber !== null;
  if (!isOfTheDatabase) return 0;
  // A server that takes no connection says so before it looks at the password.
  return at === 'server' ? 1 : CHAIN.length;
}

/** Reads the failure of the first statement: which link broke, and how the ones before and after it stand. */
export function brokenConnection({ message, failure }: DatabaseError): Finding[] {
  const broken = failure === null ? DATA_API : REQUIREMENT_OF[failure.at];
  const place = CHAIN.indexOf(broken);
  const works = failure === null ? 0 : worksUpTo(failure);
  return CHAIN.map((requirement, at) => {
    if (at === place) {
      const seen = failure === null ? message : `${failure.code}: ${failure.text}`;
      return failing(requirement, seen, failure?.remedy ?? ANY_FIX);
    }
    if (at > place) return unknown(requirement, `not reached, since the ${broken} failed`);
    return at < works
      ? ok(requirement, 'works, since the database answered')
      : unknown(requirement, `not known, since the ${broken} failed`);
  });
}

/** The findings where the first statement was answered; `wakeMs`: spent waiting for a paused cluster, in milliseconds. */
export function soundConnection({ database }: Target, wakeMs: number): Finding[] {
  const woken =
    wakeMs > 0 ? `, once the paused cluster was awake after ${Math.round(wakeMs / 1000)} s` : '';
  return [
    ok(DATA_API, 'on, and answers'),
    ok(SECRET, 'readable, and the database takes its user name and password'),
    ok(DATABASE, `"${database}" answers${woken}`),
  ];
}
