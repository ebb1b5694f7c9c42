import { type Finding, OF_THE_CONNECTION } from '../../contract/report';
import type { Target } from '../data-api/data-api';
import type { FailedLink, Failure } from '../data-api/failure';
import type { DatabaseError } from '../errors';
import { failing, inParts, ok, unknown } from './findings';

const [DATA_API, SECRET, DATABASE] = OF_THE_CONNECTION;

const CHAIN = [DATA_API, SECRET, DATABASE] as const;

const REQUIREMENT_OF: Readonly<Record<FailedLink, (typeof CHAIN)[number]>> = {
  network: DATA_API,
  service: DATA_API,
  role: DATA_API,
  endpoint: DATA_API,
  secret: SECRET,
  login: SECRET,
  database: DATABASE,
  table: DATABASE,
  grammar: DATABASE,
  lock: DATABASE,
  row: DATABASE,
  server: DATABASE,
};

/** For failures without a remedy. */
const ANY_FIX = "check the cluster's ARN and region, and that this place can reach the service";
const ANY_DATABASE_FIX = "look at the cluster's state and events in RDS, and at the database's log";

/** How many requirements of the chain are met, as the failure itself shows: without them the database had not answered. */
function worksUpTo({ at, sqlState, errorNumber }: Failure): number {
  const isOfTheDatabase = sqlState !== null || errorNumber !== null;
  if (!isOfTheDatabase) return 0;
  // A server that takes no connection may say so before it checks the password.
  return at === 'server' ? 1 : CHAIN.length;
}

/** The findings where the first statement failed: which requirement is not met, and what is known of the others. */
export function brokenConnection(error: DatabaseError): Finding[] {
  const { failure } = error;
  const { seen, remedy } = inParts(error);
  const broken = failure === null ? DATA_API : REQUIREMENT_OF[failure.at];
  const place = CHAIN.indexOf(broken);
  const works = failure === null ? 0 : worksUpTo(failure);
  return CHAIN.map((requirement, at) => {
    if (at === place) {
      const anyFix = requirement === DATABASE ? ANY_DATABASE_FIX : ANY_FIX;
      return failing(requirement, seen, remedy ?? anyFix);
    }
    if (at > place) return unknown(requirement, `not reached, since the ${broken} failed`);
    return at < works
      ? ok(requirement, 'works, since the database answered')
      : unknown(requirement, `not known, since the ${broken} failed`);
  });
}

/** The findings where the first statement was answered. `wakeMs`: how long a paused cluster took to wake, in milliseconds. */
export function soundConnection({ database }: Target, wakeMs: number): Finding[] {
  const woken =
    wakeMs > 0 ? `, once the paused cluster was awake after ${Math.round(wakeMs / 1000)} s` : '';
  return [
    ok(DATA_API, 'on, and answers'),
    ok(SECRET, 'readable, and the database takes its user name and password'),
    ok(DATABASE, `"${database}" answers${woken}`),
  ];
}
