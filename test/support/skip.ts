/**
 * A group of tests for which something may be missing on a machine: skipped there, in one line that says how to get
 * it. In CI nothing is skipped: there, what is missing is a failure.
 */
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
  const missing = `${what} is missing; ${howToGetIt}`;
  if (process.env.CI) {
    it(`needs ${what}`, () => {
      throw new Error(missing);
    });
    return;
  }
  process.stderr.write(`skipped: ${missing}\n`);
  describe.skip(missing, tests);
}
