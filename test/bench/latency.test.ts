import { latencyWithin } from '../../bench/application/latency';
import { costOf } from '../../bench/prices';

describe('latencyWithin', () => {
  const samples = [
    { dueAtMs: 99, latencyMs: 1000 },
    { dueAtMs: 100, latencyMs: 1 },
    { dueAtMs: 150, latencyMs: 700 },
    { dueAtMs: 200, latencyMs: 1000 },
    { dueAtMs: 300, latencyMs: 2 },
  ];

  it('counts an operation in the window in which it was due, however late its answer was', () => {
    const latency = latencyWithin(samples, [
      { fromMs: 100, toMs: 200 },
      { fromMs: 300, toMs: 400 },
    ]);

    expect(latency).toEqual({ operations: 3, p50Ms: 2, p99Ms: 700, maxMs: 700 });
  });

  it('is NaN for a window without operations', () => {
    expect(latencyWithin(samples, [{ fromMs: 400, toMs: 500 }])).toEqual({
      operations: 0,
      p50Ms: Number.NaN,
      p99Ms: Number.NaN,
      maxMs: Number.NaN,
    });
  });
});

describe('costOf', () => {
  it('adds calls, memory over time, and the invocation', () => {
    const cost = costOf({ dataApiCalls: 1_000_000, durationMs: 8000, memoryMB: 256 });

    expect(cost).toBeCloseTo(0.35 + 2 * 0.0000133334 + 0.0000002, 9);
  });
});
