import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const FAILURE = '\nthe database went away\n';
const stoppedBy = (signal: string) => `\n${signal}: stopped, and all that it had started is gone\n`;

it.each([
  ['ends with 3', 3, ''],
  ['fails', 1, FAILURE],
  ['fails when Ctrl-C kills its child', 130, stoppedBy('SIGINT')],
  ['fails 20 ms before Ctrl-C', 130, stoppedBy('SIGINT')],
  ['fails 20 ms before SIGTERM', 143, stoppedBy('SIGTERM')],
  ['waits for Ctrl-C', 130, stoppedBy('SIGINT')],
])('a run that %s ends with %i, and releases what it kept', (work, exitCode, message) => {
  const args = ['--import', require.resolve('tsx'), join(__dirname, 'run.ts'), work];

  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });

  expect({ status, stdout, stderr }).toEqual({
    status: exitCode,
    stdout: 'released\n',
    stderr: message,
  });
});
