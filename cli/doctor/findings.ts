/** How a requirement stands. */
export type State = 'ok' | 'warning' | 'failing' | 'unknown';

/**
 * One requirement, as the function reports it; `docs/doctor.md` says what it means.
 *
 * Written down once more on purpose: the local run knows the function from outside, as its users do.
 */
export interface Finding {
  readonly requirement: string;
  readonly state: State;
  readonly detail: string;
  readonly fix: string | null;
}

/** What the function answers to `{"check": true}`. */
export interface CheckReport {
  readonly check: true;
  readonly verdict: Exclude<State, 'unknown'>;
  readonly findings: readonly Finding[];
}

/** The worst of the findings; what is unknown does not count. */
export function verdictOf(findings: readonly Finding[]): CheckReport['verdict'] {
  const has = (state: State) => findings.some((finding) => finding.state === state);
  return has('failing') ? 'failing' : has('warning') ? 'warning' : 'ok';
}
