import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Target } from '../engines/engine';
import type { Plan, Told } from './plan';

/** An application that works. */
export interface Load {
  /** Ends it once all is answered. */
  stop(): Promise<Extract<Told, { kind: 'done' }>>;
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
    const [told] = await Promise.race([once(child, 'message'), failed]);
    return told as Told;
  };
  child.send({ engine, login, operationsPerSecond } satisfies Plan);
  await next();
  return {
    async stop() {
      child.send('stop');
      const told = await next();
      if (told.kind !== 'done') throw new Error('the application did not end');
      return told;
    },
  };
}
