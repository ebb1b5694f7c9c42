import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Target } from '../engines/engine';
import type { Message, Plan } from './plan';

/** An application that is running. */
export interface Load {
  /** Ends it after all operations were answered. */
  stop(): Promise<Extract<Message, { kind: 'done' }>>;
}

/** Starts an application on the target's table. */
export async function startLoad(target: Target, operationsPerSecond: number): Promise<Load> {
  const { cluster, superuser, database, engine } = target;
  const { username: user, password } = superuser;
  const login = { host: cluster.host, port: cluster.port, user, password, database };
  const child = fork(join(__dirname, 'process.ts'), { execArgv: ['--import', 'tsx'] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the application ended with code ${code}`);
  });
  failed.catch(() => {});
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), failed]);
    return message as Message;
  };
  child.send({ engine, login, operationsPerSecond } satisfies Plan);
  await next();
  return {
    async stop() {
      child.send('stop');
      const message = await next();
      if (message.kind !== 'done') throw new Error('the application did not end');
      return message;
    },
  };
}
