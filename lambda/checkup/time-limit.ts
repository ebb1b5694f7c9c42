import type { Finding } from '../../contract/report';
import { type Clock, workTimeLeft } from '../clock';
import type { DataApi } from '../data-api/data-api';
import { DatabaseError } from '../errors';
import { warning } from './findings';

const FEWER_TABLES =
  'check fewer tables at once: name them in the event as "tables", or give them to `npm run doctor` with --tables';

const NOT_IN_TIME = `not looked at, since the time for the check-up was up; ${FEWER_TABLES}`;

/** A statement was not sent, because it might not have ended in time. */
export class NotInTime extends DatabaseError {
  constructor() {
    super(NOT_IN_TIME);
  }
}

/** Sends statements, but throws `NotInTime` instead if one might not end in time, judged by the slowest so far. */
export function sendInTime(
  api: Pick<DataApi, 'send'>,
  clock: Pick<Clock, 'now' | 'timeLeft'>,
): Pick<DataApi, 'send'> {
  let slowestMs = 0;
  return {
    async send(statement) {
      if (workTimeLeft(clock) <= slowestMs) throw new NotInTime();
      const sentMs = clock.now();
      try {
        return await api.send(statement);
      } finally {
        slowestMs = Math.max(slowestMs, clock.now() - sentMs);
      }
    },
  };
}

/** A warning if the time was up before all was looked at, so that the verdict does not say that all is well. */
export function timeFindings(findings: readonly Finding[]): Finding[] {
  const missed = findings.filter(({ detail }) => detail === NOT_IN_TIME);
  if (missed.length === 0) return [];
  const tables = new Set(missed.flatMap(({ table }) => table ?? []));
  return [warning('time', `it was up before all was known of ${tables.size} tables`, FEWER_TABLES)];
}
