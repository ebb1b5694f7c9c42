const { relative } = require('node:path');

const TITLE = /^without (.+?): (.+)$/;
const PACKAGES = /^(?:run )?(apt-get install) (.+)$/;

const unique = (values) => [...new Set(values)].sort();

/** What skipped tests need, and the commands that bring it: one command for all packages. */
function needsOf(results) {
  const titles = results.testResults
    .flatMap(({ testResults }) => testResults)
    .filter(({ status }) => status === 'pending')
    .flatMap(({ ancestorTitles }) => ancestorTitles.map((title) => TITLE.exec(title)))
    .filter((match) => match !== null);
  const remedies = titles.map(([, , howToGetIt]) => howToGetIt);
  const packages = remedies.flatMap((it) => PACKAGES.exec(it)?.[2].split(' ') ?? []);
  const others = remedies.filter((it) => !PACKAGES.test(it));
  return {
    what: unique(titles.map(([, what]) => what)),
    howToGetThem: [
      ...(packages.length > 0 ? [`apt-get install ${unique(packages).join(' ')}`] : []),
      ...unique(others),
    ],
  };
}

/**
 * One line for a whole run: `N passed, N failed, N skipped`. Where tests were skipped, or `leftOut` names kinds of
 * tests that this run never has, the line goes on and says how to run them, too.
 */
function summaryLine(results, { leftOut } = {}) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = results;
  // A file that cannot be loaded has no tests to count, and has to count as a failure.
  const failed = numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = numPendingTests + numTodoTests;
  const { what, howToGetThem } = needsOf(results);
  return [
    `${numPassedTests} passed, ${failed} failed, ${skipped} skipped`,
    ...(what.length > 0 ? [`without ${what.join(', ')}: ${howToGetThem.join('; ')}`] : []),
    ...(leftOut ? [leftOut] : []),
  ].join('; ');
}

/** The files with failed tests, and those that cannot be loaded, on a line of their own; empty where none failed. */
function failedLine({ testResults }, rootDir) {
  const failed = testResults.filter(
    ({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError,
  );
  const files = failed.map(({ testFilePath }) => relative(rootDir, testFilePath));
  return files.length === 0 ? '' : `failed: ${files.sort().join(', ')}\n`;
}

module.exports = class SummaryReporter {
  constructor({ rootDir }, options) {
    this.rootDir = rootDir;
    this.options = options;
  }

  onRunComplete(_contexts, results) {
    // jest prints its own summary after every reporter, and this line has to be the last.
    const end = `${failedLine(results, this.rootDir)}${summaryLine(results, this.options)}\n`;
    process.once('exit', () => process.stdout.write(end));
  }
};
module.exports.summaryLine = summaryLine;
module.exports.failedLine = failedLine;
