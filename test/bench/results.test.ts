import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportOf } from '../../bench/report';
import { keptFrom } from '../../bench/results';
import { judgeTargets } from '../../bench/targets';
import { IDLE_CALLS, timing, UNDER_LOAD } from './support';

const MACHINE = {
  cpu: 'EPYC',
  cores: 2,
  memoryGB: 24,
  disk: 'ext4 on /dev/vda',
  system: 'linux x64',
  versions: { 'Node.js': 'v24.21.0', postgresql: '17.10' },
};

describe('keptFrom', () => {
  const earlier = { machine: MACHINE, entries: [timing('ours', 1), UNDER_LOAD] };

  it('keeps the scenarios that were not measured again', () => {
    const now = { machine: MACHINE, entries: [timing('one DELETE', 1)] };

    expect(keptFrom(earlier, now)).toEqual([UNDER_LOAD]);
  });

  it('keeps the results of an engine that this run did not measure', () => {
    const versions = { 'Node.js': 'v24.21.0', mariadb: '10.11' };
    const entries = [timing('ours', 1, { engine: 'mariadb' })];

    expect(keptFrom(earlier, { machine: { ...MACHINE, versions }, entries })).toHaveLength(2);
  });

  it.each([
    ['another machine', { ...MACHINE, cores: 4 }],
    ['another version', { ...MACHINE, versions: { ...MACHINE.versions, postgresql: '18.0' } }],
  ])('keeps no results of %s', (_, machine) => {
    expect(keptFrom(earlier, { machine, entries: [] })).toEqual([]);
  });
});

describe('reportOf', () => {
  const facts = { dataApiCalls: 210, batches: 208, slowestBatchMs: 60, walk: 'storage' };
  const costs = [500, 900, 600].map((cpuMs) => ({
    cpuMs,
    cpuWithCleanUpMs: 3 * cpuMs,
    settledMs: 4500,
  }));
  const entries = [
    timing('one DELETE', 2, { costs: [{ cpuMs: 1000, cpuWithCleanUpMs: 2000, settledMs: 3000 }] }),
    timing('ours', 0, { durationsMs: [2000, 3000, 4000], costs, facts }),
    timing('usual recipe (5000)', 60, { stoppedAtMs: 60_000 }),
    timing('one DELETE', 2, { scenario: 'latency', delayMs: 20 }),
    timing('ours', 6, { scenario: 'latency', delayMs: 20 }),
    UNDER_LOAD,
    IDLE_CALLS,
  ];
  const notes = ['postgresql: fsync off'];
  const report = reportOf({ machine: MACHINE, notes, entries, targets: judgeTargets(entries) });

  it.each([
    ['the machine', '- EPYC, 2 cores, 24 GB, ext4 on /dev/vda, linux x64\n'],
    ['the versions', '- Node.js v24.21.0, postgresql 17.10\n'],
    ['the configuration of the servers', '- postgresql: fsync off\n'],
    ['when it was measured', 'Measured 2026-11-23T00:15Z at d52000d.'],
    [
      'a target that is reached',
      '| PostgreSQL | ours | 1M of 1.2M, time | 1.5x | 1.5x | reached |',
    ],
    [
      'a target that is not',
      "| PostgreSQL | ours | the application's longest stall | 20 ms | 31 ms | **falls short** |",
    ],
    [
      'medians, ratios, spread, time per row and the facts of ours',
      '| 1M of 1.2M | ours | 3 | 0.6 | 0.6 | 1.8 | 0.9 | 3 | 1.5 | 2 - 4 | 4.5 | 1.5 | 3 | 210 | 208 | storage |',
    ],
    [
      'a contender that was stopped',
      '| 1M of 1.2M | usual recipe (5000) | 1 |  |  |  |  | > 60 | > 30 | 60 - 60 |  |  |  |  |  |  |',
    ],
    [
      'ours with slow calls compared with one DELETE',
      '| 1M of 1.2M, +20 ms | ours | 1 |  |  |  |  | 6 | 3 | 6 - 6 |',
    ],
    ['the latency of the application', '| ours | 2000 | 1 | 4 | 9 | 1 | 5 | 31 | 1.25 | 0 | 10 |'],
    ['the function', '| calls of an idle run | 2 |'],
  ])('shows %s', (_, text) => {
    expect(report).toContain(text);
  });

  it('is complete when nothing was measured', () => {
    expect(reportOf({ machine: MACHINE, notes: [], entries: [], targets: [] })).toContain(
      'None was measured.',
    );
  });

  it('is the committed RESULTS.md when the results are those of results.json', () => {
    const read = (name: string) => readFileSync(join(__dirname, '../../bench', name), 'utf8');

    expect(reportOf(JSON.parse(read('results.json')))).toBe(read('RESULTS.md'));
  });
});
