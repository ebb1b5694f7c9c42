/**
 * The process of the application. Its operations are due at fixed times, whether or not those before them were answered
 * (an open loop).
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs, type Sample } from './latency';
import { type Operations, openOperations } from './operations';
import type { Message, Plan } from './plan';

/** Of 20 operations, 16 read, 3 renew and 1 inserts. */
const KINDS = { all: 20, reads: 16, renewals: 3 };

/** How many sessions are in use. */
const KEYS = 10_000;

/** A step through the keys, so that operations that follow each other use keys that do not. */
const STEP = 7919;

function perform(operations: Operations, keys: readonly string[], index: number): Promise<unknown> {
  const key = keys[(index * STEP) % keys.length] as string;
  const kind = index % KINDS.all;
  if (kind < KINDS.reads) return operations.read(key);
  return kind < KINDS.reads + KINDS.renewals ? operations.renew(key) : operations.insert();
}

async function work(plan: Plan, ended: Promise<unknown>): Promise<Message> {
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
    // Timers take whole milliseconds, and the operation must not start early.
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

const send = (message: Message) => new Promise((resolve) => process.send?.(message, resolve));

async function main(): Promise<void> {
  const [plan] = (await once(process, 'message')) as [Plan];
  const ended = once(process, 'message');
  const done = work(plan, ended);
  await send({ kind: 'working' });
  await send(await done);
  process.disconnect();
}

// The parent has gone.
process.on('disconnect', () => process.exit());
void main();
