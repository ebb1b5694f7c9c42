/** A database or an AWS account that cannot be used as the command line names it. */
export class AccessError extends Error {
  override readonly name = 'AccessError';

  constructor(
    /** What is missing, as the doctor calls it. */
    readonly requirement: 'database' | 'credentials',
    /** Holds no password. */
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(`${problem}; ${remedy}`);
  }
}
