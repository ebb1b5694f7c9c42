/** Tests that need what a machine may lack. Where it is missing they are skipped; in CI they fail. */
export function describeWhere(
  isThere: boolean,
  what: string,
  howToGetIt: string,
  tests: () => void,
): void {
  if (isThere) {
    tests();
    return;
  }
  if (process.env.CI) {
    it(`needs ${what}`, () => {
      throw new Error(`${what} is missing; ${howToGetIt}`);
    });
    return;
  }
  // The reporter collects these titles, so that the run says once what it skipped.
  describe.skip(`without ${what}: ${howToGetIt}`, tests);
}

/** Tests of what only root runs into, such as directories that other users may not enter. */
export const describeAsRoot = (tests: () => void): void =>
  describeWhere(process.getuid?.() === 0, 'root', 'run as root', tests);
