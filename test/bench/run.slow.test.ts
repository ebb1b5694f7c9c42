import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
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

const temporaryFiles = () =>
  readdirSync(directory).filter((name) => /^(throwaway|bench)-/.test(name));

test('measures, writes Markdown and JSON, and leaves nothing behind', async () => {
  const out = join(directory, 'out');
  const child = startBench('--rows=1000', '--repeats=2', '--only=latency,growth', '--out', out);
  const [shown, told, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);

  expect({ code, told }).toMatchObject({ code: 0 });
  expect(readFileSync(join(out, 'RESULTS.md'), 'utf8')).toBe(shown);
  const { entries }: Results = JSON.parse(readFileSync(join(out, 'results.json'), 'utf8'));
  const ours = entries.filter(({ kind, contender }) => kind === 'timing' && contender === 'ours');
  expect(ours.map((entry) => 'durationsMs' in entry && entry.durationsMs.length)).toEqual([
    ...[2, 2, 2],
    ...[2, 2],
  ]);
  expect(ours[0]).toMatchObject({ label: '1k of 1.2k', facts: { batches: expect.any(Number) } });
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
