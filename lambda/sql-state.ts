import type { FailureKind } from './failure';

/** What a SQLSTATE says of the statement, and what the operator can do about it. */
interface Meaning {
  readonly kind: FailureKind;
  readonly remedy?: string;
}

const PASSING: Meaning = { kind: 'passing' };

/**
 * By SQLSTATE; the first two characters stand for a whole class. What is not here is final.
 *
 * From PostgreSQL's appendix "PostgreSQL Error Codes".
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '40001': PASSING, // serialization failure
  '40P01': PASSING, // deadlock
  '55P03': PASSING, // lock not available: lock_timeout, beside a schema migration say
  '53300': PASSING, // too many connections
  '57P01': PASSING, // administrator shutdown, as in a failover
  '57P02': PASSING,
  '57P03': PASSING, // starting up
  '25006': PASSING, // read-only: the old writer after a failover
  '57014': { kind: 'timed-out' }, // cancelled: statement_timeout
  '08': { kind: 'unknown' }, // the connection broke, perhaps after the commit
  '42501': {
    kind: 'final',
    remedy: "grant the purge's database user what the README's section on its role lists",
  },
  '28': { kind: 'final', remedy: 'check the user name and password in the secret' },
  '3D000': { kind: 'final', remedy: 'check the database name' },
  '23503': {
    kind: 'final',
    remedy:
      'a model of the application refers to the session table; delete its rows first, or let its constraint do so',
  },
};

/** The meaning of a SQLSTATE of five characters. */
export function meaningOf(sqlState: string): Meaning {
  return MEANINGS[sqlState] ?? MEANINGS[sqlState.slice(0, 2)] ?? { kind: 'final' };
}
