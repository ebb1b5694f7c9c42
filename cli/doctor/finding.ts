import type { Finding, State } from '../../contract/report';

/** A finding of the command line itself, which is of no table. */
export function finding(
  requirement: string,
  state: State,
  detail: string,
  fix: string | null = null,
): Finding {
  return { requirement, table: null, state, detail, fix };
}
