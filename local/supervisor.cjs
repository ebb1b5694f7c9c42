/**
 * Creates and runs one database server while its standard input is open, then stops the server and removes its
 * directory.
 *
 * It is a process of its own, in a session of its own. However its owner ends (stop, Ctrl-C, crash, SIGKILL), the
 * kernel closes the pipe, and nothing is left behind. An exit hook in the owner could not promise that.
 *
 * Its argument is `{ directory, user: {} | { uid, gid }, stopSignal, commands: [program, ...args][] }` as JSON. The
 * last command is the server; those before it prepare its data.
 */
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const { directory, user, stopSignal, commands } = JSON.parse(process.argv[2]);
// Each command gets a process group, because it may be a script that runs other programs.
const options = { ...user, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'], detached: true };
let running;
let isStopping = false;

function run([[program, ...args], ...rest]) {
  running = spawn(program, args, options);
  running.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    finish(1);
  });
  running.on('exit', (code) => {
    const goesOn = code === 0 && rest.length > 0 && !isStopping;
    if (goesOn) run(rest);
    else finish(code ?? 1);
  });
}

function finish(code) {
  rmSync(directory, { recursive: true, force: true });
  process.exit(code);
}

function stop() {
  isStopping = true;
  // It may just have ended by itself.
  if (running.pid !== undefined && running.exitCode === null && running.signalCode === null)
    process.kill(-running.pid, stopSignal);
}
process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// Without an owner nobody reads stderr, and writing to it fails.
process.stderr.on('error', () => {});

run(commands);
