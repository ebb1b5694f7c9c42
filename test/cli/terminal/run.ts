/** A process that runs one of these works to its end, and exits with the answer. Its argument is the name of the work. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { runToEnd } from '../../../cli/terminal/run-to-end';

const fail = (): never => {
  throw new Error('the database went away');
};

const WORKS: Readonly<Record<string, () => Promise<number>>> = {
  'ends with 3': async () => 3,
  fails: async () => fail(),
  'fails when Ctrl-C kills its child': async () => {
    execFileSync('sh', ['-c', 'kill -INT $$']);
    return 0;
  },
  'fails 20 ms before Ctrl-C': async () => {
    setTimeout(() => process.kill(process.pid, 'SIGINT'), 20);
    return fail();
  },
  'fails 20 ms before SIGTERM': async () => {
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 20);
    return fail();
  },
  'waits for Ctrl-C': async () => {
    process.kill(process.pid, 'SIGINT');
    await sleep(10_000);
    return 0;
  },
};

const work = WORKS[process.argv[2] ?? ''] ?? fail;
void runToEnd(async (resources) => {
  await resources.keep(
    async () => {},
    async () => console.log('released'),
  );
  return work();
}).then((exitCode) => process.exit(exitCode));
