/**
 * What others are compared with: the function that sends one DELETE. Results from before it was measured have a DELETE
 * that was sent on a connection of its own.
 */
const BASELINES: readonly string[] = ['one DELETE', 'raw DELETE'];

/** Whether a contender is the one that others are compared with. */
export const isBaseline = ({ contender }: { readonly contender: string }): boolean =>
  BASELINES.includes(contender);
