/**
 * Creates and runs one database server for as long as its standard input stays open, then stops it
 * and removes its directory.
 *
 * A process of its own, in a session of its own: however its owner ends (stop, Ctrl-C, crash,
 * SIGKILL), the kernel closes the pipe, and nothing is left behind. An exit hook in the owner could
 * not promise that.
 *
 * Argument: `{ directory, user: {} | { uid, gid }, stopSignal, commands: [program, ...args][] }` as
 * JSON; the last command is the server, those before it prepare its data.
 */
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');

const { directory, user, stopSignal, commands } = JSON.parse(process.argv[2]);
// A process group for each command: what prepares the data may be a script that runs others.
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
  // It may have ended by itself in this moment.
  if (running.pid !== undefined && running.exitCode === null && running.signalCode === null)
    process.kill(-running.pid, stopSignal);
}
process.stdin.on('end', stop).on('error', stop).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// The owner may be gone, and with it the reader of what the server says.
process.stderr.on('error', () => {});

run(commands);
