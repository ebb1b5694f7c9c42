// JavaScript: jest loads its reporters as they are.
const { failedLine, summaryLine } = require('./summary-reporter');

const NOTHING = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

const skippedIn = (...ancestorTitles: string[]) => ({ status: 'pending', ancestorTitles });

describe('the last line of a run', () => {
  it('counts the tests', () => {
    const counts = { numPassedTests: 3, numFailedTests: 2, numPendingTests: 4, numTodoTests: 1 };

    expect(summaryLine({ ...NOTHING, ...counts })).toBe('3 passed, 2 failed, 5 skipped');
  });

  it('counts a file that cannot be loaded as a failure', () => {
    const line = summaryLine({ ...NOTHING, numPassedTests: 3, numRuntimeErrorTestSuites: 1 });

    expect(line).toBe('3 passed, 1 failed, 0 skipped');
  });

  it('names what is missing once, with one command for all packages', () => {
    const testResults = [
      {
        testResults: [
          skippedIn('without MariaDB: run apt-get install mariadb-server', 'a table'),
          skippedIn('without MariaDB: run apt-get install mariadb-server', 'a view'),
        ],
      },
      {
        testResults: [
          skippedIn(
            'without MariaDB: run apt-get install mariadb-server',
            'without Django: run apt-get install python3-django python3-mysqldb',
          ),
          skippedIn('without Django: run apt-get install python3-django python3-psycopg2'),
          skippedIn('without root: run as root'),
          skippedIn('a test that its author skipped'),
        ],
      },
    ];

    expect(summaryLine({ ...NOTHING, numPendingTests: 6, testResults })).toBe(
      '0 passed, 0 failed, 6 skipped; without Django, MariaDB, root: apt-get install mariadb-server python3-django python3-mysqldb python3-psycopg2; run as root',
    );
  });

  it('ends with what the run leaves out', () => {
    const line = summaryLine(NOTHING, { leftOut: 'slow tests: npm run test:all' });

    expect(line).toBe('0 passed, 0 failed, 0 skipped; slow tests: npm run test:all');
  });
});

describe('the line before it', () => {
  const file = (name: string, more: object = {}) => ({
    testFilePath: `/project/test/${name}.test.ts`,
    numFailingTests: 0,
    ...more,
  });

  it('names the files that failed, or could not be loaded', () => {
    const testResults = [
      file('b', { numFailingTests: 2 }),
      file('good'),
      file('a', { testExecError: new Error('a syntax error') }),
    ];

    expect(failedLine({ testResults }, '/project')).toBe(
      'failed: test/a.test.ts, test/b.test.ts\n',
    );
  });

  it('is not there where none did', () => {
    expect(failedLine({ testResults: [file('good')] }, '/project')).toBe('');
  });
});
