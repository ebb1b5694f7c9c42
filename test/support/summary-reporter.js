/** Ends a run with one line that a person and a CI can read: `N passed, N failed, N skipped`. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
    // A file that cannot even be loaded has no tests to count, and must not read as none failed.
    const failed = numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    const line = `${numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    // jest's own summary comes after every reporter, and this line is to be the last.
    process.once('exit', () => process.stdout.write(line));
  }
};
