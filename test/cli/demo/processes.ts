import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Running {
  readonly group: number;
  readonly command: string;
}

/** The state, parent and group of a process follow its name, which may contain anything. */
const STAT = /^.*\) (\S) \d+ (\d+) /s;

function readProc(pid: string): Running[] {
  try {
    const [, state, group] = STAT.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return state === 'Z' ? [] : [{ group: Number(group), command }];
  } catch {
    return []; // The process has just ended.
  }
}

function readPs(line: string): Running[] {
  const [, group, state = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
  return state.startsWith('Z') ? [] : [{ group: Number(group), command }];
}

/** All running processes, without zombies. A Linux in a container may have no `ps`, other systems have no `/proc`. */
function runningProcesses(): Running[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(readProc);
  const table = execFileSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap(readPs);
}

/** Command lines of the processes of a group, and of those whose command line names the directory. */
export function processesOf(group: number, directory: string): string[] {
  return runningProcesses()
    .filter((it) => it.group === group || it.command.includes(directory))
    .map(({ command }) => command);
}
