import type { Finding, TableRequirement } from '../../contract/report';
import { type DatabaseError, DatabaseTrouble } from '../errors';

/** What a finding is about. */
type Subject = Pick<Finding, 'requirement' | 'table'>;

/** A requirement of one table. */
export function ofTable(requirement: TableRequirement, table: string): Subject {
  return { requirement: `${requirement} (${table})`, table };
}

function finding(of: Subject | string, rest: Omit<Finding, keyof Subject>): Finding {
  const subject = typeof of === 'string' ? { requirement: of, table: null } : of;
  return { ...subject, ...rest };
}

/** What a failed statement met, and what helps against it. */
export function inParts(error: DatabaseError) {
  if (error instanceof DatabaseTrouble) return { seen: error.problem, remedy: error.remedy };
  const { message, failure } = error;
  return failure === null
    ? { seen: message, remedy: null }
    : { seen: `${failure.code}: ${failure.text}`, remedy: failure.remedy };
}

/** The requirement is met. */
export function ok(of: Subject | string, detail: string): Finding {
  return finding(of, { state: 'ok', detail, fix: null });
}

/** The check-up could not look at it. */
export function unknown(of: Subject | string, detail: string, fix: string | null = null): Finding {
  return finding(of, { state: 'unknown', detail, fix });
}

/** The requirement is not met; the purge works without it, at a cost. */
export function warning(of: Subject | string, detail: string, fix: string | null): Finding {
  return finding(of, { state: 'warning', detail, fix });
}

/** The requirement is not met; the purge cannot do its work. */
export function failing(of: Subject | string, detail: string, fix: string | null): Finding {
  return finding(of, { state: 'failing', detail, fix });
}

/** A statement was refused that a run sends, too. */
export function refused(of: Subject | string, error: DatabaseError): Finding {
  const { seen, remedy } = inParts(error);
  return failing(of, seen, remedy);
}
