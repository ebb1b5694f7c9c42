import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../local/until';
import { type Demo, type End, endDemos, startDemo } from './demo-process';

afterEach(endDemos);

const EXPIRED_KEY = '3dub24wutcq28y7lhgnfl2rasoy37646';
const LIVE_KEY = 'g7s29wnv45boguo5np33yroq61t4v9c2';

/** Waits for the processes, because tsx's esbuild may take longer to end than the run. */
const untilNothingIsLeft = (demo: Demo) =>
  until('no process', () => demo.processes().length === 0).then(() =>
    expect(demo.databases()).toEqual([]),
  );

const timesIn = (text: string, part: string) => text.split(part).length - 1;

describe('a run to the end', () => {
  let end: End;
  let stdout: string;
  beforeAll(async () => {
    const demo = startDemo(['--rows', '3000']);
    end = await demo.ended;
    stdout = end.stdout;
    await untilNothingIsLeft(demo);
  });

  test('says first that it touches nothing outside this machine', () => {
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^.*nothing outside this machine is touched\.\n/);
  });

  test('shows both sessions before the purge, and only the live one after it', () => {
    expect(stdout).toContain(`│ ${EXPIRED_KEY} │ 2020-07-11 19:20:40 │`);
    expect(stdout).toContain(`│ ${LIVE_KEY} │ 2020-07-25 13:50:10 │`);
    expect([timesIn(stdout, EXPIRED_KEY), timesIn(stdout, LIVE_KEY)]).toEqual([1, 2]);
  });

  test('counts the backlog, and purges it', () => {
    expect(stdout).toMatch(/expired +3 000 sessions, the oldest since .* \(90 days\)/);
    expect(stdout).toMatch(/rows deleted +3 000\n/);
    expect(stdout).toMatch(/stop reason +drained: /);
    expect(stdout).toMatch(/left in the table +300 sessions, all live\n/);
  });

  test('shows the report as the function returned it', () => {
    const [, json = ''] = /returned +(\{.*\})\n/.exec(stdout) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      dryRun: false,
      stopReason: 'drained',
      rowsDeleted: 3000,
      tables: [{ table: 'public.django_session', rowsDeleted: 3000, backlogAgeSeconds: 0 }],
    });
  });

  test('writes no control characters where there is no terminal', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, exitCode) => {
  test.each([
    ['while it starts', 'nothing outside this machine is touched'],
    ['while it fills the table', '200 000 sessions'],
    ['while it purges', 'The scheduled event'],
  ])('%s leaves nothing behind', async (_, text) => {
    const demo = startDemo(['--rows', '200000']);
    await demo.shows(text);

    demo.signalAll(signal);

    expect(await demo.ended).toMatchObject({
      exitCode,
      stderr: expect.stringContaining(`${signal}: stopped, and all that it had started is gone`),
    });
    await untilNothingIsLeft(demo);
  });
});

test('a database that dies ends the run with an error, and leaves nothing behind', async () => {
  const demo = startDemo(['--rows', '200000']);
  await demo.shows('200 000 sessions');
  const [directory = ''] = demo.databases();
  const [postmaster] = readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n');

  process.kill(Number(postmaster), 'SIGQUIT');

  const { exitCode, stderr } = await demo.ended;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/the database went away|terminat/);
  await untilNothingIsLeft(demo);
});

test('--drain shows each round, and the totals of the drain', async () => {
  const { exitCode, stdout, stderr } = await startDemo(['--drain', '--rows', '3000']).ended;

  const [, output = ''] = /The output of the state machine\n\n(.*?\n {3}\})/s.exec(stdout) ?? [];
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/round 1 +3 000 of 3 000 +100 % .* drained\n/);
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(stdout).toMatch(/left in the table +300 sessions, all live\n/);
  expect(JSON.parse(output)).toMatchObject({ rowsDeleted: 3000, expectedAtStart: 3000, rounds: 1 });
});

test('a mistake in the options starts nothing', async () => {
  const { exitCode, stdout, stderr } = await startDemo(['--row', '10', '--delete']).ended;

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(
    [
      "unknown option '--row'; did you mean --rows?",
      '--delete needs a database of your own; add --database-url, or --cluster-arn, --secret-arn and --database',
      '',
      'npm start -- --help lists the options',
      '',
    ].join('\n'),
  );
});

test('--help lists the options', async () => {
  const { exitCode, stdout } = await startDemo(['--help']).ended;

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/--rows <N> +expired sessions to make up \(default: 100000\)\n/);
});
