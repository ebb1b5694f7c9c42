/**
 * An application beside a purge, in a process of its own: an open loop, whose operations are due at fixed times
 * whether or not those before them were answered.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs, type Sample } from './latency';
import { type Operations, openOperations } from './operations';
import type { Plan, Told } from './plan';

/** Of twenty operations 16 read, 3 renew and 1 inserts. */
const KINDS = { all: 20, reads: 16, renewals: 3 };

/** Sessions that are in use. */
const KEYS = 10_000;

/** Steps through the keys so that neighbours in time are none in the table. */
const STEP = 7919;

function perform(operations: Operations, keys: readonly string[], index: number): Promise<unknown> {
  const key = keys[(index * STEP) % keys.length] as string;
  const kind = index % KINDS.all;
  if (kind < KINDS.reads) return operations.read(key);
  return kind < KINDS.reads + KINDS.renewals ? operations.renew(key) : operations.insert();
}

async function work(plan: Plan, ended: Promise<unknown>): Promise<Told> {
  const operations = await openOperations(plan);
  const keys = await operations.someKeys(KEYS);
  const samples: Sample[] = [];
  const pending: Promise<void>[] = [];
  let errors = 0;
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const startedAtMs = nowMs();
  for (let index = 0; !isOver; index++) {
    const dueAtMs = startedAtMs + (1000 * index) / plan.operationsPerSecond;
    const waitMs = dueAtMs - nowMs();
    // Timers know whole milliseconds, and must not ring too early.
    if (waitMs > 0) await sleep(Math.ceil(waitMs));
    const answered = () => void samples.push({ dueAtMs, latencyMs: nowMs() - dueAtMs });
    const failed = () => {
      errors++;
      answered();
    };
    pending.push(perform(operations, keys, index).then(answered, failed));
  }
  await Promise.all(pending);
  await operations.end();
  return { kind: 'done', samples, errors };
}

const tell = (told: Told) => new Promise((resolve) => process.send?.(told, resolve));

async function main(): Promise<void> {
  const [plan] = (await once(process, 'message')) as [Plan];
  const ended = once(process, 'message');
  const done = work(plan, ended);
  await tell({ kind: 'working' });
  await tell(await done);
  process.disconnect();
}

// Nobody is left to be told.
process.on('disconnect', () => process.exit());
void main();
