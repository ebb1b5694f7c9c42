import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpuMsOf } from '../../bench/engines/cpu';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Uses the processor for so many milliseconds, by the process's own account. */
const BURN = `const burn = (ms) => { while (process.cpuUsage().user + process.cpuUsage().system < ms * 1000); };`;

/** Starts a script that writes to stdout when it is done, and lives until its stdin ends. */
async function started(script: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

onLinux('cpuMsOf', () => {
  it('counts the process, its children, and those that have ended', async () => {
    const child = await started(`${BURN}
      const { spawn, spawnSync } = require('node:child_process');
      const busy = ${JSON.stringify(`${BURN} burn(300); console.log('done'); process.stdin.resume()`)};
      spawnSync(process.execPath, ['-e', busy]);
      const alive = spawn(process.execPath, ['-e', busy], { stdio: ['pipe', 'pipe', 'inherit'] });
      alive.stdout.once('data', () => { burn(300); console.log('done'); });
      process.stdin.resume().on('end', () => { alive.stdin.end(); process.exit(); });
    `);
    const used = cpuMsOf(child.pid as number);
    await stopped(child);

    // Linux counts in ticks of 10 ms, and each of the three may lose one of its own time and one of the system's.
    expect(used).toBeGreaterThanOrEqual(840);
    expect(used).toBeLessThan(1200);
  });

  it('counts threads that have ended', async () => {
    const child = await started(`
      const { Worker } = require('node:worker_threads');
      const work = ${JSON.stringify(`${BURN} burn(400)`)};
      new Worker(work, { eval: true }).once('exit', () => { console.log('done'); process.stdin.resume(); });
    `);
    const used = cpuMsOf(child.pid as number);
    await stopped(child);

    expect(used).toBeGreaterThanOrEqual(380);
  });

  it('refuses a process that does not exist', async () => {
    const child = await started(`console.log('done'); process.stdin.resume();`);
    await stopped(child);

    expect(() => cpuMsOf(child.pid as number)).toThrow('ESRCH');
  });
});
