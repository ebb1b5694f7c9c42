import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Cost } from '../../bench/entry';
import type { Results } from '../../bench/results';
import { until } from '../local/until';

const ROOT = resolve(__dirname, '../..');

/** The directory for the temporary files of a benchmark and for its results. */
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
  // PostgreSQL may run as another user, who must be able to enter the directory.
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function startBench(...args: string[]) {
  const command = ['--import', require.resolve('tsx'), 'bench/run.ts', '--engines=postgresql'];
  return spawn(process.execPath, [...command, ...args], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

const cpu = ({ cpuWithCleanUpMs = 0 }: Cost) => cpuWithCleanUpMs;

const temporaryFiles = () =>
  readdirSync(directory).filter((name) => /^(throwaway|bench)-/.test(name));

test('measures, writes Markdown and JSON, and leaves nothing behind', async () => {
  const out = join(directory, 'out');
  const child = startBench(
    '--rows=1000',
    '--repeats=2',
    '--only=snapshot,growth,tables',
    '--pair',
    '--out',
    out,
  );
  const [shown, told, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);

  expect({ code, told }).toMatchObject({ code: 0 });
  expect(readFileSync(join(out, 'RESULTS.md'), 'utf8')).toBe(shown);
  const { entries }: Results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
  const timings = entries.filter((entry) => entry.kind === 'timing');
  const ours = timings.filter(({ contender }) => contender === 'ours');
  expect(ours.map(({ label, durationsMs, costs }) => [label, durationsMs.length, costs?.length]))
    // The snapshot, then the growth.
    .toEqual(['1k of 1.2k', '100 of 120', '1k of 1.2k', '5k of 6k'].map((label) => [label, 2, 2]));
  const [beside, ...grown] = ours;
  // A batch may take more than one statement.
  expect(beside?.batchesMs?.length).toBeGreaterThanOrEqual(beside?.facts?.batches ?? Infinity);
  expect(grown[0]).not.toHaveProperty('batchesMs');
  // A purge takes a server longer than the 10 ms that the kernel counts in.
  if (process.platform === 'linux')
    expect(Math.max(...ours.flatMap(({ costs = [] }) => costs.map(cpu)))).toBeGreaterThan(0);
  expect(entries).toContainEqual(
    expect.objectContaining({ scenario: 'tables', name: 'idle run of 1 tables' }),
  );
  expect(temporaryFiles()).toEqual([]);
});

test('leaves nothing behind when it is interrupted', async () => {
  const child = startBench('--rows=1000', '--only=throughput');
  const ended = once(child, 'close');
  let told = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    told += chunk;
    if (told.includes('one DELETE')) break;
  }
  child.kill('SIGINT');

  expect((await ended)[0]).toBe(130);
  await until('no temporary file', () => temporaryFiles().length === 0);
});

test('reports a mistake in its options, and measures nothing', async () => {
  const child = startBench('--only=speed');
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);

  expect(code).toBe(2);
  expect(told).toMatch(
    /^--only must be one or more of throughput, .*, got "speed"\n\nnpm run bench -- --help lists the options\n$/,
  );
});
